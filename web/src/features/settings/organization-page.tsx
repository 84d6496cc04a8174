import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { BackLink, DetailPending } from '@/components/detail-frame';
import { Form, FormSection, useForm } from '@/components/form';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { DecimalField } from '@/components/ui/decimal-field';
import { SelectField } from '@/components/ui/select';
import { TextField } from '@/components/ui/text-field';
import { toast } from '@/components/ui/toast';
import { api, body, newKey, type Schemas } from '@/lib/api';
import { isStale, undecided } from '@/lib/api-error';
import { changed } from '@/lib/changes';
import { dateTime, words } from '@/lib/format';
import { countryOptions, currencyOptions, zoneOptions } from '@/lib/places';
import { useCan } from '@/lib/session';
import { useCommands } from '@/lib/shortcuts';
import { useTitle } from '@/lib/use-title';
import { Choices } from './choices';

type Organization = Schemas['OrganizationView'];
type Limits = Record<string, string>;

const KEY = ['organization'];

const ROUNDING = [{ value: 'half_up', label: 'Half away from zero' }, { value: 'half_even', label: 'Half to the even digit' }];
const TAX_MODES = [{ value: 'document', label: 'Once for the document' }, { value: 'line', label: 'In every line' }];
const PO_POLICIES = [{ value: 'allow', label: 'Say nothing' }, { value: 'warn', label: 'Warn' }, { value: 'refuse', label: 'Refuse the order' }];
/** Those that may set prices, and those that may approve: the API has a limit for each. */
const GIVE = ['owner', 'admin', 'manager', 'rep', 'finance', 'warehouse', 'viewer'] as const;
const APPROVE = ['owner', 'admin', 'manager'] as const;

/** The organization's own settings: who it is, how it counts, and what its roles may give away. */
export function OrganizationPage() {
  const found = useQuery({ queryKey: KEY, queryFn: () => body(api.GET('/api/v1/organization')) });
  useTitle('Organization');
  if (!found.data) return <DetailPending list={{ label: 'Settings', to: '/settings', noun: 'settings' }} error={found.error} onRetry={() => void found.refetch()} />;
  return <Settings organization={found.data} />;
}

const startOf = (one: Organization) => ({
  name: one.name, country: one.country, currency: one.currency, time_zone: one.time_zone, locale: one.locale, rounding_mode: one.rounding_mode, tax_mode: one.tax_mode,
  cash_rounding: one.cash_rounding ?? '', prices_include_tax: one.prices_include_tax, customer_po_policy: one.customer_po_policy, four_eyes: one.four_eyes,
  second_factor_roles: one.second_factor_roles,
  discount_limits: one.discount_limits as Limits, approval_limits: one.approval_limits as Limits,
});
type Value = ReturnType<typeof startOf>;

/** Only the roles whose limit differs; an empty one is lifted. */
function limits(now: Limits, before: Limits, roles: readonly string[]): Record<string, string | null> {
  const differs = roles.filter((role) => (now[role] ?? '') !== (before[role] ?? ''));
  return Object.fromEntries(differs.map((role) => [role, now[role] || null]));
}

function patchOf(value: Value, before: Value): Schemas['OrganizationPatch'] {
  const plain = ({ discount_limits: _give, approval_limits: _approve, cash_rounding, ...rest }: Value) => ({ ...rest, name: rest.name.trim(), cash_rounding: cash_rounding || null });
  const give = limits(value.discount_limits, before.discount_limits, GIVE);
  const approve = limits(value.approval_limits, before.approval_limits, APPROVE);
  return {
    ...(changed(plain(value), plain(before)) as Schemas['OrganizationPatch']),
    ...(Object.keys(give).length ? { discount_limits: give } : {}),
    ...(Object.keys(approve).length ? { approval_limits: approve } : {}),
  };
}

function Settings({ organization }: { organization: Organization }) {
  const can = useCan();
  const client = useQueryClient();
  const [key, setKey] = useState(newKey);
  const [start, setStart] = useState(() => startOf(organization));
  const form = useForm(start);
  const { value } = form;
  const readOnly = !can('settings.write');
  const save = useMutation({
    mutationFn: () => {
      const params = { header: { 'If-Match': `"${organization.version}"`, 'Idempotency-Key': key } };
      return body(api.PATCH('/api/v1/organization', { params, body: patchOf(value, start) }));
    },
    onSuccess: (next) => {
      client.setQueryData(KEY, next);
      void client.invalidateQueries({ queryKey: ['me'] });
      const now = startOf(next);
      setStart(now);
      form.reset(now);
      setKey(newKey());
      toast('Organization saved');
    },
    onError: async (error) => {
      if (!undecided(error)) setKey(newKey());
      if (isStale(error)) await client.invalidateQueries({ queryKey: KEY });
    },
  });
  const submit = () => {
    if (!readOnly && !save.isPending) save.mutate();
  };
  useCommands(readOnly ? [] : [{ id: 'settings.save', name: 'Save', keys: 'mod+s', group: 'Settings', inFields: true, run: submit }]);
  const limit = (name: 'discount_limits' | 'approval_limits', role: string, suffix: string) => (
    <DecimalField
      key={role}
      label={words(role)}
      name={`${name}/${role}`}
      suffix={suffix}
      value={value[name][role] ?? ''}
      onValueChange={(next) => form.change({ [name]: { ...value[name], [role]: next } })}
    />
  );
  return (
    <div className="mx-auto w-full max-w-3xl px-3 py-4 sm:px-6">
      <BackLink label="Settings" to="/settings" />
      <h1 className="m-0 text-xl font-semibold">Organization</h1>
      <p className="mt-1 mb-4 text-muted">Last changed {dateTime(organization.updated_at)}</p>
      <Form onSubmit={submit} error={save.error} label="Organization">
        <fieldset disabled={readOnly} className="m-0 min-w-0 border-0 p-0">
          <FormSection title="Company" hint={readOnly ? 'You may look at it, not change it.' : undefined}>
            <TextField label="Name" name="name" required className="sm:col-span-2" {...form.bind('name')} />
            <SelectField label="Country" name="country" options={countryOptions()} {...form.bind('country')} />
            <SelectField
              label="Currency"
              name="currency"
              disabled={organization.currency_fixed}
              hint={organization.currency_fixed ? 'It is fixed, because there are orders.' : undefined}
              options={currencyOptions()}
              {...form.bind('currency')}
            />
            <SelectField label="Time zone" name="time_zone" options={zoneOptions(value.time_zone)} {...form.bind('time_zone')} />
            <TextField label="Language" name="locale" hint="Of documents and formats: en-GB, de, fr-CH." {...form.bind('locale')} />
          </FormSection>
          <FormSection title="Money and taxes" hint="For new orders; those that are placed stay as they are.">
            <SelectField label="A half is rounded" name="rounding_mode" options={ROUNDING} {...form.bind('rounding_mode')} />
            <SelectField label="Tax is rounded" name="tax_mode" options={TAX_MODES} {...form.bind('tax_mode')} />
            <DecimalField label="Step of the payable amount" name="cash_rounding" suffix={value.currency} hint="Such as 0.05. Empty: none." {...form.bind('cash_rounding')} />
            <div className="flex items-start pt-6">
              <Checkbox label="Prices typed by hand include tax" checked={value.prices_include_tax} onCheckedChange={(prices_include_tax) => form.change({ prices_include_tax })} />
            </div>
          </FormSection>
          <FormSection title="Orders">
            <SelectField label="A customer’s order number used twice" name="customer_po_policy" options={PO_POLICIES} {...form.bind('customer_po_policy')} />
            <div className="flex items-start pt-6">
              <Checkbox label="Nobody approves an order of their own" checked={value.four_eyes} onCheckedChange={(four_eyes) => form.change({ four_eyes })} />
            </div>
          </FormSection>
          <FormSection title="Second factor" hint="Whoever has such a role and no second factor can do nothing but set one up.">
            <Choices label="Must have one" name="second_factor_roles" options={GIVE.map((role) => ({ value: role, label: words(role) }))} {...form.bind('second_factor_roles')} />
          </FormSection>
          <FormSection title="Highest discount by hand" hint="Empty: no limit.">
            {GIVE.map((role) => limit('discount_limits', role, '%'))}
          </FormSection>
          <FormSection title="Highest total to approve" hint="Empty: no limit.">
            {APPROVE.map((role) => limit('approval_limits', role, value.currency))}
          </FormSection>
        </fieldset>
        {readOnly ? null : (
          <div className="sticky bottom-0 -mx-3 flex justify-end gap-2 border-t border-line bg-canvas px-3 py-2 max-sm:bottom-15 sm:-mx-6 sm:px-6">
            <Button type="submit" kind="primary" busy={save.isPending} disabled={!form.dirty}>
              Save
            </Button>
          </div>
        )}
      </Form>
    </div>
  );
}
