/** Order entry: the keyboard grid. */
export function NewOrderPage() {
  return <h1 className="p-6 text-xl font-semibold">New order</h1>;
}

export function EditOrderPage() {
  return <h1 className="p-6 text-xl font-semibold">Edit order</h1>;
}
