import { ArrowRight } from 'lucide-react';
import type { Schemas } from '@/lib/api';
import { decimal, words } from '@/lib/format';

type Step = Schemas['PriceStepView'];

/** How a price came about: each rule that won, and those that lost with the reason. */
export function PriceSteps({ steps: given }: { steps: readonly object[] }) {
  // An order keeps the steps as they were written at the time; the API describes them only where prices are explained.
  const steps = given as Step[];
  if (steps.length === 0) return <p className="m-0 text-muted">The price was set by hand.</p>;
  return (
    <ol className="m-0 grid list-none gap-2 p-0">
      {steps.map((step, index) => (
        <li key={index} className="rounded-lg border border-line px-3 py-2">
          <p className="m-0 flex flex-wrap items-baseline justify-between gap-2">
            <span className="font-medium">{words(step.source)}</span>
            <span className="num inline-flex items-center gap-1.5">
              {step.before ? (
                <>
                  <span className="text-subtle">{decimal(step.before, 2)}</span>
                  <ArrowRight size={13} aria-label="becomes" />
                </>
              ) : null}
              {step.after ? <strong>{decimal(step.after, 2)}</strong> : null}
            </span>
          </p>
          <p className="m-0 text-sm text-muted">{words(step.reason)}</p>
          {step.rejected?.length ? (
            <ul className="m-0 mt-1 list-disc ps-4 text-sm text-subtle">
              {step.rejected.map((rejection, nth) => (
                <li key={nth}>Not used: {words(rejection.reason)}</li>
              ))}
            </ul>
          ) : null}
        </li>
      ))}
    </ol>
  );
}
