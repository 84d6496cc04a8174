import { isZero } from '@/lib/decimal';
import { type Column, type Draft, isEmptyLine, isText, type Line } from './model';

export interface EntryProblem {
  /** The line; null for the head. */
  key: string | null;
  column: Column | 'customer' | 'requested';
  message: string;
  /** Said, but no reason to refuse the order. */
  mild?: boolean;
}

export type ServerProblems = Map<string, { line: Line; column: Column; message: string }>;

function ofLine(line: Line, server: ServerProblems): Omit<EntryProblem, 'key'> | null {
  const [column, error] = Object.entries(line.errors)[0] ?? [];
  if (column && error) return { column: column as Column, message: error };
  if (line.match === 'unknown') return { column: 'sku', message: `“${line.sku}” not found` };
  if (line.match === 'ambiguous') return { column: 'sku', message: `${line.candidates.length} products match “${line.sku}”` };
  if (line.match === 'refused') return { column: 'sku', message: line.refusal ?? `“${line.sku}” cannot be ordered` };
  if (line.match === 'failed') return { column: 'sku', message: `“${line.sku}” could not be looked up` };
  const said = server.get(line.key);
  if (said && said.line === line) return { column: said.column, message: said.message };
  if (line.match === 'resolving') return null;
  if (isText(line)) return null;
  if (line.match === 'empty') return { column: 'sku', message: 'no product' };
  if (line.match === 'adhoc' && line.price === '') return { column: 'price', message: 'a line without a product needs a price' };
  if (line.quantity === '') return { column: 'quantity', message: 'quantity is missing' };
  if (isZero(line.quantity)) return { column: 'quantity', message: 'quantity is zero' };
  return null;
}

/** Everything that keeps the order from being placed, from top to bottom. */
export function problemsOf(draft: Draft, server: ServerProblems): EntryProblem[] {
  const found: EntryProblem[] = [];
  const { head } = draft;
  if (head.customerError) found.push({ key: null, column: 'customer', message: head.customerError });
  if (head.requestedError) found.push({ key: null, column: 'requested', message: head.requestedError });
  for (const line of draft.lines) {
    const problem = isEmptyLine(line) ? null : ofLine(line, server);
    if (problem) found.push({ key: line.key, ...problem });
  }
  return found;
}

export function problemOf(line: Line, server: ServerProblems): Omit<EntryProblem, 'key'> | null {
  return isEmptyLine(line) ? null : ofLine(line, server);
}
