/** How our Views and Actions are recognised, by this run and by a later one that sweeps. */

const managedByLabel = 'app.kubernetes.io/managed-by';
export const runLabel = 'acm-observability/run';
const ourName = 'acm-observability';

export function labelsOf(runId: string): Record<string, string> {
  return { [managedByLabel]: ourName, [runLabel]: runId };
}

/** Selects what any run of ours left. */
export const ourSelector = `${managedByLabel}=${ourName}`;
