/** Other people's objects are of any shape: looked into without trust. */

/** Whether something in it declares the text of `cluster-monitoring-config`, as an object or inside a template's text. */
export function declares(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('cluster-monitoring-config') && value.includes('config.yaml');
  if (Array.isArray(value)) return value.some(declares);
  if (typeof value !== 'object' || value === null) return false;
  return isTheMap(record(value)) || Object.values(value).some(declares);
}

function isTheMap({ kind, metadata, data }: Record<string, unknown>): boolean {
  const { name, namespace = 'openshift-monitoring' } = record(metadata);
  const isIt = kind === 'ConfigMap' && name === 'cluster-monitoring-config' && namespace === 'openshift-monitoring';
  return isIt && 'config.yaml' in record(data);
}

export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
