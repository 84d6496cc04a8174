export function PriceListsPage() { return <h1>PriceListsPage</h1>; }
