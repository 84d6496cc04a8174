import type { useForm } from '@/components/form';
import { SelectField } from '@/components/ui/select';
import { TextField } from '@/components/ui/text-field';
import { COUNTRIES, countryOptions, currencyOptions, zoneOptions } from '@/lib/places';

export interface Company {
  organization: string;
  country: string;
  currency: string;
  time_zone: string;
}

export const emptyCompany = (): Company => ({
  organization: '',
  country: 'DE',
  currency: 'EUR',
  time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC',
});

/** As the server wants it. */
export const companyBody = ({ organization, country, currency, time_zone }: Company) => ({ name: organization, country, currency, time_zone });

/** The company a server or a person begins with. */
export function CompanyFields({ form }: { form: Pick<ReturnType<typeof useForm<Company>>, 'value' | 'change' | 'bind'> }) {
  const { value } = form;
  return (
    <div className="grid gap-x-4 gap-y-3.5 sm:grid-cols-2">
      <TextField label="Name" name="organization/name" required autoComplete="organization" className="sm:col-span-2" {...form.bind('organization')} />
      <SelectField
        label="Country"
        name="organization/country"
        value={value.country}
        onValueChange={(country) => form.change({ country, currency: COUNTRIES[country] ?? value.currency })}
        options={countryOptions()}
      />
      <SelectField label="Currency" name="organization/currency" options={currencyOptions()} {...form.bind('currency')} />
      <SelectField label="Time zone" name="organization/time_zone" className="sm:col-span-2" options={zoneOptions(value.time_zone)} {...form.bind('time_zone')} />
    </div>
  );
}
