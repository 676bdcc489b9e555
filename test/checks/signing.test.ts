import { expect, it } from 'vitest';
import { signed } from '../../src/checks/signing.ts';
import type { Condition, KubeObject } from '../../src/kinds.ts';
import { ago, asked, member } from './small-hub.ts';

const domain = 'open-cluster-management.io';

function request(conditions: readonly Condition[], certificate?: string): KubeObject {
  const labels = { [`${domain}/addon-name`]: 'observability-controller', [`${domain}/cluster-name`]: 'one' };
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'addon-one', labels, creationTimestamp: ago(3_600) },
    status: { conditions, ...(certificate !== undefined && { certificate }) },
  };
}
const approved = (seconds: number): Condition => ({
  type: 'Approved',
  status: 'True',
  lastTransitionTime: ago(seconds),
});
const failed: Condition = { type: 'Failed', status: 'True', message: 'the signer has no key' };

it('an approval is no signature: what nobody signs for minutes, or what the signer refuses, is not well', async () => {
  const said = async (one: KubeObject) => (await asked(signed, { members: [member('one')], objects: [one] })).one;

  expect(await said(request([approved(600)], 'Yg=='))).toBe('pass: its last is approved');
  expect(await said(request([approved(10)]))).toBe('pass: its last is approved');
  expect(await said(request([approved(600)]))).toMatch(
    /^fail csr-not-approved: .*approved 600 s ago, and not signed; .*multicluster-observability-operator/,
  );
  expect(await said(request([approved(600), failed]))).toContain('Failed: the signer has no key');
});
