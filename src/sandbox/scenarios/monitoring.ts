/**
 * Monitoring configurations as people and operators leave them: what a merge has to live with (acm.md §11, measured.md §9).
 * Each is the text of `data["config.yaml"]`.
 */

/** By an administrator who writes comments, with volumes. */
export const withVolumes = `# Platform monitoring of this cluster. Changes by pull request only!
prometheusK8s:
  retention: 15d # agreed with the platform team
  volumeClaimTemplate:
    metadata:
      name: prometheus-data
    spec:
      storageClassName: gp3-csi
      resources:
        requests:
          storage: 40Gi
# alertmanager needs little
alertmanagerMain:
  volumeClaimTemplate:
    spec:
      storageClassName: gp3-csi
      resources:
        requests:
          storage: 5Gi
`;

/** As the endpoint operator of ACM writes it: sorted, without comments, alerts forwarded to a hub. */
export const withAlertForwarding = `prometheusK8s:
  additionalAlertmanagerConfigs:
  - apiVersion: v2
    bearerToken:
      key: token
      name: observability-alertmanager-accessor
    pathPrefix: /
    scheme: https
    staticConfigs:
    - alertmanager-open-cluster-management-observability.apps.former-hub.example.com
    tlsConfig:
      ca:
        key: service-ca.crt
        name: hub-alertmanager-router-ca
      insecureSkipVerify: false
  externalLabels:
    managed_cluster: 5b1d6c0e-3f0a-4a55-9a4e-0d9d4e6b7a10
`;

/** User-workload monitoring is on already. */
export const alreadyOn = `enableUserWorkload: true
prometheusK8s:
  nodeSelector:
    node-role.kubernetes.io/infra: ""
`;

/** Retention, quoting, a key newer than this program, and a flow map: nothing of it may get lost. Up to OpenShift 4.16. */
export const withOddKeys = `prometheusK8s: { retention: "7d", retentionSize: '30GiB' }
telemeterClient:
  enabled: false
fieldOfTomorrow:
  mode: 0644
  enabled: yes
`;

/** Off, and said so. */
export const explicitlyOff = `enableUserWorkload: false # until the GPU nodes have been moved
nodeExporter:
  collectors:
    netclass:
      enabled: false
`;

/** What the service keeps in place on ROSA and OpenShift Dedicated (transport.md §1). */
export const serviceOwned = `alertmanagerMain:
  nodeSelector:
    node-role.kubernetes.io/infra: ""
enableUserWorkload: true
prometheusK8s:
  nodeSelector:
    node-role.kubernetes.io/infra: ""
  retention: 11d
`;

/** No YAML at all. */
export const broken = 'prometheusK8s:\n  retention: [15d\n';

/** What clusters of a large fleet do to a careless merge. */
export const hostile: readonly string[] = [
  broken,
  '- enableUserWorkload: true\n',
  'enableUserWorkload: false\nenableUserWorkload: false\n',
  'prometheusK8s:\n\tretention: 15d\n',
  '__proto__:\n  polluted: true\n',
];
