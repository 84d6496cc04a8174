import { useQuery } from '@tanstack/react-query';
import { Calendar } from 'lucide-react';
import { type Dispatch, type Ref, useRef, useState } from 'react';
import { IconButton } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { TextField } from '@/components/ui/text-field';
import type { Schemas } from '@/lib/api';
import { currentLocale, today } from '@/lib/format';
import { customerQuery } from './api';
import { CustomerField } from './customer-field';
import { echoDate, isWeekend, readDate } from './dates';
import type { Action, Head } from './model';

interface EntryHeadProps {
  head: Head;
  dispatch: Dispatch<Action>;
  customerRef: Ref<HTMLInputElement>;
  onGrid: () => void;
  credit: Schemas['CreditView'] | null;
}

/** Who, where, their number and when. */
export function EntryHead({ head, dispatch, customerRef, onGrid, credit }: EntryHeadProps) {
  const change = (part: Partial<Head>) => dispatch({ type: 'head', change: part });
  return (
    <div className="card mb-3 grid gap-x-4 gap-y-2 px-4 pt-3 pb-2.5 sm:grid-cols-2 lg:grid-cols-[2fr_1.2fr_1.6fr_1.2fr]">
      <CustomerField ref={customerRef} head={head} dispatch={dispatch} onNext={onGrid} credit={credit} />
      <PoField value={head.po} onCommit={(po) => change({ po })} onEnter={onGrid} />
      <ShipTo key={head.customer?.id} head={head} onChange={(shipToId) => change({ shipToId })} />
      <RequestedField head={head} onChange={change} onEnter={onGrid} />
    </div>
  );
}

function PoField({ value, onCommit, onEnter }: { value: string; onCommit: (value: string) => void; onEnter: () => void }) {
  const [text, setText] = useState<string | null>(null);
  const commit = () => {
    if (text !== null && text !== value) onCommit(text);
    setText(null);
  };
  return (
    <TextField
      label="PO number"
      name="customer_po"
      autoComplete="off"
      maxLength={60}
      value={text ?? value}
      onValueChange={setText}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        commit();
        onEnter();
      }}
    />
  );
}

const USUAL = 'usual';

function ShipTo({ head, onChange }: { head: Head; onChange: (id: string | null) => void }) {
  const id = head.customer?.id;
  const found = useQuery({ ...customerQuery(id ?? ''), enabled: id !== undefined });
  const places = (found.data?.addresses ?? []).filter((address) => address.kind !== 'bill_to' && address.kind !== 'billing');
  const options = places.map((address) => ({ value: address.id, label: [address.label, address.city].filter(Boolean).join(' · ') || address.recipient || address.id }));
  return (
    <Field label="Ship to" name="ship_to_address_id">
      <Select
        value={head.shipToId ?? USUAL}
        onValueChange={(next) => onChange(next === USUAL ? null : next)}
        options={[{ value: USUAL, label: 'Usual address' }, ...options]}
        disabled={!id}
      />
    </Field>
  );
}

function RequestedField({ head, onChange, onEnter }: { head: Head; onChange: (part: Partial<Head>) => void; onEnter: () => void }) {
  const [text, setText] = useState<string | null>(null);
  const calendar = useRef<HTMLInputElement>(null);
  const locale = currentLocale();
  const live = text === null ? head.requested : readDate(text, today(), locale);
  const commit = () => {
    if (text === null) return;
    const day = readDate(text, today(), locale);
    if (day === null) return onChange({ requestedError: `“${text}” is not a date. Try mon, +7 or 30.11.` });
    setText(null);
    if (day !== head.requested || head.requestedError) onChange({ requested: day, requestedError: null });
  };
  const echo = live ? `${echoDate(live, locale)}${isWeekend(live) ? ' — a weekend' : ''}` : 'today, +7, mon, 30.11';
  const pick = (day: string) => {
    setText(null);
    onChange({ requested: day, requestedError: null });
  };
  const openCalendar = () => calendar.current?.showPicker();
  return (
    <div className="relative min-w-0">
      <TextField
        label="Requested"
        name="requested_date"
        autoComplete="off"
        inputClassName="pe-9"
        value={text ?? head.requested}
        error={head.requestedError}
        hint={head.requestedError ? undefined : echo}
        onValueChange={setText}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' && event.altKey) {
            event.preventDefault();
            return openCalendar();
          }
          if (event.key === 'Escape' && text !== null) {
            event.preventDefault();
            setText(null);
            if (head.requestedError) onChange({ requestedError: null });
          }
          if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          commit();
          onEnter();
        }}
      />
      {/* The browser's own calendar, hung below the text that a person types. */}
      <input
        ref={calendar}
        type="date"
        tabIndex={-1}
        aria-hidden="true"
        className="pointer-events-none absolute inset-x-0 top-6 h-(--control-h) opacity-0"
        value={live ?? ''}
        onChange={(event) => pick(event.target.value)}
      />
      <span className="absolute end-1 top-6 grid h-(--control-h) place-items-center">
        <IconButton size="sm" tabIndex={-1} label="Choose a date (Alt+Down)" onClick={openCalendar}>
          <Calendar size={15} aria-hidden="true" />
        </IconButton>
      </span>
    </div>
  );
}
