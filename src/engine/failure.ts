/** Turns what was thrown into a Problem where a person can act on it; our own bugs and interruptions pass through. */
import { ApiError, admissionOf } from '../ports.ts';
import { Problem } from './problem.ts';

/** @throws what is neither a Problem nor an API server's refusal: a bug, or the signal's reason. */
export function toProblem(error: unknown, doing: string, cluster?: string): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof ApiError)) throw error;
  const where = cluster === undefined ? {} : { cluster };
  const admission = admissionOf(error);
  if (admission !== undefined) {
    const code = admission === 'refused' ? 'admission-refused' : 'webhook-unreachable';
    return new Problem(code, `${doing}: ${error.message}`, { cause: error, ...where });
  }
  if (error.status === 403) {
    return new Problem('not-permitted', `${doing}: ${error.message}`, { cause: error, ...where });
  }
  return new Problem('api-refused', `${doing}: ${error.message}`, {
    cause: error,
    proof: `HTTP ${error.status} ${error.reason}`,
    ...where,
  });
}
