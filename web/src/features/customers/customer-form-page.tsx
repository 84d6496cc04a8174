export function NewCustomerPage() { return <h1>New</h1>; }
export function EditCustomerPage() { return <h1>Edit</h1>; }
