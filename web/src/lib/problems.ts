import { createContext } from 'react';
import type { Problem } from './api-error';

/** Messages by field name, for every field below the form. */
export const FieldProblems = createContext<Record<string, string>>({});

export interface Located {
  /** The field's name as in the body, `lines/1/sku`; null when the problem belongs to no field. */
  field: string | null;
  message: string;
}

/** `#/contacts/0/email` → `contacts/0/email`, with the escapes of RFC 6901 undone. */
export function fieldOf(pointer: string | null | undefined): string | null {
  if (!pointer) return null;
  const path = decodeURIComponent(pointer.replace(/^#/, '')).replace(/^\//, '');
  return path === '' ? null : path.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** The message of a field: its own, or that of a part of it, as `lines/0/quantity/value` is of `lines/0`. */
export function messageAt(problems: Record<string, string>, name: string): string | undefined {
  return problems[name] ?? Object.entries(problems).find(([field]) => field.startsWith(`${name}/`))?.[1];
}

/** The errors of a problem in the order the server gave, each with its field. */
export function locate(problem: Problem | null | undefined): Located[] {
  return (problem?.errors ?? []).map((error) => {
    const hint = error.suggestions?.length ? ` Did you mean ${error.suggestions.join(' or ')}?` : '';
    return { field: fieldOf(error.pointer) ?? error.parameter ?? null, message: error.detail + hint };
  });
}

/** For the context: the first message of each field. */
export function byField(problem: Problem | null | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { field, message } of locate(problem)) {
    if (field && !(field in found)) found[field] = message;
  }
  return found;
}
