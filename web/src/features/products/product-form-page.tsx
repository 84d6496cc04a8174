export function NewProductPage() { return <h1>New</h1>; }
export function EditProductPage() { return <h1>Edit</h1>; }
