import { toProblem } from '@/lib/api-error';
import { ProblemBanner } from './problem-banner';
import { Banner } from './ui/banner';

/** Why no passkey came: calmly when the person thought better of it, as a refusal otherwise. */
export function PasskeyOutcome({ error }: { error: unknown }) {
  if (!error) return null;
  const { code, title, detail } = toProblem(error);
  if (code !== 'passkey_cancelled') return <ProblemBanner error={error} />;
  return <Banner title={title}>{detail}</Banner>;
}
