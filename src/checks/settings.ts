/** What is set in MultiClusterObservability and lets metrics go wrong later: nothing refuses it, and nothing warns of it. */
import { parseDuration } from '../config/duration.ts';
import { Problem } from '../engine/problem.ts';
import type { Finding } from '../engine/step.ts';
import { theObservability } from '../hub.ts';
import { condition, type MultiClusterObservability } from '../kinds.ts';
import { fail, hubCheck } from './hub.ts';

/** Seconds: below it collectors overlap, and Receive refuses what is out of order (acm.md §8). */
const shortestInterval = 60;
/** Thanos makes five-minute blocks after 40 hours and one-hour blocks after 10 days; what is gone by then stops the compactor. */
const leastKept = [
  { field: 'retentionResolutionRaw', least: '40h' },
  { field: 'retentionResolution5m', least: '10d' },
] as const;

export const settings = hubCheck(
  'settings',
  'The settings of observability leave no trap',
  ['acm'],
  () => [],
  async ({ hub }) => {
    const object = theObservability(hub);
    const missing = condition(object, 'MultiClusterObservabilityAddonDegraded');
    if (missing?.status === 'True') return fail(new Problem('addon-crds-missing', missing.message ?? missing.type));
    return (
      shortRetention(object) ??
      shortInterval(object) ?? { verdict: 'pass', evidence: 'interval and retention are safe' }
    );
  },
);

function shortRetention(object: MultiClusterObservability | undefined): Finding | undefined {
  const { retentionConfig, enableDownsampling } = { ...object?.spec?.advanced, ...object?.spec };
  if (enableDownsampling === false || typeof retentionConfig !== 'object' || retentionConfig === null) return undefined;
  const kept = new Map<string, unknown>(Object.entries(retentionConfig));
  for (const { field, least } of leastKept) {
    const text = String(kept.get(field) ?? '0d');
    const length = parseDuration(text);
    // None at all is for ever.
    if (length === undefined || length === 0 || length >= (parseDuration(least) ?? 0)) continue;
    const detail = `spec.advanced.retentionConfig.${field} is ${text}, less than ${least}`;
    const fix = patch(object, { advanced: { retentionConfig: { [field]: least } } });
    return { verdict: 'warn', problem: new Problem('retention-short', detail, { fix }) };
  }
  return undefined;
}

function shortInterval(object: MultiClusterObservability | undefined): Finding | undefined {
  const { interval } = object?.spec?.observabilityAddonSpec ?? {};
  if (interval === undefined || interval >= shortestInterval) return undefined;
  const detail = `spec.observabilityAddonSpec.interval is ${interval} s`;
  const fix = patch(object, { observabilityAddonSpec: { interval: 300 } });
  return { verdict: 'warn', problem: new Problem('interval-short', detail, { fix }) };
}

function patch(object: MultiClusterObservability | undefined, spec: object): string {
  const name = object?.metadata.name ?? 'observability';
  return `Set it: \`oc patch multiclusterobservability ${name} --type merge -p '${JSON.stringify({ spec })}'\`.`;
}
