import type { ReactNode } from 'react';
import { useTitle } from '@/lib/use-title';

/** The quiet page around sign-in and first run. */
export function AuthFrame({ title, subtitle, children, wide }: { title: string; subtitle?: ReactNode; children: ReactNode; wide?: boolean }) {
  useTitle(title);
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-8">
      <div className={wide ? 'w-full max-w-xl' : 'w-full max-w-sm'}>
        <div className="mb-5 flex items-center justify-center gap-2.5">
          <img src="/favicon.svg" alt="" width={30} height={30} />
          <span className="text-lg font-semibold">Sales Order Manager</span>
        </div>
        <div className="card p-5 sm:p-7">
          <h1 className="m-0 text-xl font-semibold">{title}</h1>
          {subtitle ? <p className="m-0 mt-1 text-muted">{subtitle}</p> : null}
          <div className="mt-5">{children}</div>
        </div>
      </div>
    </main>
  );
}
