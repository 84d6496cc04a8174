import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body } from '@/lib/api';
import { money, today, words } from '@/lib/format';
import { Form, useForm } from './form';
import { PriceSteps } from './price-steps';
import { Button } from './ui/button';
import { type Choice, Combobox } from './ui/combobox';
import { DecimalField } from './ui/decimal-field';
import { Skeleton } from './ui/skeleton';
import { DateField } from './ui/text-field';

async function searchProducts(q: string, signal: AbortSignal): Promise<Choice[]> {
  const query = { q: q || undefined, status: 'active', limit: 12 };
  const found = await body(api.GET('/api/v1/products', { params: { query }, signal }));
  return found.data.map((product) => ({ id: product.sku, label: product.name, detail: product.sku }));
}

async function searchCustomers(q: string, signal: AbortSignal): Promise<Choice[]> {
  const found = await body(api.GET('/api/v1/customers', { params: { query: { q: q || undefined, limit: 12 } }, signal }));
  return found.data.map((customer) => ({ id: customer.id, label: customer.name, detail: customer.code }));
}

type Question = { customer_id?: string; sku: string; quantity?: string; date?: string };

/** Customer, product, quantity, day → the price, the rule that won and the rules that lost. */
export function PriceTester({ customerId, sku }: { customerId?: string; sku?: string }) {
  const form = useForm<{ customer: Choice | null; product: Choice | null; quantity: string; date: string }>({
    customer: null,
    product: null,
    quantity: '1',
    date: today(),
  });
  const [asked, setAsked] = useState<Question | null>(null);
  const answer = useQuery({
    queryKey: ['prices', 'explain', asked],
    queryFn: ({ signal }) => body(api.GET('/api/v1/prices/explain', { params: { query: asked ?? { sku: '' } }, signal })),
    enabled: asked !== null,
    retry: false,
  });
  const { value } = form;
  const wanted = sku ?? value.product?.id;
  const ask = () => {
    if (!wanted) return;
    setAsked({ customer_id: customerId ?? value.customer?.id, sku: wanted, quantity: value.quantity || undefined, date: value.date || undefined });
  };
  return (
    <>
      <Form onSubmit={ask} error={answer.error} label="Price tester" className="grid gap-3.5 sm:grid-cols-2">
        {customerId ? null : (
          <Combobox
            label="Customer"
            name="customer_id"
            queryKey="customers"
            search={searchCustomers}
            value={value.customer}
            onValueChange={(customer) => form.change({ customer })}
            placeholder="Anyone"
          />
        )}
        {sku ? null : (
          <Combobox
            label="Product"
            name="sku"
            queryKey="products"
            search={searchProducts}
            value={value.product}
            onValueChange={(product) => form.change({ product })}
            placeholder="SKU or name"
            required
          />
        )}
        <DecimalField label="Quantity" name="quantity" {...form.bind('quantity')} />
        <DateField label="On" name="date" {...form.bind('date')} />
        <div className="flex items-end">
          <Button type="submit" kind="primary" disabled={!wanted} busy={answer.isFetching}>
            Show the price
          </Button>
        </div>
      </Form>
      {answer.isFetching ? <Skeleton className="mt-4 h-20" /> : null}
      {answer.data && !answer.isFetching ? (
        <div className="mt-4" role="status">
          <p className="num m-0 mb-2 text-lg">
            {answer.data.unit_price ? (
              <>
                <strong>{money({ amount: answer.data.unit_price, currency: answer.data.currency })}</strong>{' '}
                <span className="text-base text-muted">from {words(answer.data.source).toLowerCase()}</span>
              </>
            ) : (
              'There is no price for this.'
            )}
          </p>
          <PriceSteps steps={answer.data.steps} />
        </div>
      ) : null}
    </>
  );
}
