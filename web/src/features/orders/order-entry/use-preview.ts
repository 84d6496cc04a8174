import { useEffect, useMemo, useRef, useState } from 'react';
import type { Schemas } from '@/lib/api';
import { isUnreachable, toProblem } from '@/lib/api-error';
import { locate } from '@/lib/problems';
import { preview } from './api';
import { cellOf, headOut, isCountable, linesOut } from './draft';
import type { ServerProblems } from './entry-problems';
import type { Draft, Line } from './model';
import { useRecovery } from './use-recovery';

export type PreviewLine = Schemas['LineView'];

export interface Counted {
  totals: Schemas['TotalsView'] | null;
  /** The server's figures by line; a figure belongs to the line object it was counted for. */
  lines: Map<string, { line: Line; figures: PreviewLine }>;
  warnings: Schemas['Warning'][];
  approvals: Schemas['ApprovalNeeded'][];
  /** The customer's credit with this order, when there is a limit. */
  credit: Schemas['CreditView'] | null;
  problems: ServerProblems;
  /** The figures shown belong to an older state of the order. */
  stale: boolean;
  slow: boolean;
  /** The server cannot be reached: what is shown is what was known before. */
  offline: boolean;
  error: string | null;
}

const NOTHING: Counted = {
  totals: null, lines: new Map(), warnings: [], approvals: [], credit: null, problems: new Map(), stale: false, slow: false, offline: false, error: null,
};

/** Figures that did not change stay the same objects, so that their rows are not drawn again. */
function keepEqual(old: Counted['lines'], next: Counted['lines']): Counted['lines'] {
  for (const [key, entry] of next) {
    const before = old.get(key)?.figures;
    if (before && JSON.stringify(before) === JSON.stringify(entry.figures)) entry.figures = before;
  }
  return next;
}

/**
 * The server counts the money: asked after a short rest; an answer to an older order is thrown away. `held` says that
 * the server has the order already: its own number would then be found used.
 */
export function useServerPreview(draft: Draft, held: boolean, delay = 200): Counted {
  const [counted, setCounted] = useState<Counted>(NOTHING);
  const [done, setDone] = useState<Draft | null>(null);
  const [slow, setSlow] = useState<Draft | null>(null);
  const [round, setRound] = useState(0);
  const sequence = useRef(0);
  const { customer, shipToId, requested, currency } = draft.head;
  const po = held ? '' : draft.head.po;
  // Only what can change a figure; a note does not.
  const wanted = useMemo<Draft>(
    () => ({ lines: draft.lines, head: { ...draft.head, customer, shipToId, requested, currency, po } }),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [draft.lines, customer, shipToId, requested, currency, po],
  );

  useEffect(() => {
    const mine = ++sequence.current;
    const abort = new AbortController();
    const bad = counted.problems;
    const out = linesOut(wanted, (line) => isCountable(line) && bad.get(line.key)?.line !== line);
    const byKey = new Map(wanted.lines.map((line) => [line.key, line]));
    const late = window.setTimeout(() => setSlow(wanted), delay + 300);
    const ask = async () => {
      if (out.lines.length === 0) {
        setCounted((old) => ({ ...NOTHING, problems: old.problems }));
        setDone(wanted);
        return;
      }
      try {
        const { notes: _notes, ...head } = headOut(wanted);
        const answer = await preview({ ...head, currency, lines: out.lines }, abort.signal);
        if (mine !== sequence.current) return;
        const lines: Counted['lines'] = new Map();
        answer.lines.forEach((figures, index) => {
          const key = out.keys[index];
          const line = key ? byKey.get(key) : undefined;
          // The texts below a line carry its key: the figures are the line's own, which comes first.
          if (key && line && !lines.has(key)) lines.set(key, { line, figures });
        });
        setCounted((old) => ({
          ...NOTHING, totals: answer.totals, lines: keepEqual(old.lines, lines), warnings: answer.warnings, approvals: answer.approvals_needed, credit: answer.credit ?? null, problems: old.problems,
        }));
        setDone(wanted);
      } catch (error) {
        if (mine !== sequence.current || abort.signal.aborted) return;
        if (isUnreachable(error)) {
          setCounted((old) => ({ ...old, offline: true, error: 'The total comes as soon as the server answers.' }));
          return setDone(wanted);
        }
        const problem = toProblem(error);
        const found: ServerProblems = new Map();
        for (const { field, message } of locate(problem)) {
          const cell = cellOf(field, out.keys);
          const line = cell ? byKey.get(cell.key) : undefined;
          if (cell && line) found.set(cell.key, { line, column: cell.column, message });
        }
        setCounted((old) => ({ ...old, problems: new Map([...old.problems, ...found]), offline: false, error: found.size ? null : (problem.detail ?? problem.title) }));
        // The other lines are counted without the refused ones.
        if (found.size) setRound((old) => old + 1);
        else setDone(wanted);
      }
    };
    const timer = window.setTimeout(() => void ask(), delay);
    return () => {
      window.clearTimeout(timer);
      window.clearTimeout(late);
      abort.abort();
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wanted, round, delay]);

  useRecovery(counted.offline, () => setRound((old) => old + 1));

  return { ...counted, stale: done !== wanted, slow: done !== wanted && slow === wanted };
}
