export interface ProblemItem {
  pointer?: string | null;
  parameter?: string | null;
  header?: string | null;
  code: string;
  detail: string;
  suggestions?: string[];
}

/** RFC 9457, as every refusal of the server arrives. */
export interface Problem {
  type?: string;
  title: string;
  status: number;
  code: string;
  detail?: string | null;
  instance?: string | null;
  request_id?: string | null;
  retryable?: boolean;
  errors?: ProblemItem[];
  allowed?: string[];
  missing_permission?: string | null;
  current_etag?: string | null;
  [extension: string]: unknown;
}

/** A refusal by the server, or its absence: `status` 0 says that nothing answered. */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = 'ApiError';
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }

  get code(): string {
    return this.problem.code;
  }
}

/** Whatever was thrown, as a problem the screens can show. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  if (error instanceof TypeError) {
    return {
      title: 'The server did not answer',
      detail: 'Nothing was changed. Check the connection and try again.',
      status: 0,
      code: 'unreachable',
      retryable: true,
    };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { title: 'Something went wrong in this page', detail, status: 0, code: 'client_error' };
}

/**
 * True while it is open whether the server acted: nothing answered, it failed, or it still works on the first attempt.
 * The same Idempotency-Key must then be sent again; after a refusal the next attempt is another intention.
 */
export function undecided(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status >= 500 || error.code === 'idempotency_in_progress';
}

/** Nothing answered: no network, or no server. */
export function isUnreachable(error: unknown): boolean {
  return toProblem(error).code === 'unreachable';
}

/** Somebody else changed it since it was read: it has to be read again before it can be saved. */
export function isStale(error: unknown): boolean {
  return error instanceof ApiError && error.status === 412;
}

export function isMissing(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

export function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403;
}
