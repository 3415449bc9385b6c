// Every request of the UI leaves through here: same origin, session cookie, the header that unsafe methods need.
import createClient from 'openapi-fetch';
import type { paths, Problem } from './contract';

export const API_BASE = '/api/v1';

export const api = createClient<paths>({
  baseUrl: API_BASE,
  credentials: 'same-origin',
  headers: { 'x-tandem-request': '1' },
});

type Loose = (path: string, options: unknown) => Promise<{ data?: unknown; error?: unknown; response: Response }>;
/** For paths that are put together from data, and for answers whose types are written here, closer than they are described. */
export const loose = api as unknown as Record<'GET' | 'POST' | 'PUT' | 'DELETE', Loose>;

/** A refusal or a failure, with what the server said about it. */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem;
  constructor(status: number, problem: Problem) {
    super(problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.problem = problem;
  }
  get code(): string {
    return this.problem.code ?? 'unknown';
  }
}

/** Told to the window when any answer says that the session is over. */
export const SIGNED_OUT = 'tandem:signed-out';

/** Told to the window when a refusal says that somebody only looks, as another account: not every tab knows of it. */
export const VIEWING = 'tandem:viewing';

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

function asProblem(error: unknown): Problem {
  return typeof error === 'object' && error !== null ? (error as Problem) : {};
}

/**
 * The body of an answer, or the refusal as an exception. A request that never arrived has status 0. The question who is
 * signed in must not tell of a missing session: it is what is asked then.
 */
export async function ask<T>(request: Promise<Answer<T>>, tells = true): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await request;
  } catch {
    throw new ApiError(0, { code: 'unreachable' });
  }
  if (!answer.response.ok) {
    const error = new ApiError(answer.response.status, asProblem(answer.error));
    if (tells && error.status === 401 && error.code !== 'wrong_credentials') dispatchEvent(new Event(SIGNED_OUT));
    if (error.code === 'viewing_only') dispatchEvent(new Event(VIEWING));
    throw error;
  }
  return answer.data as T;
}

/** Lists come as an object with items; some early servers answered with a bare array. */
export function itemsOf<T>(list: T[] | { items: T[] }): T[] {
  return Array.isArray(list) ? list : list.items;
}
