/** Patches that name no version, and meet somebody's write all the same. */
import { isApiError } from '../../ports.ts';

const tries = 5;

/**
 * The server merges such a patch into what is there and gives up with 409 when that changes meanwhile, again and again:
 * nothing was done, and it may be asked again. A 409 that names field managers is its answer and stays.
 */
export async function amidWrites<T>(patch: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await patch();
    } catch (error) {
      const passing = isApiError(error, 409, 'Conflict') && (error.details.causes ?? []).length === 0;
      if (!passing || attempt === tries) throw error;
    }
  }
}
