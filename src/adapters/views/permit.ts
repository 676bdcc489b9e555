/** Rights to Views and Actions are the hub's to give, whichever cluster they are about: the Problem names no cluster. */
import { Problem } from '../../engine/problem.ts';
import { missingRights, type Right, requireRights } from '../../engine/rights.ts';
import type { Kind } from '../../kinds.ts';
import { admissionOf, type Cluster, isApiError } from '../../ports.ts';
import { on } from '../../resources/rights.ts';

/**
 * What is made for a moment must be taken away again: asked before the first, once for the fleet, else once a cluster.
 * The function returned throws Problem `not-permitted`.
 */
export function createPermit(hub: Cluster, kind: Kind): (cluster: string) => Promise<void> {
  const rightsIn = (namespace?: string): Right[] =>
    on(hub, kind, namespace === undefined ? {} : { namespace }, ['delete']);
  const asked = new Map<string, Promise<void>>();
  let everywhere: Promise<boolean> | undefined;
  const ask = async (cluster: string): Promise<void> => {
    everywhere ??= missingRights(hub, rightsIn().map(here)).then((missing) => missing.length === 0);
    if (!(await everywhere)) await requireRights(hub, rightsIn(cluster).map(here));
  };
  return (cluster) => {
    const known = asked.get(cluster) ?? ask(cluster);
    asked.set(cluster, known);
    return known;
  };
}

/** The answer; a missing right as a Problem of the hub. */
export async function permitted<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (isApiError(error, 403) && admissionOf(error) === undefined)
      throw new Problem('not-permitted', error.message, { cause: error });
    throw error;
  }
}

function here({ cluster: _, ...right }: Right): Right {
  return right;
}
