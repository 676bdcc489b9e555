/** What people bring as a dashboard: a model, Grafana's own answer, or ConfigMaps, as ACM's script and kubectl write them. Pure. */
import { parse } from 'yaml';
import { Problem } from '../engine/problem.ts';
import { isModel, type Model } from './model.ts';

export interface BroughtDashboard {
  readonly model: Model;
  /** Where the file tells it. */
  readonly folder?: string;
}

const folderAnnotation = 'observability.open-cluster-management.io/dashboard-folder';
const generalLabel = 'general-folder';

/** @throws Problem `dashboard-invalid` naming the file. */
export function broughtBy(path: string, text: string): BroughtDashboard[] {
  const content = contentOf(path, text);
  if (!isModel(content)) throw invalid(path, 'not a dashboard model');
  const { kind, items } = content;
  if ((kind !== 'List' && kind !== 'ConfigMapList') || !Array.isArray(items)) return held(path, content);
  return items.flatMap((item) => (isModel(item) ? held(path, item) : []));
}

function held(path: string, content: Model): BroughtDashboard[] {
  const { kind, data, metadata } = content;
  if (kind !== 'ConfigMap' || !isModel(data)) return [oneOf(path, content)];
  const { name, annotations, labels } = isModel(metadata) ? metadata : {};
  const general = isModel(labels) && labels[generalLabel] === 'true';
  const folder = general ? 'General' : isModel(annotations) ? annotations[folderAnnotation] : undefined;
  return Object.entries(data).map(([key, value]) => {
    const place = [path, ...(typeof name === 'string' ? [name] : []), key].join(', ');
    return { ...oneOf(place, contentOf(place, String(value))), ...(typeof folder === 'string' ? { folder } : {}) };
  });
}

function oneOf(path: string, content: unknown): BroughtDashboard {
  const envelope = isModel(content) && isModel(content.dashboard) ? content : undefined;
  const model = envelope?.dashboard ?? content;
  if (!isModel(model)) throw invalid(path, 'not a dashboard model');
  const { title, uid } = model;
  if (typeof title !== 'string' || title.trim() === '') throw invalid(path, 'a dashboard model has a title');
  const badUid = uidFault(uid);
  if (badUid !== undefined) throw invalid(path, badUid);
  const { folderTitle, folderUid } = isModel(envelope?.meta) ? envelope.meta : {};
  const isGeneral = folderUid === undefined || folderUid === '';
  return { model, ...(typeof folderTitle === 'string' && !isGeneral ? { folder: folderTitle } : {}) };
}

/** Why Grafana would not take a uid; none is fine. */
export function uidFault(uid: unknown): string | undefined {
  if (uid === undefined || uid === null || uid === '') return undefined;
  if (typeof uid === 'string' && /^[A-Za-z0-9_-]{1,40}$/.test(uid)) return undefined;
  return `the uid ${JSON.stringify(uid)} is not 1 to 40 letters, digits, _ or -`;
}

function contentOf(path: string, text: string): unknown {
  try {
    const plain = text.replace(/^\uFEFF/, '');
    return /^\s*[{[]/.test(plain) ? JSON.parse(plain) : parse(plain);
  } catch (cause) {
    throw invalid(path, cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'not JSON', cause);
  }
}

export function invalid(path: string, reason: string, cause?: unknown): Problem {
  return new Problem('dashboard-invalid', `${path}: ${reason}.`, cause === undefined ? {} : { cause });
}
