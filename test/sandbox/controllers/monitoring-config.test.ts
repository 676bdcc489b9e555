import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ConfigError, readAsOperator, strictnessOf } from '../../../src/sandbox/controllers/monitoring/config.ts';
import {
  secretNames,
  withForwarding,
  withoutForwarding,
} from '../../../src/sandbox/controllers/monitoring/forwarding.ts';

const forwarding = {
  alertmanager: 'alertmanager.apps.hub',
  clusterID: 'ai-id',
  secrets: secretNames('hub', '0123456789abcdefghijklm', 'ai'),
};

describe('what the endpoint operator writes', () => {
  test('loses comments and unknown keys, sorts, and keeps what it knows', () => {
    const text = `# ours
enableUserWorkload: true
unknownTop: 1
prometheusK8s:
  retention: 15d # agreed
  newFieldOfTomorrow: true
  volumeClaimTemplate: { spec: { resources: { requests: { storage: 40Gi } } } }
`;

    const written = withForwarding(text, 'prometheusK8s', forwarding) ?? '';

    expect(written).not.toMatch(/#|unknownTop|newFieldOfTomorrow/);
    expect(Object.keys(parse(written))).toEqual(['enableUserWorkload', 'nodeExporter', 'prometheusK8s']);
    expect(parse(written)).toMatchObject({
      enableUserWorkload: true,
      prometheusK8s: {
        additionalAlertmanagerConfigs: [{ staticConfigs: ['alertmanager.apps.hub'] }],
        externalLabels: { managed_cluster: 'ai-id' },
        retention: '15d',
        volumeClaimTemplate: { spec: { resources: { requests: { storage: '40Gi' } } } },
      },
    });
    expect(Object.keys(parse(written).nodeExporter.collectors)).toHaveLength(9);
  });

  test('is written once: with its parts in place nothing differs, whatever else is in the text', () => {
    const written = withForwarding('', 'prometheusK8s', forwarding) ?? '';

    const again = withForwarding(`# added later\nenableUserWorkload: true\n${written}`, 'prometheusK8s', forwarding);

    expect(again).toBeUndefined();
  });

  test.each(['a: [1', '- a\n'])('is nothing for %j', (text) => {
    expect(() => withForwarding(text, 'prometheusK8s', forwarding)).toThrow(ConfigError);
  });

  test('carries the names of the Secrets by version', () => {
    expect(secretNames('none', 'hub', 'ai').accessor).toBe('observability-alertmanager-accessor');
    expect(secretNames('cluster', 'hub', 'ai').accessor).toBe('observability-alertmanager-accessor-ai');
    expect(secretNames('hub', '0123456789abcdefghijklm', 'ai').authority).toBe(
      'hub-alertmanager-router-ca-0123456789abcdefghi',
    );
  });

  test('taken out again leaves what was there, and nothing of its own', () => {
    const known = fc.record(
      {
        enableUserWorkload: fc.boolean(),
        telemeterClient: fc.record({ enabled: fc.boolean() }),
        prometheusK8s: fc.record({ retention: fc.constantFrom('7d', '15d') }),
      },
      { requiredKeys: [] },
    );

    fc.assert(
      fc.property(known, (config) => {
        const written = withForwarding(JSON.stringify(config), 'prometheusK8s', forwarding) ?? '';

        const left = withoutForwarding(written, 'prometheusK8s', forwarding);

        expect(left === '' ? {} : parse(left ?? 'unchanged')).toEqual(config);
      }),
    );
  });
});

describe('what the monitoring operator makes of it', () => {
  const odd = 'enableUserWorkload: true\nfieldOfTomorrow: 1\n';

  test('an unknown key is nothing on 4.16, stops upgrades on 4.17, and everything on 4.18', () => {
    expect(readAsOperator(odd, strictnessOf('4.16.3'))).toEqual({ userWorkload: true });
    expect(readAsOperator(odd, strictnessOf('4.17.1'))).toMatchObject({
      userWorkload: true,
      warning: expect.anything(),
    });
    expect(() => readAsOperator(odd, strictnessOf('4.18.0'))).toThrow(ConfigError);
  });

  test('a key in the wrong case counts to 4.18 and is refused from 4.19', () => {
    const text = 'EnableUserWorkload: true\n';

    expect(readAsOperator(text, strictnessOf('4.18.12')).userWorkload).toBe(true);
    expect(() => readAsOperator(text, strictnessOf('4.19.1'))).toThrow(ConfigError);
  });

  test('a key given twice is refused from 4.18', () => {
    const text = 'enableUserWorkload: false\nenableUserWorkload: true\n';

    expect(readAsOperator(text, strictnessOf('4.16.3')).userWorkload).toBe(true);
    expect(() => readAsOperator(text, strictnessOf('4.18.12'))).toThrow(ConfigError);
  });

  test.each(['', '{}', 'enableUserWorkload:\n'])('%j leaves user-workload monitoring off', (text) => {
    expect(readAsOperator(text, strictnessOf('4.18.12')).userWorkload).toBe(false);
  });

  test('a flag that is no boolean is refused', () => {
    expect(() => readAsOperator('enableUserWorkload: "true"\n', strictnessOf('4.16.3'))).toThrow(ConfigError);
  });
});
