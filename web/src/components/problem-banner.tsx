import { Check, Copy } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { toProblem } from '@/lib/api-error';
import { locate } from '@/lib/problems';
import { Banner } from './ui/banner';
import { Button } from './ui/button';

export interface ProblemBannerProps {
  error: unknown;
  onRetry?: () => void;
  /** Moves the focus here when it appears: for forms, so that the summary is read first. */
  focus?: boolean;
}

/** What went wrong, where, and what to do: title, detail, links to the fields, request id. */
export function ProblemBanner({ error, onRetry, focus }: ProblemBannerProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error && focus) box.current?.focus();
  }, [error, focus]);
  if (!error) return null;
  const problem = toProblem(error);
  const located = locate(problem);
  // A question, not a failure: what it asks for stands below.
  if (problem.code === 'reauth_required') {
    return (
      <Banner ref={box} title="Show that it is you">
        It is asked before a change like this one.
      </Banner>
    );
  }
  return (
    <Banner
      ref={box}
      kind="error"
      title={problem.title}
      actions={
        onRetry ? (
          <Button size="sm" onClick={onRetry}>
            Try again
          </Button>
        ) : null
      }
    >
      {problem.detail && located.length === 0 ? <p className="m-0">{problem.detail}</p> : null}
      {located.length > 0 ? (
        <ul className="m-0 list-disc ps-4">
          {located.map(({ field, message }) => (
            <li key={`${field} ${message}`}>{field ? <FieldLink field={field} message={message} /> : message}</li>
          ))}
        </ul>
      ) : null}
      {problem.missing_permission ? (
        <p className="m-0">
          Your role lacks the permission <code className="font-mono text-sm">{problem.missing_permission}</code>. An owner or
          administrator of the organization can grant it.
        </p>
      ) : null}
      {problem.request_id ? <RequestId id={problem.request_id} /> : null}
    </Banner>
  );
}

function FieldLink({ field, message }: { field: string; message: string }) {
  const go = () => {
    const places = [...document.querySelectorAll<HTMLElement>('[data-field]')];
    const place = places.find(({ dataset }) => dataset.field === field) ?? places.find(({ dataset }) => field.startsWith(`${dataset.field}/`));
    place?.querySelector<HTMLElement>('input, textarea, button, [tabindex="0"]')?.focus();
  };
  return (
    <button type="button" onClick={go} className="text-start underline underline-offset-2">
      {message}
    </button>
  );
}

function RequestId({ id }: { id: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(id);
    setCopied(true);
  };
  return (
    <p className="m-0 mt-1 flex flex-wrap items-center gap-1 text-sm text-muted">
      Request <code className="font-mono break-all">{id}</code>
      <button type="button" onClick={copy} aria-label="Copy request id" className="grid size-6 place-items-center rounded hover:bg-hover">
        {copied ? <Check size={13} aria-hidden="true" /> : <Copy size={13} aria-hidden="true" />}
      </button>
    </p>
  );
}
