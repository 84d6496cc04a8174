import { type KeyboardEvent, use, useRef, useState } from 'react';
import { FieldProblems, messageAt } from '@/lib/problems';
import { actionName, areaName, areaOf, permissionName } from './permission-words';

interface PermissionGridProps {
  /** Every permission there is, in the order of the server. */
  all: string[];
  /** Those that may be given; the others are shown, and cannot be changed. */
  offered: ReadonlySet<string>;
  value: string[];
  onValueChange: (value: string[]) => void;
  readOnly: boolean;
}

const HEAD = 'border-b border-line bg-sunken px-2 py-2 text-xs font-semibold text-muted';
const CELL = 'border-b border-line px-2 py-1 align-top group-last:border-b-0';
/** What nearly every area has stands in columns, the rest beside them. */
const COMMON = ['read', 'write'];

const rowsOf = (all: string[]) =>
  [...new Set(all.map(areaOf))].map((area) => {
    const common = COMMON.map((action) => all.find((permission) => permission === `${area}.${action}`));
    return { area, common, more: all.filter((permission) => areaOf(permission) === area && !common.includes(permission)) };
  });

/** What a role allows, area by area: one stop of the Tab key, within which the arrow keys move. */
export function PermissionGrid({ all, offered, value, onValueChange, readOnly }: PermissionGridProps) {
  const message = messageAt(use(FieldProblems), 'permissions');
  const table = useRef<HTMLTableElement>(null);
  const open = all.filter((permission) => offered.has(permission));
  const [place, setPlace] = useState<string | null>(null);
  const stop = place && offered.has(place) ? place : open[0];
  const toggle = (permission: string, on: boolean) => onValueChange(all.filter((other) => (other === permission ? on : value.includes(other))));
  const box = (permission: string, shown: boolean) => (
    <Box
      permission={permission}
      shown={shown}
      checked={value.includes(permission)}
      disabled={!offered.has(permission)}
      tabIndex={permission === stop ? 0 : -1}
      onFocus={() => setPlace(permission)}
      onChange={(on) => toggle(permission, on)}
    />
  );
  const locked = open.length < all.length && !readOnly;
  return (
    <div className="col-span-full min-w-0" data-field="permissions">
      <p className="m-0 mb-1 text-sm font-medium text-muted" id="permissions-label">
        It may
      </p>
      <table
        ref={table}
        role="grid"
        aria-readonly={readOnly}
        aria-labelledby="permissions-label"
        aria-describedby={[message && 'permissions-problem', 'permissions-hint'].filter(Boolean).join(' ')}
        onKeyDown={(event) => move(event, table.current)}
        className="w-full border-separate border-spacing-0 overflow-hidden rounded-lg border border-line"
      >
        <thead>
          <tr>
            <th scope="col" className={`${HEAD} ps-3 text-start`}>
              Area
            </th>
            {COMMON.map((action) => (
              <th key={action} scope="col" className={`${HEAD} w-12 text-center`}>
                {actionName(`any.${action}`)}
              </th>
            ))}
            <th scope="col" className={`${HEAD} text-start`}>
              More
            </th>
          </tr>
        </thead>
        <tbody>
          {rowsOf(all).map(({ area, common, more }) => (
            <tr key={area} className="group hover:bg-hover">
              <th scope="row" className={`${CELL} ps-3 text-start text-base leading-6 font-medium`}>
                {areaName(area)}
              </th>
              {common.map((permission, index) => (
                <td key={COMMON[index]} className={`${CELL} text-center`}>
                  {permission ? box(permission, false) : null}
                </td>
              ))}
              <td className={CELL}>
                <div className="grid grid-cols-[repeat(auto-fill,minmax(6.5rem,1fr))] gap-x-3 gap-y-1">{more.map((permission) => <span key={permission}>{box(permission, true)}</span>)}</div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {message ? (
        <p id="permissions-problem" className="m-0 mt-1 text-sm text-red">
          {message}
        </p>
      ) : null}
      <p id="permissions-hint" className="m-0 mt-1 text-sm text-subtle">
        {readOnly ? null : 'Arrow keys move, Space ticks. '}
        {locked ? 'Grey are those you do not have yourself: nobody gives more than they may do.' : null}
      </p>
    </div>
  );
}

interface BoxProps {
  permission: string;
  /** Whether its name stands beside it, not over the column. */
  shown: boolean;
  checked: boolean;
  disabled: boolean;
  tabIndex: number;
  onFocus: () => void;
  onChange: (on: boolean) => void;
}

function Box({ permission, shown, checked, disabled, tabIndex, onFocus, onChange }: BoxProps) {
  return (
    <label className="inline-flex min-h-6 items-center gap-2 text-base has-disabled:text-subtle">
      <input
        type="checkbox"
        aria-label={permissionName(permission)}
        data-permission={permission}
        checked={checked}
        disabled={disabled}
        tabIndex={tabIndex}
        onFocus={onFocus}
        onChange={(event) => onChange(event.target.checked)}
        className="m-0 size-[18px] shrink-0 accent-accent"
      />
      {shown ? <span aria-hidden="true">{actionName(permission)}</span> : null}
    </label>
  );
}

/** Through the boxes as they stand: along a row, or to the nearest of another row. */
function move(event: KeyboardEvent, table: HTMLTableElement | null): void {
  const { target } = event;
  if (!(target instanceof HTMLInputElement) || !table) return;
  const rows = [...table.rows].map((row) => [...row.querySelectorAll<HTMLInputElement>('input:enabled')]).filter((boxes) => boxes.length > 0);
  const at = rows.findIndex((boxes) => boxes.includes(target));
  const row = rows[at] ?? [];
  const along = row.indexOf(target);
  const cell = target.closest('td')?.cellIndex ?? 0;
  // In the last cell stand several: the place within it is kept, too.
  const within = row.filter((box) => box.closest('td')?.cellIndex === cell).indexOf(target);
  const beside = (boxes: HTMLInputElement[] | undefined) => {
    const same = boxes?.filter((box) => box.closest('td')?.cellIndex === cell) ?? [];
    return same[Math.min(within, same.length - 1)] ?? boxes?.findLast((box) => (box.closest('td')?.cellIndex ?? 0) < cell) ?? boxes?.[0];
  };
  const whole = event.ctrlKey || event.metaKey;
  const next: Record<string, HTMLInputElement | undefined> = {
    ArrowRight: row[along + 1],
    ArrowLeft: row[along - 1],
    ArrowDown: beside(rows[at + 1]),
    ArrowUp: at > 0 ? beside(rows[at - 1]) : undefined,
    Home: (whole ? rows[0] : row)?.[0],
    End: (whole ? rows.at(-1) : row)?.at(-1),
  };
  if (!(event.key in next) || event.altKey) return;
  event.preventDefault();
  next[event.key]?.focus();
}
