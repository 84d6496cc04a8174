import { useQueryClient } from '@tanstack/react-query';
import { type Dispatch, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { newKey } from '@/lib/api';
import { ApiError, isUnreachable, undecided } from '@/lib/api-error';
import { useMe } from '@/lib/session';
import type { Order } from '@/lib/types';
import { advance, createOrder, fetchOrder, patchOrder, putLines } from './api';
import { draftOf, headOut, isCountable, linesOut, type LinesOut } from './draft';
import { forget, keep } from './journal';
import { type Conflict, merge, type Merged } from './merge';
import { type Action, type Draft, isEmptyLine, type Line } from './model';
import { useRecovery } from './use-recovery';

export type Status = { kind: 'clean' | 'editing' | 'saving' | 'kept' | 'lost' } | { kind: 'saved'; at: string; partly: boolean };

interface Base {
  id: string;
  version: number;
  /** What the server holds, to tell one's own changes from another's. */
  draft: Draft;
}

export interface Clash {
  conflicts: Conflict[];
  settle: (theirs: Set<string>) => void;
}

const IDLE = 800;
const AT_MOST = 2000;

const clock = () => Date.now();
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Lines fit for a draft: those the server knows how to hold. */
const sendable = (line: Line): boolean => isCountable(line);

/** Saves, places and journals the order; never says "saved" unless the server did. */
export function useSaving(draft: Draft, start: Order | null, dispatch: Dispatch<Action>, untouched: boolean) {
  const me = useMe();
  const client = useQueryClient();
  const base = useRef<Base | null>(start ? { id: start.id, version: start.version, draft: draftOf(start) } : null);
  const [journalId] = useState(newKey);
  const [firstKeys] = useState(() => ({ place: newKey(), save: newKey() }));
  const keys = useRef(firstKeys);
  const [status, setStatus] = useState<Status>({ kind: 'clean' });
  const [held, setHeld] = useState(start !== null);
  const [clash, setClash] = useState<Clash | null>(null);
  const [error, setError] = useState<{ error: unknown; sent: LinesOut } | null>(null);
  const latest = useRef(draft);
  const running = useRef<Promise<boolean> | null>(null);
  const dirtySince = useRef<number | null>(null);
  /** A save that nothing answered, to be tried again by itself. */
  const [unanswered, setUnanswered] = useState(false);
  const owner = `${me.user.id} ${me.organization.id}`;
  useLayoutEffect(() => {
    latest.current = draft;
  }, [draft]);

  const adopt = (order: Order, sent: Draft) => {
    base.current = { id: order.id, version: order.version, draft: sent };
    setHeld(true);
    client.setQueryData(['orders', order.id], order);
  };

  const resolveClash = (merged: Merged, theirs: Order, theirDraft: Draft) => {
    const settle = (chosen: Set<string>) => {
      const next = merged.build(chosen);
      base.current = { id: theirs.id, version: theirs.version, draft: theirDraft };
      dispatch({ type: 'merge', draft: next });
      latest.current = next;
      setClash(null);
      void save();
    };
    if (merged.conflicts.length === 0) settle(new Set());
    else setClash({ conflicts: merged.conflicts, settle });
  };

  const onStale = async (current: Base) => {
    const theirs = await fetchOrder(current.id);
    const theirDraft = draftOf(theirs);
    resolveClash(merge(current.draft, latest.current, theirDraft), theirs, theirDraft);
  };

  const write = async (): Promise<boolean> => {
    const now = latest.current;
    const sent = linesOut(now, sendable);
    setStatus({ kind: 'saving' });
    setError(null);
    setUnanswered(false);
    try {
      if (!base.current) {
        adopt(await createOrder({ ...headOut(now), currency: now.head.currency, lines: sent.lines }, keys.current.save), now);
      } else {
        const { draft: before } = base.current;
        if (!same(headOut(now), headOut(before))) adopt(await patchOrder(base.current, headOut(now), newKey()), { head: now.head, lines: before.lines });
        if (!same(sent.lines, linesOut(before, sendable).lines)) adopt(await putLines(base.current, sent.lines, newKey()), now);
      }
      void client.invalidateQueries({ queryKey: ['orders'], predicate: (query) => query.queryKey.length !== 2 });
      const partly = now.lines.some((line) => !isEmptyLine(line) && !sendable(line));
      setStatus(latest.current === now ? { kind: 'saved', at: new Date().toISOString(), partly } : { kind: 'editing' });
      dirtySince.current = latest.current === now ? null : clock();
      return true;
    } catch (problem) {
      const kept = await journal(now);
      setStatus({ kind: kept ? 'kept' : 'lost' });
      setUnanswered(isUnreachable(problem));
      if (problem instanceof ApiError && problem.status === 412 && base.current) await onStale(base.current).catch(() => undefined);
      else setError({ error: problem, sent });
      if (!undecided(problem)) keys.current.save = newKey();
      return false;
    }
  };

  const journal = (now: Draft) =>
    keep({ id: journalId, owner, orderId: start?.id ?? null, version: base.current?.version ?? null, at: new Date().toISOString(), draft: now });

  /** One at a time; a save asked for meanwhile follows. */
  const save = (): Promise<boolean> => {
    const next = (running.current ?? Promise.resolve(true)).then(write).finally(() => {
      if (running.current === next) running.current = null;
    });
    running.current = next;
    return next;
  };

  const placeSaved = async (): Promise<Order | null> => {
    if (!(await save()) || !base.current) return null;
    let order = await advance('submit', base.current, newKey());
    const next = order.actions.find((action) => action.action === 'confirm');
    const undecided = order.approvals.some((approval) => approval.state === 'pending');
    if (next?.allowed && !undecided && ['draft', 'pending_approval', 'approved', 'submitted'].includes(order.lifecycle)) {
      order = await advance('confirm', order, newKey());
    }
    return order;
  };

  const place = async (): Promise<Order | null> => {
    const now = latest.current;
    const sent = linesOut(now, () => true);
    setStatus({ kind: 'saving' });
    setError(null);
    setUnanswered(false);
    try {
      const placed = base.current
        ? await placeSaved()
        : await createOrder({ ...headOut(now), currency: now.head.currency, lines: sent.lines, place: true }, keys.current.place);
      if (!placed) return null;
      await forget(journalId);
      client.setQueryData(['orders', placed.id], placed);
      void client.invalidateQueries({ queryKey: ['orders'], predicate: (query) => query.queryKey.length !== 2 });
      return placed;
    } catch (problem) {
      const kept = await journal(now);
      setStatus({ kind: kept ? 'kept' : 'lost' });
      if (!undecided(problem)) keys.current.place = newKey();
      setError({ error: problem, sent });
      return null;
    }
  };

  const saveLatest = useRef(save);
  useEffect(() => {
    saveLatest.current = save;
  });

  useEffect(() => {
    if (untouched) return;
    dirtySince.current ??= clock();
    setStatus((old) => (old.kind === 'saving' || old.kind === 'saved' && base.current?.draft === draft ? old : { kind: 'editing' }));
    let alive = true;
    void journal(draft).then((kept) => {
      if (alive && !kept && !base.current) setStatus((old) => (old.kind === 'editing' ? { kind: 'lost' } : old));
    });
    // A draft the server holds follows by itself; a new one waits for Ctrl+S, so that no number is used up by a glance.
    const wait = Math.max(0, Math.min(IDLE, AT_MOST - (clock() - dirtySince.current)));
    const timer = base.current && base.current.draft !== draft && !clash ? window.setTimeout(() => void saveLatest.current(), wait) : undefined;
    return () => {
      alive = false;
      window.clearTimeout(timer);
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [draft, untouched]);

  useRecovery(unanswered, () => void saveLatest.current());

  useEffect(() => {
    if (status.kind !== 'lost') return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [status.kind]);

  return { status, held, save, place, error, clash, owner, journalId, number: start?.number ?? null, dismiss: () => setError(null) };
}
