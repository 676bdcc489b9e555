/** Somebody who edits, by hand and at the worst moment, the documents we share with them. */
import { parseDocument } from 'yaml';
import type { HttpRequest, Transport } from '../../../src/http.ts';
import { type ConfigMap, ConfigMapKind, type Key } from '../../../src/kinds.ts';
import { isApiError } from '../../../src/ports.ts';
import type { Harness, Wires } from '../../helpers/harness.ts';
import { allowlist, monitoringConfig, rulerRules } from './others.ts';

/** Edits right before the requests that are chosen by their number (from 1, over all clusters) reach a server. */
export function editedBefore(
  chosen: (number: number, request: HttpRequest) => boolean,
  edit: () => Promise<void>,
): Wires {
  let sent = 0;
  const transport = (inner: Transport): Transport => ({
    ...inner,
    async send(request) {
      sent += 1;
      if (chosen(sent, request)) await edit();
      return inner.send(request);
    },
  });
  return { transport };
}

/** One edit of each document: a setting of their own on each cluster, a metric, a group of rules. Each time another. */
export function editingEverything(it3: Harness): { readonly edits: number; edit(): Promise<void> } {
  let edits = 0;
  const editAll = async () => {
    edits += 1;
    const name = `theirs_${edits}`;
    const { hub, clusters } = it3.sandbox;
    for (const cluster of [hub.name, ...clusters]) {
      await edit(it3, cluster, monitoringConfig, 'config.yaml', (text) => {
        const document = parseDocument(text);
        document.setIn(['prometheusK8s', 'externalLabels', name], 'theirs');
        return document.toString();
      });
    }
    await edit(it3, hub.name, allowlist, 'metrics_list.yaml', (text) => added(text, 'names', name));
    await edit(it3, hub.name, rulerRules, 'custom_rules.yaml', (text) => added(text, 'groups', { name, rules: [] }));
  };
  return {
    get edits() {
      return edits;
    },
    edit: editAll,
  };
}

function added(text: string, list: string, entry: unknown): string {
  const document = parseDocument(text);
  document.addIn([list], document.createNode(entry));
  return document.toString();
}

/** As a person does who is told that somebody else was faster: once more. */
async function edit(
  it3: Harness,
  cluster: string,
  key: Key,
  dataKey: string,
  change: (text: string) => string,
): Promise<void> {
  const server = it3.sandbox.managed(cluster);
  const live = server.get<ConfigMap>(ConfigMapKind, key);
  if (live === undefined) {
    const data = { [dataKey]: change('') };
    server.seed([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...key }, data }], { manager: 'kubectl-create' });
    return;
  }
  try {
    await it3.sandbox.people.editConfigMap(cluster, key, dataKey, change(live.data?.[dataKey] ?? ''));
  } catch (error) {
    if (!isApiError(error, 409)) throw error;
    await edit(it3, cluster, key, dataKey, change);
  }
}
