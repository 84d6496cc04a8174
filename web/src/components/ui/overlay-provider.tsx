import type { ReactNode } from 'react';
import { ToastProvider } from './toast';
import { TooltipProvider } from './tooltip';

/** What floats over the pages behind the sign-in. Apart from the rest: the sign-in need not load it. */
export function OverlayProvider({ children }: { children: ReactNode }) {
  return (
    <TooltipProvider delay={350}>
      <ToastProvider>{children}</ToastProvider>
    </TooltipProvider>
  );
}
