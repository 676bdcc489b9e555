/** Broken states of the way between a cluster and the hub. */
import { CertificateSigningRequestKind, ProxyKind } from '../../kinds.ts';
import { objectOf } from '../controllers/objects.ts';
import { refuseRoute } from './hub.ts';
import type { BrokenState, Site } from './state.ts';

/** What its collector says when nothing it sends is taken. */
const cannotSend = 'Failed to send metrics';
const signer = 'open-cluster-management.io/observability-signer';
const domain = 'open-cluster-management.io';

const requestOf = (victim: string) => ({ name: `addon-${victim}-observability-controller-7xk2p` });

/** As the registration agent of a cluster asks; nobody answers. */
async function ask({ client, hub, victim }: Site): Promise<void> {
  const labels = { [`${domain}/addon-name`]: 'observability-controller', [`${domain}/cluster-name`]: victim };
  const spec = {
    request: Buffer.from('-----BEGIN CERTIFICATE REQUEST-----\nsandbox\n').toString('base64'),
    signerName: signer,
    usages: ['digital signature', 'key encipherment', 'client auth'],
    username: `system:open-cluster-management:${victim}:registration`,
  };
  const request = objectOf(CertificateSigningRequestKind, { ...requestOf(victim), labels }, { spec });
  await client(hub).create(CertificateSigningRequestKind, request);
}

export const wayStates = {
  'certificate-unsigned': {
    meaning: 'the hub does not sign the certificate that a cluster’s collector asks for',
    source: 'acm.md §4.8, §14 row 21',
    settle: 1_200,
    cause: async (site) => {
      await ask(site);
      const { ailments, client, hub, victim } = site;
      const signed = async () => {
        const live = await client(hub).get(CertificateSigningRequestKind, requestOf(victim));
        return live?.status?.certificate !== undefined;
      };
      ailments.failCollecting(victim, cannotSend, { until: signed });
    },
  },
  'proxy-unused': {
    meaning: 'a cluster reaches the outside by a proxy only, and its collector does not know it',
    source: 'acm.md §5.5, §14 row 18',
    settle: 1_200,
    cause: async ({ client, victim, ailments }) => {
      const proxy = { httpsProxy: 'http://proxy.example.net:3128', noProxy: '.cluster.local,.svc' };
      await client(victim).create(ProxyKind, objectOf(ProxyKind, { name: 'cluster' }, { spec: proxy, status: proxy }));
      ailments.closeWayOut(victim);
    },
  },
  'alerts-refused': {
    meaning: 'the router does not admit the route that the clusters’ alerts come by',
    source: 'acm.md §5.4, §14 row 45',
    settle: 5,
    cause: refuseRoute('alertmanager'),
  },
} as const satisfies Record<string, BrokenState>;
