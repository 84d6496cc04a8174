import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useMemo, useReducer, useRef, useState } from 'react';
import { BackLink } from '@/components/detail-frame';
import { PriceSteps } from '@/components/price-steps';
import { ProblemBanner } from '@/components/problem-banner';
import { Dialog } from '@/components/ui/dialog';
import { toast } from '@/components/ui/toast';
import { toProblem } from '@/lib/api-error';
import { FieldProblems, byField, locate } from '@/lib/problems';
import { useCan } from '@/lib/session';
import { useCommands } from '@/lib/shortcuts';
import type { Order } from '@/lib/types';
import { CataloguePanel } from './catalogue-panel';
import { currentCell } from './cursor';
import { cellOf } from './draft';
import { EntryBar, LineBar } from './entry-bar';
import { EntryFooter, EntryStatus, Notices, ProblemBar } from './entry-footer';
import { EntryHead } from './entry-head';
import { type EntryProblem, problemsOf, type ServerProblems } from './entry-problems';
import { type GridHandle, LineGrid } from './line-grid';
import { useLineCommands } from './line-keys';
import { MergeSheet } from './merge-sheet';
import { type Draft, type Line, reduce, startState } from './model';
import { LAYER_ID } from './option-list';
import { NoteDialog } from './note-dialog';
import type { PastedRow } from './paste';
import { PasteSheet } from './paste-sheet';
import { Restore } from './restore';
import { useRecovery } from './use-recovery';
import { useServerPreview } from './use-preview';
import { UsualSheet } from './usual-sheet';
import { useResolver } from './use-resolver';
import { useSaving } from './use-saving';

/** An order being keyed, new or as a saved draft. */
export function EntryForm({ start, order }: { start: Draft; order: Order | null }) {
  const can = useCan();
  const navigate = useNavigate();
  const [state, dispatch] = useReducer(reduce, start, startState);
  const { draft } = state;
  const [fresh] = useState(draft);
  const untouched = draft === fresh;
  const saving = useSaving(draft, order, dispatch, untouched);
  const counted = useServerPreview(draft, saving.held);
  useResolver(draft.lines, dispatch);
  const [placing, setPlacing] = useState(false);
  const [pasting, setPasting] = useState<{ text: string; at: number } | null>(null);
  const [usual, setUsual] = useState(false);
  const [catalogue, setCatalogue] = useState<(() => void) | null>(null);
  const [menu, setMenu] = useState(false);
  const [explained, setExplained] = useState<string | null>(null);
  const [noting, setNoting] = useState<Line | null>(null);
  const customer = useRef<HTMLInputElement>(null);
  const notes = useRef<HTMLTextAreaElement>(null);
  const grid = useRef<GridHandle>(null);
  const visited = useRef<string | null>(null);

  const refusals = useMemo(() => refusedCells(saving.error, draft.lines), [saving.error, draft.lines]);
  const merged = useMemo(() => ({ ...counted, problems: new Map([...counted.problems, ...refusals]) }), [counted, refusals]);
  const problems = problemsOf(draft, merged.problems);
  const waiting = draft.lines.filter((line) => line.match === 'resolving').length;
  const failed = draft.lines.filter((line) => line.match === 'failed').length;
  const retry = () => dispatch({ type: 'retry' });
  // What could not be looked up is looked up again as soon as there is a network, or a server that counts again.
  useRecovery(failed > 0, retry, null);
  useEffect(() => {
    if (!counted.offline) dispatch({ type: 'retry' });
  }, [counted.offline]);
  const { head } = draft;
  const customerPending = head.customer === null && head.customerText !== '' && head.customerError === null;

  useEffect(() => {
    if (!order) customer.current?.focus();
  }, [order]);

  const jump = (problem: EntryProblem | undefined) => {
    if (!problem) return;
    visited.current = `${problem.key} ${problem.column}`;
    if (problem.key && problem.column !== 'customer' && problem.column !== 'requested') grid.current?.goTo(problem.key, problem.column);
    else if (problem.column === 'customer') customer.current?.focus();
    else document.querySelector<HTMLElement>('[data-field="requested_date"] input')?.focus();
  };
  const goToProblem = (by: 1 | -1) => {
    const index = problems.findIndex((problem) => `${problem.key} ${problem.column}` === visited.current);
    jump(problems[index < 0 ? (by > 0 ? 0 : problems.length - 1) : (index + by + problems.length) % problems.length]);
  };

  /** What is being typed becomes part of the order before anything is done with the whole of it. */
  const settled = (then: () => void) => {
    const field = document.activeElement;
    if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
      field.blur();
      window.setTimeout(then, 0);
    } else then();
  };
  const place = () => settled(() => setPlacing(true));
  const save = () =>
    settled(() => {
      if (!head.customer && !head.customerText && !customer.current?.value) {
        customer.current?.focus();
        toast('Choose a customer first', { description: 'A draft belongs to a customer. Until then it is kept on this device.' });
      } else void saving.save();
    });

  const finish = async () => {
    const placed = await saving.place();
    setPlacing(false);
    if (!placed) return;
    toast(placed.lifecycle === 'confirmed' ? `Order ${placed.number} is confirmed` : `Order ${placed.number} is placed`);
    await navigate({ to: '/orders/$orderId', params: { orderId: placed.id } });
  };
  const begun = useRef(false);
  const tryPlacing = () => {
    if (begun.current) return;
    const [first] = head.customer ? problems : [{ key: null, column: 'customer' as const, message: head.customerError ?? 'Choose a customer' }, ...problems];
    if (first || draft.lines.length < 2) {
      setPlacing(false);
      if (first) jump(first);
      else grid.current?.enter();
      toast('The order cannot be placed yet', { description: first ? first.message : 'It has no lines.', error: true });
      return;
    }
    begun.current = true;
    void finish();
  };
  const trying = useRef(tryPlacing);
  useEffect(() => {
    trying.current = tryPlacing;
  });
  useEffect(() => {
    if (!placing) begun.current = false;
    // Lines keyed faster than they were found: the order is placed as soon as all of them are.
    if (!placing || waiting > 0 || customerPending) return;
    const timer = window.setTimeout(() => trying.current(), 0);
    return () => window.clearTimeout(timer);
  }, [placing, waiting, customerPending]);

  const askUsual = () => {
    if (pasting) return;
    if (head.customer) return setUsual(true);
    customer.current?.focus();
    toast('Choose a customer first', { description: 'Their usual items are those of their latest orders.' });
  };
  /** Remembers where the keyboard is: closing leads back there. */
  const openCatalogue = () => {
    if (pasting || usual) return;
    const from = document.activeElement;
    const cell = from?.closest('[role="grid"]') ? grid.current?.place() : null;
    const back = cell ? () => grid.current?.goTo(cell.key, cell.column, cell.edit) : () => (from instanceof HTMLElement && from !== document.body ? from.focus() : grid.current?.enter());
    setCatalogue(() => back);
  };
  const closeCatalogue = () => {
    setCatalogue(null);
    if (catalogue) window.setTimeout(catalogue, 0);
  };
  const toGrid = () => grid.current?.enter();
  const group = 'Order entry';
  useCommands([
    { id: 'entry.place', name: 'Place order', keys: 'mod+enter', group, inFields: true, run: () => place() },
    { id: 'entry.save', name: 'Save draft', keys: 'mod+s', group, inFields: true, run: () => save() },
    { id: 'entry.grid', name: 'Go to the lines', keys: 'mod+l', group, inFields: true, run: () => toGrid() },
    { id: 'entry.usual', name: 'Usual items of the customer', keys: 'mod+h', group, inFields: true, run: () => askUsual() },
    { id: 'entry.catalogue', name: 'Catalogue', keys: 'mod+shift+p', group, inFields: true, run: () => (catalogue ? closeCatalogue() : openCatalogue()) },
    { id: 'entry.undo', name: 'Undo', keys: 'mod+z', group, run: () => dispatch({ type: 'undo' }) },
    ...(failed ? [{ id: 'entry.retry', name: 'Look up the failed lines again', group, run: retry }] : []),
    { id: 'entry.problem', name: 'Next problem', keys: 'f8', group, run: () => goToProblem(1) },
  ]);
  useLineCommands(grid);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.nativeEvent.isComposing) return;
    const mod = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    const run =
      key === 'f8' ? () => goToProblem(event.shiftKey ? -1 : 1)
      : !mod || event.altKey ? null
      : key === 'enter' ? place
      : key === 's' && !event.shiftKey ? save
      : key === 'l' && !event.shiftKey ? toGrid
      : key === 'z' && !inText(event.target) ? () => dispatch({ type: event.shiftKey ? 'redo' : 'undo' })
      : null;
    if (!run) return;
    event.preventDefault();
    run();
  };

  const addPasted = (rows: PastedRow[]) => {
    const at = pasting?.at ?? draft.lines.length - 1;
    setPasting(null);
    setUsual(false);
    dispatch({ type: 'paste', at, rows });
    window.setTimeout(() => grid.current?.enter(), 0);
  };
  const lineNumber = (key: string) => draft.lines.findIndex((line) => line.key === key) + 1;
  const steps = explained ? (counted.lines.get(explained)?.figures.price_source ?? []) : [];

  return (
    // Keys bubble here from every field of the page.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className="mx-auto flex min-h-[calc(100dvh-var(--spacing)*13)] w-full max-w-[1600px] flex-col px-3 pt-4 max-sm:min-h-[calc(100dvh-var(--spacing)*29)] sm:px-6" onKeyDown={onKeyDown}>
      <BackLink label="Orders" to="/orders" />
      <EntryBar
        title={order ? `Order ${order.number}` : 'New order'}
        status={saving.status}
        placing={placing}
        canPlace={can('orders.write')}
        onSave={save}
        onPlace={place}
      />
      <Restore
        owner={saving.owner}
        own={saving.journalId}
        orderId={order?.id ?? null}
        draft={draft}
        onRestore={(kept) => dispatch({ type: 'merge', draft: kept.draft })}
        onUndo={() => dispatch({ type: 'undo' })}
      />
      {saving.error ? (
        <div className="mb-3">
          <ProblemBanner error={saving.error.error} focus />
        </div>
      ) : null}
      <FieldProblems value={saving.error ? byField(toProblem(saving.error.error)) : {}}>
        <EntryHead head={head} dispatch={dispatch} customerRef={customer} onGrid={toGrid} credit={counted.credit} />
      </FieldProblems>
      <LineBar
        run={(command) => grid.current?.run(command)}
        canPrice={can('prices.override')}
        menu={menu}
        onMenu={setMenu}
        onPaste={() => setPasting({ text: '', at: draft.lines.length - 1 })}
        onUsual={askUsual}
        onCatalogue={openCatalogue}
        undo={state.past.length ? () => dispatch({ type: 'undo' }) : null}
        redo={state.future.length ? () => dispatch({ type: 'redo' }) : null}
      />
      <LineGrid
        ref={grid}
        lines={draft.lines}
        counted={merged}
        dispatch={dispatch}
        canPrice={can('prices.override')}
        onLeave={(forward) => (forward ? notes.current?.focus() : customer.current?.focus())}
        onPasteList={(text, at) => setPasting({ text, at })}
        onExplain={(line) => setExplained(line.key)}
        onNote={setNoting}
        onMenu={() => setMenu(true)}
      />
      <Notices counted={counted} currency={head.currency} />
      <EntryFooter notes={head.notes} counted={counted} dispatch={dispatch} notesRef={notes} />
      <EntryStatus counted={counted} count={draft.lines.length - 1}>
        <ProblemBar problems={problems} lineNumber={lineNumber} waiting={waiting} failed={failed} onGo={goToProblem} onRetry={retry} />
      </EntryStatus>
      <div id={LAYER_ID} />
      {pasting ? <PasteSheet text={pasting.text} onAdd={addPasted} onClose={() => setPasting(null)} /> : null}
      {usual && head.customer ? <UsualSheet customer={head.customer} onAdd={addPasted} onClose={() => setUsual(false)} /> : null}
      {catalogue ? <CataloguePanel onAdd={(product, text, quantity) => dispatch({ type: 'append', product, text, quantity })} onClose={closeCatalogue} /> : null}
      {noting ? (
        <NoteDialog
          number={lineNumber(noting.key)}
          note={noting.note}
          onSave={(text) => {
            dispatch({ type: 'note', key: noting.key, text });
            setNoting(null);
          }}
          onClose={() => setNoting(null)}
        />
      ) : null}
      {saving.clash ? <MergeSheet clash={saving.clash} /> : null}
      {explained ? (
        <Dialog open onOpenChange={() => setExplained(null)} finalFocus={currentCell} title="Why this price">
          <PriceSteps steps={steps} />
        </Dialog>
      ) : null}
    </div>
  );
}

/** A cell being edited keeps its own undo until it is left. */
function inText(target: EventTarget): boolean {
  return (target instanceof HTMLInputElement && target.closest('[role="grid"]') === null) || target instanceof HTMLTextAreaElement;
}

/** The refusals of a save or of placing, at the cells they mean, until those lines change. */
function refusedCells(refused: { error: unknown; sent: { keys: string[] } } | null, lines: Line[]): ServerProblems {
  const found: ServerProblems = new Map();
  for (const { field, message } of refused ? locate(toProblem(refused.error)) : []) {
    const cell = cellOf(field, refused?.sent.keys ?? []);
    const line = cell ? lines.find((other) => other.key === cell.key) : undefined;
    if (cell && line) found.set(cell.key, { line, column: cell.column, message });
  }
  return found;
}
