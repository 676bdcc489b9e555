/** The real programs the tests run against, and where each comes from. Versions are those of the go.mod beside them. */
import { fileURLToPath } from 'node:url';

export const programNames = [
  'kube-apiserver',
  'kube-controller-manager',
  'etcd',
  'kubectl',
  'versitygw',
  'thanos',
  'prometheus',
  'promtool',
  'policy-engine',
  'policy-engine-0.16',
] as const;
export type ProgramName = (typeof programNames)[number];

/** How a program is made where nobody has it. */
export type Source =
  /** `go build` of a package, with the versions of `test/real/modules/<module>/go.mod`. */
  | { readonly by: 'go'; readonly module: string; readonly package: string }
  /** A Debian package, unpacked without installing it. */
  | { readonly by: 'debian'; readonly package: string; readonly file: string };

/** ACM's evaluation of a ConfigurationPolicy, as a command (measured.md §6). */
const policyEngine = 'open-cluster-management.io/config-policy-controller/cmd/dryrun';

export const programs: Readonly<Record<ProgramName, Source>> = {
  'kube-apiserver': { by: 'go', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-apiserver' },
  'kube-controller-manager': {
    by: 'go',
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
  },
  etcd: { by: 'go', module: 'kubernetes', package: 'go.etcd.io/etcd/server/v3' },
  kubectl: { by: 'go', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kubectl' },
  versitygw: { by: 'go', module: 'versitygw', package: 'github.com/versity/versitygw/cmd/versitygw' },
  thanos: { by: 'go', module: 'thanos', package: 'github.com/thanos-io/thanos/cmd/thanos' },
  prometheus: { by: 'debian', package: 'prometheus', file: 'usr/bin/prometheus' },
  promtool: { by: 'debian', package: 'prometheus', file: 'usr/bin/promtool' },
  // Nine of ten packages it needs the API server needs too.
  'policy-engine': { by: 'go', module: 'kubernetes', package: policyEngine },
  // Before it knew YAML in templates: what ACM 2.13 and older have on managed clusters (transport.md §6.2).
  'policy-engine-0.16': { by: 'go', module: 'policy-0.16', package: policyEngine },
};

export const projectRoot = fileURLToPath(new URL('../../..', import.meta.url));
/** Kept between runs, ignored by git. */
export const cacheRoot = fileURLToPath(new URL('../../../.cache', import.meta.url));

/** `REAL_KUBE_APISERVER`: the variable that names a binary to use. */
export function variableOf(name: ProgramName): string {
  return `REAL_${name.toUpperCase().replaceAll(/[-.]/g, '_')}`;
}
