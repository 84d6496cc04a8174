import { useEffect, useState } from 'react';
import { type Shown, Typeahead } from './typeahead';

/** One type-ahead for the life of a field or of a cell being edited. */
export function useTypeahead<T>(search: (text: string, signal: AbortSignal) => Promise<T[]>, initial: string): [Shown<T>, Typeahead<T>] {
  const [typeahead] = useState(() => new Typeahead<T>({ search }, initial));
  const [shown, setShown] = useState(typeahead.state);
  useEffect(() => {
    const forget = typeahead.listen(setShown);
    return () => {
      forget();
      typeahead.stop();
    };
  }, [typeahead]);
  return [shown, typeahead];
}
