/**
 * The schema of each kind. Custom kinds as their CRDs have them (the tests compare); what stands nowhere is open: its
 * fields are kept as they are, its lists owned whole.
 */
import type { ResourceType } from '../kinds.ts';
import type { ObjectSchema } from '../schema.ts';
import { builtin, metadata } from './builtin.ts';
import {
  managedClusterAction,
  managedClusterView,
  multiClusterObservability,
  observabilityAddon,
} from './observability.ts';
import { listBy, open, text } from './parts.ts';

/** By `Kind.group`. */
export const customSchemas: Readonly<Record<string, ObjectSchema>> = {
  'MultiClusterObservability.observability.open-cluster-management.io': {
    ...root(multiClusterObservability),
    open: true,
  },
  'ObservabilityAddon.observability.open-cluster-management.io': root(observabilityAddon),
  'ManagedClusterView.view.open-cluster-management.io': root(managedClusterView),
  'ManagedClusterAction.action.open-cluster-management.io': root(managedClusterAction),
  'PrometheusRule.monitoring.coreos.com': open({ spec: open({ groups: listBy(['name'], { name: text }) }) }),
  'PrometheusRule.monitoring.rhobs': open({ spec: open({ groups: listBy(['name'], { name: text }) }) }),
};

const known = new Map<string, ObjectSchema>();
const unknown = root({}, true);

/** The schema of a kind's whole objects. */
export function schemaOf(type: ResourceType): ObjectSchema {
  const name = `${type.kind}.${type.group}`;
  const found = known.get(name);
  if (found !== undefined) return found;
  const own = type.custom ? customSchemas[name] : builtin[type.kind];
  const schema = own === undefined ? unknown : root(own.fields, own.open === true);
  known.set(name, schema);
  return schema;
}

function root(fields: ObjectSchema['fields'], isOpen = false): ObjectSchema {
  const identity = { apiVersion: text, kind: text, metadata };
  return { type: 'object', fields: { ...identity, ...fields }, ...(isOpen && { open: true }) };
}
