/*
 * The type-ahead contract. Each text has a sequence number; an answer for an older text is thrown away. What Enter
 * commits depends only on whether the options shown belong to the text in the field, never on how fast one types.
 */

export interface Shown<T> {
  text: string;
  options: T[];
  /** -1: none. Nothing is highlighted before something was typed. */
  highlighted: number;
  loading: boolean;
  failed: boolean;
  /** The options belong to this very text. */
  fresh: boolean;
}

export type Commit<T> = { kind: 'untouched' } | { kind: 'option'; option: T } | { kind: 'raw'; text: string };

export interface TypeaheadOptions<T> {
  search: (text: string, signal: AbortSignal) => Promise<T[]>;
  /** How long a pause before asking; the sequence makes the result independent of it. */
  delay?: number;
}

export class Typeahead<T> {
  private sequence = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private abort: AbortController | undefined;
  private touched = false;
  private shown: Shown<T>;
  private listener: (shown: Shown<T>) => void = () => undefined;

  constructor(
    private readonly options: TypeaheadOptions<T>,
    initial = '',
  ) {
    this.shown = { text: initial, options: [], highlighted: -1, loading: false, failed: false, fresh: false };
  }

  /** One listener at a time; returns its removal. */
  listen(listener: (shown: Shown<T>) => void): () => void {
    this.listener = listener;
    return () => {
      this.listener = () => undefined;
    };
  }

  get state(): Shown<T> {
    return this.shown;
  }

  private show(change: Partial<Shown<T>>): void {
    this.shown = { ...this.shown, ...change };
    this.listener(this.shown);
  }

  type(text: string): void {
    this.touched = true;
    this.stop();
    const sequence = ++this.sequence;
    const wanted = text.trim();
    if (wanted === '') return this.show({ text, options: [], highlighted: -1, loading: false, failed: false, fresh: false });
    // The old options stay visible, greyed, until the new ones come; `fresh` keeps Enter from taking one.
    this.show({ text, loading: true, failed: false, fresh: false, highlighted: -1 });
    this.timer = setTimeout(() => void this.ask(wanted, sequence), this.options.delay ?? 60);
  }

  /** Asks without a change of the text: Alt+Down on an untouched field. */
  open(): void {
    const sequence = ++this.sequence;
    this.stop();
    this.show({ loading: true, failed: false, fresh: false });
    void this.ask(this.shown.text.trim(), sequence);
  }

  private async ask(text: string, sequence: number): Promise<void> {
    this.abort = new AbortController();
    try {
      const options = await this.options.search(text, this.abort.signal);
      if (sequence !== this.sequence) return;
      this.show({ options, loading: false, fresh: true, highlighted: this.touched && options.length > 0 ? 0 : -1 });
    } catch {
      if (sequence === this.sequence) this.show({ options: [], loading: false, failed: true, fresh: false, highlighted: -1 });
    }
  }

  move(by: number): void {
    const { options, highlighted, fresh } = this.shown;
    if (!fresh || options.length === 0) return;
    const from = highlighted < 0 && by < 0 ? 0 : highlighted;
    this.show({ highlighted: (from + by + options.length) % options.length });
    this.touched = true;
  }

  commit(): Commit<T> {
    const { fresh, highlighted, options, text } = this.shown;
    const touched = this.touched;
    this.stop();
    this.sequence += 1;
    if (!touched) return { kind: 'untouched' };
    const option = fresh ? options[highlighted] : undefined;
    return option === undefined ? { kind: 'raw', text: text.trim() } : { kind: 'option', option };
  }

  /** Forgets what is under way: an answer that still comes is thrown away. */
  stop(): void {
    clearTimeout(this.timer);
    this.abort?.abort();
  }
}

export interface Coded {
  sku: string;
  barcode?: string | null;
}

/**
 * Exact codes first, then codes that begin with the text, then the rest as the server ranked them: the highlighted
 * option is the one that resolving the raw text would have found.
 */
export function rank<T extends Coded>(text: string, found: T[]): T[] {
  const wanted = text.trim().toLowerCase();
  const weight = ({ sku, barcode }: T) =>
    sku.toLowerCase() === wanted ? 0 : barcode?.toLowerCase() === wanted ? 1 : sku.toLowerCase().startsWith(wanted) ? 2 : 3;
  return found.map((item, index) => ({ item, index })).sort((a, b) => weight(a.item) - weight(b.item) || a.index - b.index).map(({ item }) => item);
}
