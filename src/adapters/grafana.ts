/**
 * One Grafana's HTTP API by the API server's pod proxy, on the port where Grafana trusts a header (acm.md §10.4): no exec, no
 * port-forward. Who may use `pods/proxy` in that namespace is its administrator.
 */
import { Problem } from '../engine/problem.ts';
import type { Cluster, DashboardPlace, Grafana, RawAnswer, RawRequest } from '../ports.ts';
import { excerpt, isRecord, parsed } from './json.ts';

export interface GrafanaOptions {
  readonly hub: Pick<Cluster, 'raw'>;
  readonly namespace: string;
  readonly pod: string;
  /** The administrator's login, and the header that is trusted to name who asks. */
  readonly administrator: string;
  readonly header: string;
}

type Fields = Readonly<Record<string, unknown>>;
type Ask = (path: string, how?: Omit<RawRequest, 'headers'>) => Promise<Answer>;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const port = 3001;
/** Every release takes pages of this size. */
const pageSize = 1000;

export function createGrafana({ hub, namespace, pod, administrator, header }: GrafanaOptions): Grafana {
  const base = `/api/v1/namespaces/${namespace}/pods/${pod}:${port}/proxy`;
  const headers = { [header.toLowerCase()]: administrator };
  const ask: Ask = async (path, how = {}) => {
    const answer = await hub.raw(base + path, { ...how, headers });
    return answerOf(answer, pod);
  };
  /** Title → uid: looked for once, however many dashboards go into it. */
  const folders = new Map<string, string>();
  const folderNamed = async (title: string): Promise<string> => {
    const uid = folders.get(title) ?? (await folderOf(ask, title, pod));
    folders.set(title, uid);
    return uid;
  };

  return {
    pod,
    async user(login) {
      const answer = await ask(`/api/users/lookup?${new URLSearchParams({ loginOrEmail: login })}`);
      if (answer.status === 404) return undefined;
      const { id, login: name } = fieldsOf(successful(answer, pod));
      return { id: idOf(id, pod), login: String(name) };
    },
    async members() {
      const found = listOf(await ask('/api/orgs/1/users'), pod);
      return found.map(({ userId, login, role }) => ({
        id: idOf(userId, pod),
        login: String(login),
        role: String(role),
      }));
    },
    async makeAdmin(id) {
      successful(await ask(`/api/orgs/1/users/${id}`, { method: 'PATCH', body: { role: 'Admin' } }), pod);
    },
    async dashboards() {
      const found = await everyPage(ask, '/api/search?type=dash-db', pod);
      // What is saved while the pages are read moves others to the next page.
      return [...new Map(found.map((one) => [String(one.uid), placeOf(one)])).values()];
    },
    async dashboard(uid) {
      const answer = await ask(`/api/dashboards/uid/${encodeURIComponent(uid)}`);
      if (answer.status === 404) return undefined;
      const { dashboard, meta } = fieldsOf(successful(answer, pod));
      const model = fieldsOf(dashboard);
      if (typeof model.title !== 'string') throw notGrafana(pod, `${uid} without a title`);
      return { ...placeOf({ ...fieldsOf(meta), uid, title: model.title }), model };
    },
    async save(model, folder, known) {
      const folderUid = folder === undefined ? '' : (known ?? (await folderNamed(folder)));
      const body = { dashboard: { ...model, id: null }, folderUid, overwrite: true };
      const { uid } = fieldsOf(successful(await ask('/api/dashboards/db', { method: 'POST', body }), pod));
      return { uid: String(uid) };
    },
  };
}

async function everyPage(ask: Ask, path: string, pod: string): Promise<Fields[]> {
  const all: Fields[] = [];
  for (let page = 1; ; page += 1) {
    const found = listOf(await ask(`${path}${path.includes('?') ? '&' : '?'}limit=${pageSize}&page=${page}`), pod);
    all.push(...found);
    if (found.length < pageSize) return all;
  }
}

/** The uid of the folder with a title, made where there is none; somebody may be faster. */
async function folderOf(ask: Ask, title: string, pod: string): Promise<string> {
  const find = async () => (await everyPage(ask, '/api/folders', pod)).find((folder) => folder.title === title);
  const known = await find();
  if (known !== undefined) return String(known.uid);
  const made = await ask('/api/folders', { method: 'POST', body: { title } });
  const folder = made.status === 409 || made.status === 412 ? await find() : undefined;
  return String((folder ?? fieldsOf(successful(made, pod))).uid);
}

function placeOf({ uid, title, folderUid, folderTitle }: Fields): DashboardPlace {
  const general = folderUid === undefined || folderUid === '';
  const folder = { folder: String(folderTitle), folderUid: String(folderUid) };
  return { uid: String(uid), title: String(title), ...(general ? {} : folder) };
}

/** @throws Problem `not-permitted`, `grafana-unreachable`: the API server, or something else, answers in its place. */
function answerOf({ status, body }: RawAnswer, pod: string): Answer {
  const read = parsed(body);
  const { kind, apiVersion, message } = fieldsOf(read);
  if (kind === 'Status' && apiVersion === 'v1') {
    if (status === 403) throw new Problem('not-permitted', `Grafana in pod ${pod}: ${String(message)}`);
    throw new Problem('grafana-unreachable', `${pod} does not answer.`, {
      proof: `HTTP ${status}: ${String(message)}`,
    });
  }
  if (read === undefined) throw notGrafana(pod, `HTTP ${status}: ${excerpt(body)}`);
  return { status, body: read };
}

/** The body of a success. @throws Problem `dashboard-clash`, `grafana-refused` with Grafana's own words. */
function successful({ status, body }: Answer, pod: string): unknown {
  if (status >= 200 && status < 300) return body;
  const { message = '', status: reason } = fieldsOf(body);
  const code = reason === 'name-exists' ? 'dashboard-clash' : 'grafana-refused';
  throw new Problem(code, `Grafana in pod ${pod}: ${excerpt(String(message))}`, { proof: `HTTP ${status}` });
}

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? { ...value } : {};
}

/** A list that is none is no empty list. */
function listOf(answer: Answer, pod: string): Fields[] {
  const value = successful(answer, pod);
  if (!Array.isArray(value)) throw notGrafana(pod, `no list: ${excerpt(JSON.stringify(value))}`);
  return value.map(fieldsOf);
}

function idOf(value: unknown, pod: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw notGrafana(pod, `no id: ${String(value)}`);
  return value;
}

function notGrafana(pod: string, proof: string): Problem {
  return new Problem('grafana-unreachable', `Something else than Grafana answers on port ${port} of ${pod}.`, {
    proof,
  });
}
