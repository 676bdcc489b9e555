/** Whether the hub has signed what a cluster's collector asks for: without a certificate it cannot send (acm.md §4.8). */
import { Problem } from '../engine/problem.ts';
import type { Finding } from '../engine/step.ts';
import { type CertificateSigningRequest, CertificateSigningRequestKind, condition } from '../kinds.ts';
import { addOnOf } from '../resources/addons.ts';
import { on } from '../resources/rights.ts';
import { clusterCheck } from './cluster.ts';
import { fail } from './hub.ts';

const label = 'open-cluster-management.io';
/** Seconds a controller may take to approve, and another to sign. */
const patience = 120;

export const signed = clusterCheck(
  'signed',
  'The hub signs its collector’s certificate',
  ['reach', 'acm'],
  ({ cluster }) => on(cluster, CertificateSigningRequestKind, {}, ['list']),
  async ({ cluster, clock, hub }) => {
    const labelSelector = `${label}/addon-name=${addOnOf(hub.architecture).name}`;
    const last = newest(await cluster.list(CertificateSigningRequestKind, { labelSelector }));
    return ({ name }) => {
      const request = last.get(name);
      if (request === undefined) return { verdict: 'pass', evidence: 'no request is waiting' };
      const refused = condition(request, 'Denied') ?? condition(request, 'Failed');
      if (refused !== undefined) {
        const fix = `Delete it, so that the cluster asks again: \`oc delete csr ${request.metadata.name}\`.`;
        return unsigned(name, request, `${refused.type}: ${refused.message ?? ''}`, fix);
      }
      const approved = condition(request, 'Approved');
      if (approved?.status !== 'True') {
        const waited = seconds(clock.now() - createdAt(request));
        if (waited < patience) return { verdict: 'pass', evidence: `asked for ${waited} s ago` };
        const fix = `Approve it: \`oc adm certificate approve ${request.metadata.name}\`.`;
        return unsigned(name, request, `nobody has approved it for ${waited} s`, fix);
      }
      const since = seconds(clock.now() - Date.parse(approved.lastTransitionTime ?? ''));
      // Who approved may not have said when.
      if (request.status?.certificate !== undefined || !(since >= patience))
        return { verdict: 'pass', evidence: 'its last is approved' };
      const { namespace } = hub.multiClusterHub.metadata;
      const log = `oc -n ${namespace} logs deploy/multicluster-observability-operator`;
      return unsigned(name, request, `approved ${since} s ago, and not signed`, `See why: \`${log}\`.`);
    };
  },
);

function unsigned(cluster: string, { metadata }: CertificateSigningRequest, why: string, fix: string): Finding {
  const detail = `${cluster}: CertificateSigningRequest ${metadata.name}: ${why}`;
  return fail(new Problem('csr-not-approved', detail, { cluster, fix }));
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 1000);
}

/** The last request of each cluster. */
function newest(requests: readonly CertificateSigningRequest[]): ReadonlyMap<string, CertificateSigningRequest> {
  const inOrder = requests.toSorted((a, b) => createdAt(a) - createdAt(b));
  return new Map(inOrder.map((request) => [request.metadata.labels?.[`${label}/cluster-name`] ?? '', request]));
}

function createdAt({ metadata }: CertificateSigningRequest): number {
  return Date.parse(metadata.creationTimestamp ?? '');
}
