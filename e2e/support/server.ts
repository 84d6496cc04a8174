/** Starts and stops the real binary with demo data, on a free port, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const ROOT = resolve(import.meta.dirname, '../..');
/** What the server said, kept for a failed journey: an answer of 500 names its cause only here. */
const LOG = resolve(import.meta.dirname, '../server-log');
const START_MS = 120_000;
const STOP_MS = 20_000;

export interface Server {
  url: string;
  email: string;
  password: string;
  stop: () => Promise<void>;
}

function binary(): string {
  const path = process.env.SOM_BIN ?? join(process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target'), 'debug/som');
  if (!existsSync(path)) throw new Error(`${path} is missing: run scripts/build.sh`);
  return path;
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = address && typeof address === 'object' ? address.port : 0;
      probe.close(() => done(port));
    });
  });
}

/** The environment without anything of the developer's own instance. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => (!name.startsWith('SOM_') || name === 'SOM_PG_BIN_DIR') && name !== 'DATABASE_URL',
  );
  return Object.fromEntries(kept);
}

export async function startServer(mailPort: number): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'som-e2e-'));
  // The database drops root's rights and must be able to reach its data.
  chmodSync(folder, 0o755);
  const port = await freePort();
  // By name: for a bare address browsers make no passkeys.
  const url = `http://localhost:${port}`;
  const child = spawn(binary(), ['serve', '--demo', '--demo-orders', '0'], {
    cwd: ROOT,
    env: {
      ...cleanEnvironment(),
      SOM_LISTEN: `127.0.0.1:${port}`,
      SOM_PUBLIC_URL: url,
      SOM_DATA_DIR: join(folder, 'data'),
      SOM_SIGN_UP: 'open',
      SOM_MAIL: 'smtp',
      SOM_MAIL_HOST: '127.0.0.1',
      SOM_MAIL_PORT: String(mailPort),
      SOM_MAIL_TLS: 'none',
      SOM_MAIL_FROM: 'Orders <orders@demo.example>',
      // Everybody in the journeys comes from one address.
      SOM_LIMIT_SIGN_IN_PER_15_MIN: '200',
      SOM_LIMIT_GLOBAL_PER_MINUTE: '2000',
      NO_COLOR: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  mkdirSync(LOG, { recursive: true });
  const log = createWriteStream(join(LOG, 'som.log'));
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => {
      output += bytes.toString();
      log.write(bytes);
    });
  }
  const stop = async () => {
    await stopChild(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ready(url, child, () => output);
    const { email, password } = await credentials(() => output);
    return { url, email, password, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ready(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const end = Date.now() + START_MS;
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`som ended with ${child.exitCode}:\n${output()}`);
    const answer = await fetch(`${url}/readiness`).catch(() => undefined);
    if (answer?.ok) return;
    await pause(100);
  }
  throw new Error(`som was not ready in ${START_MS / 1000} s:\n${output()}`);
}

/** The sign-in it prints for a person to use. */
async function credentials(output: () => string): Promise<{ email: string; password: string }> {
  for (let tries = 0; tries < 600; tries += 1) {
    const email = /(\S+@[\w.-]+)/.exec(output())?.[1];
    const password = /password[ :]+(\S+)/i.exec(output())?.[1];
    if (email && password) return { email, password };
    await pause(100);
  }
  throw new Error(`som printed no sign-in:\n${output()}`);
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await Promise.race([ended, pause(STOP_MS)]);
  if (child.exitCode === null) child.kill('SIGKILL');
}
