"""Tries the parameters of every list, search and export with sqlmap, within a time; any finding fails.

usage: injection.py ADDRESS SECONDS SQLMAP   (SOM_KEY holds an API key)
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

address, seconds, sqlmap = sys.argv[1], int(sys.argv[2]), sys.argv[3]
key = os.environ["SOM_KEY"].strip()
ends = time.monotonic() + seconds
# Values that are taken, so that the database is asked; the first that the server accepts is the one that sqlmap changes.
VALUES = {"limit": ["5"], "sort": ["-created_at", "code"], "q": ["a"], "count": ["exact"], "filter": ['created_at.gte="2020-01-01"', 'code="a"'], "fields": ["id"]}
PARAMETERS = 9
# Parameters that lead away from the question: a signed cursor is refused before anything is asked, formats change the answer only.
LEFT_OUT = {"cursor", "format", "bom", "columns", "expand", "dry_run"}


def accepts(path, pairs):
    """Whether the server answers to these parameters: what it refuses never comes near the database."""
    request = urllib.request.Request(f"{address}{path}?{'&'.join(pairs)}", headers={"Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status == 200
    except urllib.error.HTTPError:
        return False


def targets():
    """Paths of lists with one well-formed value per parameter that the list takes."""
    with urllib.request.urlopen(address + "/api/openapi.json", timeout=20) as answer:
        document = json.load(answer)
    for path, item in document["paths"].items():
        operation = item.get("get")
        names = [p["name"] for p in (operation or {}).get("parameters", []) if p.get("in") == "query"]
        names = [name for name in names if name not in LEFT_OUT]
        if "{" in path or not names or path.endswith("/export"):
            continue
        chosen = []
        for name in names:
            for value in VALUES.get(name, ["a", "1", "2020-01-01", "true"]):
                pair = urllib.parse.urlencode({name: value})
                if len(chosen) < PARAMETERS and accepts(path, [*chosen, pair]):
                    chosen.append(pair)
                    break
        if chosen:
            yield path, chosen


def attack(path, pairs, left):
    url = f"{address}{path}?{'&'.join(pairs)}"
    command = [sqlmap, "--batch", "--url", url, "--headers", f"Authorization: Bearer {key}", "--dbms", "PostgreSQL", "--level", "1", "--risk", "1",
               "--technique", "BEUS", "--threads", "4", "--flush-session", "--disable-coloring", "--ignore-code", "400,422", "--timeout", "15",
               "--retries", "1", "--time-limit", str(left), "--output-dir", output]
    done = subprocess.run(command, capture_output=True, text=True, timeout=left + 60, stdin=subprocess.DEVNULL, check=False)
    said = done.stdout + done.stderr
    asked = "testing if GET parameter" in said or "heuristic" in said or "does not seem to be injectable" in said
    found = "is vulnerable" in said or "identified the following injection point" in said or "might be injectable" in said
    return asked, found, said


tried = findings = 0
with tempfile.TemporaryDirectory() as output:
    todo = list(targets())
    for number, (path, pairs) in enumerate(todo):
        left = int((ends - time.monotonic()) / (len(todo) - number))
        if left < 3:
            print(f"no time left for {path}: raise SECURITY_SECONDS")
            break
        asked, found, said = attack(path, pairs, left)
        if not asked:
            print(f"{path}: sqlmap asked nothing:\n{said[-1500:]}")
            sys.exit(1)
        tried += 1
        if found:
            findings += 1
            print(f"{path}:\n{said[-3000:]}")
print(f"sqlmap: {findings} findings, {tried} of {len(todo)} lists tried in {seconds - int(ends - time.monotonic())} s")
sys.exit(0 if findings == 0 and tried == len(todo) else 1)
