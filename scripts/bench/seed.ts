/**
 * The alternative: the steps people do by hand, each a process of kubectl, one after the other. Creating the bucket is left
 * out: it would be the AWS command line, which kubectl is not.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bareEnvironment, type Environment, root, timed } from './process.ts';
import type { BenchSandbox } from './sandbox.ts';

/** kubectl processes of {@link seedSteps} on eight clusters. */
export const seedProcesses = 21;

const contexts = ['hub', 'ai', 'quest-1', 'quest-2', 'quest-3', 'quest-4', 'quest-5', 'quest-6'];

const script = `
ns=open-cluster-management-observability
"$KUBECTL" create namespace $ns
docker=$("$KUBECTL" -n openshift-config get secret pull-secret -o 'jsonpath={.data.\\.dockerconfigjson}' | base64 -d)
"$KUBECTL" -n $ns create secret generic multiclusterhub-operator-pull-secret \\
  --from-literal=.dockerconfigjson="$docker" --type=kubernetes.io/dockerconfigjson
"$KUBECTL" apply -f - <<EOF
apiVersion: v1
kind: Secret
metadata:
  name: thanos-object-storage
  namespace: $ns
type: Opaque
stringData:
  thanos.yaml: |
    type: s3
    config:
      bucket: $S3_BUCKET_NAME
      endpoint: \${AWS_ENDPOINT_URL_S3#*://}
      insecure: true
      access_key: $AWS_ACCESS_KEY_ID
      secret_key: $AWS_SECRET_ACCESS_KEY
EOF
"$KUBECTL" apply -f - <<EOF
apiVersion: observability.open-cluster-management.io/v1beta2
kind: MultiClusterObservability
metadata:
  name: observability
spec:
  observabilityAddonSpec: {}
  storageConfig:
    metricObjectStorage:
      name: thanos-object-storage
      key: thanos.yaml
EOF
for context in ${contexts.join(' ')}; do
  "$KUBECTL" --context $context -n openshift-monitoring get configmap cluster-monitoring-config -o yaml |
    sed -r 's/(enableUserWorkload: ).*/\\1true/' | "$KUBECTL" --context $context apply -f -
done
`;

/** A kubectl named by `KUBECTL`, or put into `.cache/bin`. */
export function findKubectl(): string | undefined {
  const candidates = [process.env.KUBECTL, join(root, '.cache/bin/kubectl')];
  return candidates.find((path): path is string => path !== undefined && existsSync(path));
}

/**
 * All of it once, in milliseconds. What exists already is refused (that is how kubectl's `create` says "nothing to do"),
 * so only the last step's exit code counts.
 */
export async function seedSteps(kubectl: string, { dir, env }: BenchSandbox): Promise<number> {
  const home = join(dir, 'home');
  await mkdir(home, { recursive: true });
  const own: Environment = bareEnvironment({ ...env, KUBECTL: kubectl, HOME: home });
  return timed('sh', ['-c', script], own);
}
