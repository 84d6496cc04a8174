import { Checkbox } from '@/components/ui/checkbox';
import { SelectField } from '@/components/ui/select';
import { DateField, TextArea, TextField } from '@/components/ui/text-field';
import type { Schemas } from '@/lib/api';
import { countryOptions } from '@/lib/places';
import type { Address } from '@/lib/types';

export interface AddressValue {
  label: string;
  kind: string;
  recipient: string;
  lines: string;
  city: string;
  region: string;
  postal_code: string;
  country: string;
  is_default: boolean;
  valid_from: string;
  valid_to: string;
}

export function emptyAddress(country = 'DE'): AddressValue {
  return {
    label: '', kind: 'both', recipient: '', lines: '', city: '', region: '', postal_code: '', country, is_default: true, valid_from: '', valid_to: '',
  };
}

export function fromAddress(address: Address): AddressValue {
  return {
    label: address.label ?? '',
    kind: address.kind,
    recipient: address.recipient ?? '',
    lines: address.lines.join('\n'),
    city: address.city ?? '',
    region: address.region ?? '',
    postal_code: address.postal_code ?? '',
    country: address.country,
    is_default: address.is_default,
    valid_from: address.valid_from ?? '',
    valid_to: address.valid_to ?? '',
  };
}

export function addressRequest(value: AddressValue): Schemas['NewAddress'] {
  const lines = value.lines.split('\n').map((line) => line.trim()).filter(Boolean);
  const given = (text: string) => text.trim() || null;
  return {
    label: given(value.label),
    kind: value.kind as Schemas['NewAddress']['kind'],
    recipient: given(value.recipient),
    lines,
    city: given(value.city),
    region: given(value.region),
    postal_code: given(value.postal_code),
    country: value.country,
    is_default: value.is_default,
    valid_from: given(value.valid_from),
    valid_to: given(value.valid_to),
  };
}

const KINDS = [
  { value: 'both', label: 'Billing and shipping' },
  { value: 'billing', label: 'Billing' },
  { value: 'shipping', label: 'Shipping' },
];

interface AddressFieldsProps {
  value: AddressValue;
  onChange: (change: Partial<AddressValue>) => void;
  /** Where the address sits in the request: `addresses/0/`. */
  prefix?: string;
}

/** Free lines and a country: no country's format is forced on another. */
export function AddressFields({ value, onChange, prefix = '' }: AddressFieldsProps) {
  const bind = <K extends keyof AddressValue>(key: K) => ({
    name: prefix + key,
    value: value[key],
    onValueChange: (next: AddressValue[K]) => onChange({ [key]: next } as Partial<AddressValue>),
  });
  return (
    <>
      <TextField label="Label" hint="Main, Warehouse…" {...bind('label')} />
      <SelectField label="Used for" options={KINDS} {...bind('kind')} />
      <TextField label="Recipient" autoComplete="off" className="sm:col-span-2" {...bind('recipient')} />
      <TextArea label="Street lines" rows={2} className="sm:col-span-2" required {...bind('lines')} />
      <TextField label="Postal code" {...bind('postal_code')} />
      <TextField label="City" {...bind('city')} />
      <TextField label="Region" {...bind('region')} />
      <SelectField label="Country" options={countryOptions()} {...bind('country')} />
      <DateField label="Valid from" {...bind('valid_from')} />
      <DateField label="Valid to" {...bind('valid_to')} />
      <Checkbox label="Default address" checked={value.is_default} onCheckedChange={(is_default) => onChange({ is_default })} />
    </>
  );
}
