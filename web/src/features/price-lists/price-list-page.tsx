export function PriceListPage() { return <h1>PriceListPage</h1>; }
