import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Form, useForm } from '@/components/form';
import { Button } from '@/components/ui/button';
import { type Choice, Combobox } from '@/components/ui/combobox';
import { DecimalField } from '@/components/ui/decimal-field';
import { Dialog } from '@/components/ui/dialog';
import { SelectField } from '@/components/ui/select';
import { DateField } from '@/components/ui/text-field';
import { toast } from '@/components/ui/toast';
import { newKey, type Schemas } from '@/lib/api';
import { undecided } from '@/lib/api-error';
import type { Price, PriceList } from '@/lib/types';
import { savePrice, searchProducts } from './api';

const TIERS = [
  { value: 'volume', label: 'Volume: the whole quantity' },
  { value: 'graduated', label: 'Graduated: only what is above' },
];
const HOW = [
  { value: 'price', label: 'Fixed price' },
  { value: 'discount', label: 'Discount in percent' },
];

export function PriceDialog({ list, price, onClose }: { list: PriceList; price: Price | null; onClose: () => void }) {
  const client = useQueryClient();
  const [key, setKey] = useState(newKey);
  const [product, setProduct] = useState<Choice | null>(price?.sku ? { id: price.sku, label: price.product_name ?? price.sku } : null);
  const form = useForm({
    how: price?.discount_percent ? 'discount' : 'price',
    unit_price: price?.unit_price ?? '',
    discount_percent: price?.discount_percent ?? '',
    min_quantity: price?.min_quantity ?? '0',
    tier_mode: price?.tier_mode ?? 'volume',
    valid_from: price?.valid_from ?? '',
    valid_to: price?.valid_to ?? '',
  });
  const { value } = form;
  const save = useMutation({
    mutationFn: () => {
      const fixed = value.how === 'price';
      const request: Schemas['NewPrice'] = {
        ...(price ? {} : { sku: product?.id }),
        min_quantity: value.min_quantity || '0',
        tier_mode: value.tier_mode as Schemas['NewPrice']['tier_mode'],
        unit_price: fixed ? value.unit_price || null : null,
        discount_percent: fixed ? null : value.discount_percent || null,
        valid_from: value.valid_from || null,
        valid_to: value.valid_to || null,
      };
      return savePrice(list, price, request, key);
    },
    onSuccess: () => {
      toast('Price saved');
      void client.invalidateQueries({ queryKey: ['price-lists', list.id, 'prices'] });
      onClose();
    },
    onError: (error) => {
      if (!undecided(error)) setKey(newKey());
    },
  });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={price ? `Price of ${price.sku ?? price.category ?? 'everything'}` : 'New price'}
      description={`In ${list.name}, ${list.currency}`}
      footer={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" form="price" kind="primary" busy={save.isPending}>
            Save
          </Button>
        </>
      }
    >
      <Form id="price" onSubmit={() => save.mutate()} error={save.error} className="grid gap-3.5 sm:grid-cols-2">
        {price ? null : (
          <Combobox label="Product" name="sku" className="sm:col-span-2" queryKey="products" search={searchProducts} value={product} onValueChange={setProduct} placeholder="SKU or name" required />
        )}
        <SelectField label="How" name="how" options={HOW} {...form.bind('how')} />
        {value.how === 'price' ? (
          <DecimalField label="Price" name="unit_price" required suffix={list.currency} {...form.bind('unit_price')} />
        ) : (
          <DecimalField label="Discount" name="discount_percent" required suffix="%" {...form.bind('discount_percent')} />
        )}
        <DecimalField label="From quantity" name="min_quantity" {...form.bind('min_quantity')} />
        <SelectField label="Tier" name="tier_mode" options={TIERS} {...form.bind('tier_mode')} />
        <DateField label="Valid from" name="valid_from" {...form.bind('valid_from')} />
        <DateField label="Valid to" name="valid_to" {...form.bind('valid_to')} />
      </Form>
    </Dialog>
  );
}
