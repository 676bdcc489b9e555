/** What a sandbox can be asked to be, checked and completed. */
import type { Clock } from '../ports.ts';
import { atLeast, parseVersion, type Version } from './controllers/versions.ts';
import type { Fault } from './faults/faults.ts';
import { scenario } from './scenarios/scenarios.ts';
import { type Scenario, type ScenarioName, scenarioNames } from './scenarios/spec.ts';

export interface SandboxOptions {
  readonly scenario?: ScenarioName;
  /** Clusters, the hub included; the scenario's own number unless told. */
  readonly size?: number;
  /** `2.14` or `2.14.1`. */
  readonly acm?: string;
  /** `mcoa`: the kinds of the addon architecture are installed (ACM 2.15 and later). */
  readonly architecture?: 'legacy' | 'mcoa';
  /** `installed`: observability is up, and samples arrive. */
  readonly state?: 'fresh' | 'installed';
  /** Delays and intervals are this many times shorter; timestamps stay true. */
  readonly speed?: number;
  readonly seed?: number;
  readonly faults?: readonly Fault[];
  readonly clock?: Clock;
}

export interface Settings {
  readonly scenario: Scenario;
  readonly version: Version;
  readonly addonArchitecture: boolean;
  readonly installed: boolean;
  readonly speed: number;
  readonly seed: number;
  readonly faults: readonly Fault[];
}

export function isScenarioName(name: string): name is ScenarioName {
  return scenarioNames.some((known) => known === name);
}

/** Throws a RangeError in words for a person. */
export function settingsOf(options: SandboxOptions): Settings {
  const { scenario: name = 'quest', size, acm = '2.14', architecture = 'legacy' } = options;
  const { state = 'fresh', speed = 1, seed = 1, faults = [] } = options;
  const version = parseVersion(/^\d+\.\d+$/.test(acm) ? `${acm}.0` : acm);
  const addonArchitecture = architecture === 'mcoa';
  if (addonArchitecture && !atLeast(version, '2.15')) {
    throw new RangeError(`the addon architecture came with ACM 2.15, not ${acm}`);
  }
  if (!(speed > 0)) throw new RangeError(`speed must be positive: ${speed}`);
  return {
    scenario: scenario(name, size),
    version,
    addonArchitecture,
    installed: state === 'installed',
    speed,
    seed,
    faults,
  };
}
