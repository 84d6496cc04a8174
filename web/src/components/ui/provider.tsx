import { CSPProvider } from '@base-ui/react/csp-provider';
import type { ReactNode } from 'react';
import { ToastProvider } from './toast';
import { TooltipProvider } from './tooltip';

/** The headless library, told not to inject style elements: the policy would refuse them. */
export function UiProvider({ children }: { children: ReactNode }) {
  return (
    <CSPProvider disableStyleElements>
      <TooltipProvider delay={350}>
        <ToastProvider>{children}</ToastProvider>
      </TooltipProvider>
    </CSPProvider>
  );
}
