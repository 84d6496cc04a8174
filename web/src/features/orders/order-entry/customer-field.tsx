import { type Dispatch, type KeyboardEvent, type Ref, useEffect, useId, useRef, useState } from 'react';
import type { Schemas } from '@/lib/api';
import { cx } from '@/lib/cx';
import { isNegative } from '@/lib/decimal';
import { money } from '@/lib/format';
import { searchCustomers } from './api';
import type { Action, CustomerRef, Head } from './model';
import { OptionList } from './option-list';
import { useTypeahead } from './use-typeahead';

interface CustomerFieldProps {
  head: Head;
  dispatch: Dispatch<Action>;
  onNext: () => void;
  credit: Schemas['CreditView'] | null;
  ref: Ref<HTMLInputElement>;
}

const chosen = (customer: CustomerRef): Partial<Head> => ({ customer, customerText: customer.name, customerError: null, shipToId: null });

async function lookUp(text: string): Promise<Extract<Action, { type: 'customer-found' }>> {
  const answer = { type: 'customer-found' as const, text, customer: null };
  try {
    const found = await searchCustomers(text);
    const wanted = text.toLowerCase();
    const exact = found.filter((item) => item.code.toLowerCase() === wanted || item.name.toLowerCase() === wanted);
    const [only] = exact.length === 1 ? exact : found;
    if (only && (exact.length === 1 || found.length === 1)) return { ...answer, customer: only, error: null };
    return { ...answer, error: found.length ? `${found.length} customers match “${text}”` : `No customer matches “${text}”` };
  } catch {
    return { ...answer, error: `“${text}” could not be looked up` };
  }
}

/** What is left was counted before this order; below nothing, the customer is over the limit already. */
function creditWords({ available, limit, exceeded }: Schemas['CreditView']): string {
  const owed = isNegative(available.amount) ? money({ ...available, amount: available.amount.slice(1) }) : null;
  if (owed) return `${owed} over the credit limit of ${money(limit)}`;
  return `${exceeded ? 'beyond the credit: ' : 'credit '}${money(available)} left of ${money(limit)}`;
}

function Credit({ credit }: { credit: Schemas['CreditView'] }) {
  return (
    <span className={cx('num', credit.exceeded && 'font-medium text-red')}>
      {' · '}
      {creditWords(credit)}
    </span>
  );
}

/** The same contract as a SKU cell: options only for the text they belong to, otherwise the raw text is looked up. */
export function CustomerField({ head, dispatch, onNext, credit, ref }: CustomerFieldProps) {
  const id = useId();
  const box = useRef<HTMLSpanElement>(null);
  const [text, setText] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const [shown, typeahead] = useTypeahead(searchCustomers, head.customerText);
  const value = text ?? head.customerText;

  const pick = (customer: CustomerRef) => {
    typeahead.stop();
    setOpen(false);
    setText(null);
    dispatch({ type: 'head', change: chosen(customer) });
  };
  const commit = () => {
    if (text === null) return;
    const result = typeahead.commit();
    setOpen(false);
    setText(null);
    if (result.kind === 'option') return pick(result.option);
    if (result.kind === 'untouched' || value.trim() === head.customerText) return;
    dispatch({ type: 'head', change: { customer: null, customerText: value.trim(), customerError: null, shipToId: null } });
  };
  const { customer, customerText, customerError } = head;
  useEffect(() => {
    if (customer || customerText === '' || customerError) return;
    void lookUp(customerText).then(dispatch);
  }, [customer, customerText, customerError, dispatch]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) {
        setOpen(true);
        setText(value);
        typeahead.open();
      } else typeahead.move(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (text === null && customer) onNext();
      commit();
    } else if (event.key === 'Escape' && text !== null) {
      event.preventDefault();
      typeahead.stop();
      setOpen(false);
      setText(null);
    }
  };
  const pending = !customer && customerText !== '' && !customerError;
  return (
    <div className="flex min-w-0 flex-col gap-1" data-field="customer_id">
      <label htmlFor={id} className="text-sm font-medium text-muted">
        Customer
        <span className="text-red" aria-hidden="true"> *</span>
      </label>
      <span ref={box} className="block">
        <input
          ref={ref}
          id={id}
          className={cx('control', pending && 'italic')}
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={open}
          aria-controls={open ? `${id}-list` : undefined}
          aria-activedescendant={open && shown.highlighted >= 0 ? `${id}-list-${shown.highlighted}` : undefined}
          aria-required="true"
          aria-invalid={Boolean(customerError)}
          aria-describedby={`${id}-hint`}
          autoComplete="off"
          spellCheck={false}
          placeholder="Name or number"
          value={value}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => {
            setText(event.target.value);
            setOpen(event.target.value.trim() !== '');
            typeahead.type(event.target.value);
          }}
          onKeyDown={onKeyDown}
          onBlur={commit}
        />
      </span>
      <span id={`${id}-hint`} className={cx('text-sm break-words empty:hidden sm:min-h-5 sm:empty:block', customerError ? 'text-red' : 'text-subtle')}>
        {customerError ?? (pending ? 'Looking up…' : customer ? (
          <>
            <span className="num">{customer.code}</span>
            {credit ? <Credit credit={credit} /> : null}
          </>
        ) : '')}
      </span>
      {open ? (
        <OptionList
          id={`${id}-list`}
          label="Customers"
          shown={shown}
          anchor={box}
          keyOf={(option) => option.id}
          onPick={pick}
          render={(option) => (
            <>
              <span className="min-w-0 flex-1 truncate">{option.name}</span>
              <span className="num shrink-0 text-sm text-subtle">{option.code}</span>
            </>
          )}
        />
      ) : null}
    </div>
  );
}
