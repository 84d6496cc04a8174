import { type Dispatch, type ReactNode, type Ref, useState } from 'react';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { cx } from '@/lib/cx';
import { isZero } from '@/lib/decimal';
import { integer, money, percent } from '@/lib/format';
import { approvalText } from '../approval-text';
import type { EntryProblem } from './entry-problems';
import type { Action } from './model';
import type { Counted } from './use-preview';

/** Notes beside the server's figures; muted while they belong to an older state of the order. */
export function EntryFooter({ notes, counted, dispatch, notesRef }: { notes: string; counted: Counted; dispatch: Dispatch<Action>; notesRef: Ref<HTMLTextAreaElement> }) {
  const [text, setText] = useState<string | null>(null);
  const commit = () => {
    if (text !== null && text !== notes) dispatch({ type: 'head', change: { notes: text } });
    setText(null);
  };
  return (
    <div className="mb-3 grid items-start gap-3 lg:grid-cols-[1fr_22rem]">
      <label className="card block p-4" data-field="notes">
        <span className="text-sm font-medium text-muted">Notes</span>
        <textarea
          ref={notesRef}
          rows={3}
          className="control mt-1 h-auto! py-1.5 leading-normal"
          value={text ?? notes}
          onChange={(event) => setText(event.target.value)}
          onBlur={commit}
        />
      </label>
      <Totals counted={counted} />
    </div>
  );
}

function Totals({ counted }: { counted: Counted }) {
  const { totals, stale, slow, error } = counted;
  if (!totals) {
    return (
      <div className="card p-4 text-sm text-subtle" aria-live="polite">
        {error ?? (stale ? 'Counting…' : 'The total appears with the first line.')}
      </div>
    );
  }
  const row = (label: string, value: string, strong = false) => (
    <div className={cx('flex justify-between gap-4', strong && 'mt-1 border-t border-line-strong pt-1.5 text-lg font-semibold')}>
      <dt className={strong ? undefined : 'text-muted'}>{label}</dt>
      <dd className="m-0">{value}</dd>
    </div>
  );
  return (
    <section aria-label="Totals" aria-busy={stale} className="card p-4">
      <dl className={cx('num m-0 grid gap-1', stale && 'text-subtle', slow && 'underline decoration-dotted underline-offset-4')}>
        {isZero(totals.line_discount_total.amount) ? null : (
          <div className="flex justify-between gap-4 text-sm text-subtle">
            <dt>Line discounts given</dt>
            <dd className="m-0">{money(totals.line_discount_total)}</dd>
          </div>
        )}
        {row('Net', money(totals.net))}
        {totals.taxes.map((tax) => (
          <div key={`${tax.code} ${tax.rate}`} className="flex justify-between gap-4 text-sm">
            <dt className="text-subtle">
              {tax.code} {percent(tax.rate)}
            </dt>
            <dd className="m-0">{money(tax.tax)}</dd>
          </div>
        ))}
        {isZero(totals.rounding_adjustment.amount) ? null : row('Cash rounding', money(totals.rounding_adjustment))}
        {row('Total', money(totals.payable), true)}
      </dl>
      {totals.margin ? (
        <p className="num m-0 mt-1 text-end text-sm text-subtle">
          Margin {money(totals.margin)} {totals.margin_percent ? `(${percent(totals.margin_percent)})` : ''}
        </p>
      ) : null}
      {error ? <p className="m-0 mt-1 text-sm text-red">{error}</p> : null}
    </section>
  );
}

/** What the server noticed, which keeps nobody from placing the order. */
export function Notices({ counted, currency }: { counted: Counted; currency: string }) {
  const { warnings, approvals, offline } = counted;
  if (warnings.length === 0 && approvals.length === 0 && !offline) return null;
  return (
    <div className="mb-3 grid gap-2">
      {offline ? (
        <Banner kind="warning" title="The server cannot be reached">
          Go on keying: articles seen before are found, their prices are provisional, and everything is kept on this device. The order can be placed when the server answers.
        </Banner>
      ) : null}
      {warnings.map((warning) => (
        <Banner key={`${warning.code} ${warning.detail}`} kind="warning" title={warning.detail} />
      ))}
      {approvals.length ? (
        <Banner kind="info" title="This order will wait for approval">
          {approvals.map((need) => `${need.policy}: ${approvalText(need, currency)}`).join(' · ')}
        </Banner>
      ) : null}
    </div>
  );
}

/** The end of the order in one line, in sight however long the order is. */
export function EntryStatus({ counted, count, children }: { counted: Counted; count: number; children: ReactNode }) {
  const { totals, stale } = counted;
  return (
    <div
      data-entry-status
      className="sticky bottom-0 z-20 -mx-3 mt-auto flex flex-wrap items-center justify-between gap-x-6 border-t border-line bg-surface px-3 py-1 max-sm:bottom-15 sm:-mx-6 sm:px-6"
    >
      <div className="min-w-0 flex-1">{children}</div>
      {totals ? (
        <p className={cx('num m-0 flex flex-wrap items-baseline gap-x-3', stale && 'text-subtle')}>
          <span className="text-sm text-muted">
            {integer(count)} {count === 1 ? 'line' : 'lines'}
          </span>
          <span className="text-lg font-semibold">
            <span className="sr-only">Total </span>
            {money(totals.payable)}
          </span>
        </p>
      ) : null}
    </div>
  );
}

interface ProblemBarProps {
  problems: EntryProblem[];
  lineNumber: (key: string) => number;
  waiting: number;
  /** How many lines could not be looked up. */
  failed: number;
  onGo: (by: 1 | -1) => void;
  onRetry: () => void;
}

export function ProblemBar({ problems, lineNumber, waiting, failed, onGo, onRetry }: ProblemBarProps) {
  const [first] = problems;
  const where = first?.key ? `line ${lineNumber(first.key)} ` : '';
  return (
    <div role="status" className={cx('flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1', problems.length ? 'text-amber' : 'text-subtle')}>
      {first ? (
        <>
          <span className="min-w-0 font-medium break-words max-sm:line-clamp-2">
            {problems.length} {problems.length === 1 ? 'problem' : 'problems'}: {where}
            {first.message}
          </span>
          <Button size="sm" onClick={() => onGo(1)}>
            Go there <kbd className="font-sans text-xs text-subtle max-sm:hidden">F8</kbd>
          </Button>
          {failed > 0 ? (
            <Button size="sm" onClick={onRetry}>
              Look up again{failed > 1 ? ` (${integer(failed)})` : ''}
            </Button>
          ) : null}
        </>
      ) : waiting > 0 ? (
        `Looking up ${waiting} ${waiting === 1 ? 'line' : 'lines'}…`
      ) : null}
    </div>
  );
}
