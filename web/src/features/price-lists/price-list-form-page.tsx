export function NewPriceListPage() { return <h1>New</h1>; }
export function EditPriceListPage() { return <h1>Edit</h1>; }
