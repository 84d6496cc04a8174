import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { BackLink, DetailPending } from '@/components/detail-frame';
import { Form, FormSection, useForm } from '@/components/form';
import { Button, buttonClass } from '@/components/ui/button';
import { DecimalField } from '@/components/ui/decimal-field';
import { SelectField } from '@/components/ui/select';
import { TextArea, TextField } from '@/components/ui/text-field';
import { toast } from '@/components/ui/toast';
import { newKey, type Schemas } from '@/lib/api';
import { isStale, undecided } from '@/lib/api-error';
import { changed } from '@/lib/changes';
import { words } from '@/lib/format';
import { useCan, useMe } from '@/lib/session';
import { useCommands } from '@/lib/shortcuts';
import type { Product } from '@/lib/types';
import { useTitle } from '@/lib/use-title';
import { categoriesQuery, createProduct, productQuery, taxClassesQuery, unitsQuery, updateProduct } from './api';

const LIST = { label: 'Products', to: '/products', noun: 'products' };
const KINDS = ['goods', 'service', 'recurring'].map((value) => ({ value, label: words(value) }));
const POLICIES = [
  { value: 'delivered', label: 'When delivered' },
  { value: 'ordered', label: 'When ordered' },
];

export function NewProductPage() {
  return <ProductForm />;
}

export function EditProductPage() {
  const { productId } = useParams({ from: '/app/products/$productId/edit' });
  const found = useQuery(productQuery(productId));
  if (!found.data) return <DetailPending list={LIST} error={found.error} onRetry={() => void found.refetch()} />;
  return <ProductForm product={found.data} />;
}

function initial(product: Product | undefined) {
  return {
    sku: product?.sku ?? '',
    name: product?.name ?? '',
    barcode: product?.barcode ?? '',
    category: product?.category?.code ?? '',
    kind: product?.kind ?? 'goods',
    unit: product?.unit ?? 'pcs',
    pack_multiple: product?.pack_multiple ?? '',
    tax_class: product?.tax_class ?? 'standard',
    invoice_policy: product?.invoice_policy ?? 'delivered',
    list_price: product?.list_price ?? '',
    cost: product?.cost ?? '',
    description: product?.description ?? '',
  };
}

type Value = ReturnType<typeof initial>;

function request(value: Value, withCost: boolean): Schemas['NewProduct'] {
  const given = (text: string) => text.trim() || null;
  return {
    sku: value.sku.trim(),
    name: value.name.trim(),
    barcode: given(value.barcode),
    category: given(value.category),
    kind: value.kind as Schemas['NewProduct']['kind'],
    unit: value.unit,
    pack_multiple: given(value.pack_multiple),
    tax_class: given(value.tax_class),
    invoice_policy: value.invoice_policy as Schemas['NewProduct']['invoice_policy'],
    list_price: given(value.list_price),
    ...(withCost ? { cost: given(value.cost) } : {}),
    description: given(value.description),
  };
}

function ProductForm({ product }: { product?: Product }) {
  const can = useCan();
  const { organization } = useMe();
  const navigate = useNavigate();
  const title = product ? `Edit ${product.sku}` : 'New product';
  useTitle(title);
  const client = useQueryClient();
  const [key, setKey] = useState(newKey);
  const [start] = useState(() => initial(product));
  const form = useForm(start);
  const save = useMutation({
    mutationFn: () => {
      const sent = request(form.value, can('cost.read'));
      return product ? updateProduct(product, changed(sent, request(start, can('cost.read'))), key) : createProduct(sent, key);
    },
    onSuccess: async (next) => {
      client.setQueryData(productQuery(next.id).queryKey, next);
      void client.invalidateQueries({ queryKey: ['products', 'list'] });
      toast(product ? 'Product saved' : `Product ${next.sku} created`);
      await navigate({ to: '/products/$productId', params: { productId: next.id } });
    },
    onError: async (error) => {
      if (!undecided(error)) setKey(newKey());
      if (product && isStale(error)) await client.invalidateQueries({ queryKey: productQuery(product.id).queryKey, exact: true });
    },
  });
  useCommands([{ id: 'form.save', name: 'Save', keys: 'mod+s', group: 'Form', inFields: true, run: () => save.mutate() }]);
  const categories = useQuery(categoriesQuery);
  const units = useQuery(unitsQuery);
  const classes = useQuery(taxClassesQuery);
  const coded = (data: { code: string; name: string }[] | undefined, own: string) => {
    const options = (data ?? []).map(({ code, name }) => ({ value: code, label: name }));
    return own && !options.some((option) => option.value === own) ? [{ value: own, label: own }, ...options] : options;
  };
  return (
    <div className="mx-auto w-full max-w-4xl px-3 py-4 sm:px-6">
      <BackLink label={product ? product.sku : LIST.label} to={product ? `/products/${product.id}` : LIST.to} />
      <h1 className="m-0 mb-4 text-xl font-semibold">{title}</h1>
      <Form onSubmit={() => save.mutate()} error={save.error} label={product ? 'Edit product' : 'New product'}>
        <FormSection title="What">
          <TextField label="SKU" name="sku" required autoComplete="off" {...form.bind('sku')} />
          <TextField label="Barcode" name="barcode" autoComplete="off" {...form.bind('barcode')} />
          <TextField label="Name" name="name" required autoComplete="off" className="sm:col-span-2" {...form.bind('name')} />
          <SelectField label="Kind" name="kind" options={KINDS} {...form.bind('kind')} />
          <SelectField
            label="Category"
            name="category"
            placeholder="None"
            options={[{ value: '', label: 'None' }, ...coded(categories.data?.data, form.value.category)]}
            {...form.bind('category')}
          />
          <TextArea label="Description" name="description" className="sm:col-span-2" {...form.bind('description')} />
        </FormSection>
        <FormSection title="Price and tax">
          <DecimalField label="List price" name="list_price" suffix={organization.currency} hint="Per base unit; price lists may say otherwise." {...form.bind('list_price')} />
          {can('cost.read') ? <DecimalField label="Cost" name="cost" suffix={organization.currency} {...form.bind('cost')} /> : null}
          <SelectField label="Tax class" name="tax_class" options={coded(classes.data?.data, form.value.tax_class)} {...form.bind('tax_class')} />
          <SelectField label="Invoiced" name="invoice_policy" options={POLICIES} {...form.bind('invoice_policy')} />
        </FormSection>
        <FormSection title="Quantity">
          <SelectField label="Base unit" name="unit" options={coded(units.data?.data, form.value.unit)} {...form.bind('unit')} />
          <DecimalField label="Sold in multiples of" name="pack_multiple" suffix={form.value.unit} hint="Empty means any quantity." {...form.bind('pack_multiple')} />
        </FormSection>
        <div className="flex justify-end gap-2">
          <Link to={product ? `/products/${product.id}` : LIST.to} className={buttonClass()}>
            Cancel
          </Link>
          <Button type="submit" kind="primary" busy={save.isPending}>
            {product ? 'Save' : 'Create product'}
          </Button>
        </div>
      </Form>
    </div>
  );
}
