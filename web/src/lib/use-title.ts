import { useEffect } from 'react';

const PRODUCT = 'Sales Order Manager';

/** Names the page in the browser's tab, history and to screen readers. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · ${PRODUCT}` : PRODUCT;
  }, [title]);
}
