import type { Schemas } from '@/lib/api';
import { ApiError, type Problem } from '@/lib/api-error';
import { sessionFetch } from '@/lib/fetcher';

export type Entity = Schemas['ImportEntity'];
export type Issue = Schemas['Issue'];
export type Report = Schemas['Report'];

interface ImportRequest {
  entity: Entity;
  file: File;
  mapping: string;
  mode: 'all' | 'valid';
  commit: boolean;
  key: string;
}

const PAUSE = 700;

async function answerOf(request: Request): Promise<Response> {
  const answer = await sessionFetch(request);
  if (answer.ok) return answer;
  const problem = (await answer.json().catch(() => ({}))) as Partial<Problem>;
  throw new ApiError({ title: `The server answered ${answer.status}`, status: answer.status, code: 'unexpected', ...problem });
}

/** Sends the file. A small one is answered at once; a large one becomes a job, which is followed to its end. */
export async function runImport({ entity, file, mapping, mode, commit, key }: ImportRequest): Promise<Report> {
  const form = new FormData();
  form.set('file', file);
  if (mapping.trim()) form.set('mapping', mapping);
  const url = new URL('/api/v1/imports', location.origin);
  url.search = new URLSearchParams({ entity, commit: String(commit), mode }).toString();
  const answer = await answerOf(new Request(url, { method: 'POST', body: form, headers: { 'Idempotency-Key': key }, credentials: 'same-origin' }));
  if (answer.status !== 202) return (await answer.json()) as Report;
  const job = answer.headers.get('location');
  return followJob(job ?? '');
}

async function followJob(path: string): Promise<Report> {
  for (;;) {
    const answer = await answerOf(new Request(new URL(path, location.origin), { credentials: 'same-origin' }));
    const job = (await answer.json()) as Omit<Schemas['JobView'], 'result'> & { result?: Report | null };
    if (job.state === 'done' && job.result) return job.result;
    if (job.state !== 'queued' && job.state !== 'running') {
      throw new ApiError({ title: 'The import did not finish', detail: job.error ?? null, status: 0, code: 'job_failed' });
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}
