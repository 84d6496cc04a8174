import { api, body, type Schemas } from '@/lib/api';
import { ApiError, type Problem } from '@/lib/api-error';
import { sessionFetch } from '@/lib/fetcher';

export type Entity = Schemas['ImportEntity'];
export type Issue = Schemas['Issue'];
export type Report = Schemas['Report'];
export type Progress = Schemas['Progress'];

interface ImportRequest {
  entity: Entity;
  file: File;
  mapping: string;
  mode: 'all' | 'valid';
  commit: boolean;
  key: string;
  onProgress: (progress: Progress) => void;
}

const PAUSE = 700;
const MISSES = 8;

const pause = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

async function answerOf(request: Request): Promise<Response> {
  const answer = await sessionFetch(request);
  if (answer.ok) return answer;
  const problem = (await answer.json().catch(() => ({}))) as Partial<Problem>;
  throw new ApiError({ title: `The server answered ${answer.status}`, status: answer.status, code: 'unexpected', ...problem });
}

/** Sends the file. A small one is answered at once; a large one becomes a job, which is followed to its end. */
export async function runImport({ entity, file, mapping, mode, commit, key, onProgress }: ImportRequest): Promise<Report> {
  const form = new FormData();
  form.set('file', file);
  if (mapping.trim()) form.set('mapping', mapping);
  const url = new URL('/api/v1/imports', location.origin);
  url.search = new URLSearchParams({ entity, commit: String(commit), mode }).toString();
  const answer = await answerOf(new Request(url, { method: 'POST', body: form, headers: { 'Idempotency-Key': key }, credentials: 'same-origin' }));
  if (answer.status !== 202) return (await answer.json()) as Report;
  const id = /job_\w+/.exec(answer.headers.get('location') ?? '')?.[0];
  if (!id) throw new ApiError({ title: 'The server did not say where the import is', status: answer.status, code: 'unexpected' });
  return followJob(id, onProgress);
}

/** A busy or restarting server: the job goes on, so asking goes on too. */
function passes(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 429 || error.status >= 500;
}

/** The report of a job is its result: the same document a small file is answered with. */
async function followJob(id: string, onProgress: (progress: Progress) => void): Promise<Report> {
  for (let misses = 0; ; ) {
    let job: Schemas['JobView'];
    try {
      job = await body(api.GET('/api/v1/jobs/{id}', { params: { path: { id } } }));
      misses = 0;
    } catch (error) {
      misses += 1;
      if (!passes(error) || misses > MISSES) throw error;
      await pause(PAUSE * misses);
      continue;
    }
    onProgress(job.progress);
    const { state, result, error } = job;
    if (state === 'done' && result) return result as unknown as Report;
    if (state !== 'queued' && state !== 'running') {
      throw new ApiError({ title: 'The import did not finish', detail: error ?? null, status: 0, code: 'job_failed' });
    }
    await pause(PAUSE);
  }
}
