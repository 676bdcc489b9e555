/** What one Grafana remembers: its users, folders and dashboards, and when it refuses to change them. One organisation. */

export type Role = 'Viewer' | 'Editor' | 'Admin';

export interface User {
  readonly id: number;
  readonly login: string;
  readonly role: Role;
}

export interface Folder {
  readonly id: number;
  readonly uid: string;
  readonly title: string;
  /** Empty: at the top. */
  readonly parentUid: string;
}

export interface Dashboard {
  readonly id: number;
  readonly uid: string;
  readonly title: string;
  /** Empty: the folder General. */
  readonly folderUid: string;
  readonly version: number;
  /** With `id`, `uid` and `version`, as it is given out. */
  readonly model: Readonly<Record<string, unknown>>;
}

export interface Saving {
  readonly model: Readonly<Record<string, unknown>>;
  readonly folderUid: string;
  readonly overwrite: boolean;
}

/** An answer that is a refusal, in Grafana's words. */
export class Refusal extends Error {
  readonly status: number;
  /** The `status` of the answer's body, where it has one. */
  readonly reason: string | undefined;

  constructor(status: number, message: string, reason?: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.reason = reason;
  }
}

export type Database = ReturnType<typeof createDatabase>;

/** A new one knows only its administrator. */
export function createDatabase(administrator: string) {
  const users: User[] = [{ id: 1, login: administrator, role: 'Admin' }];
  const folders = new Map<string, Folder>();
  const dashboards = new Map<string, Dashboard>();
  let made = 0;
  const nextId = (): number => {
    made += 1;
    return made;
  };
  const userBy = (login: string): User | undefined =>
    users.find((user) => user.login.toLowerCase() === login.toLowerCase());
  const foldersIn = (parent: string): readonly Folder[] =>
    [...folders.values()].filter(({ parentUid }) => parentUid === parent);

  return {
    userBy,
    /** Signs up whom it does not know, as a Viewer. */
    signIn(login: string): User {
      const known = userBy(login);
      if (known !== undefined) return known;
      const user: User = { id: users.length + 1, login, role: 'Viewer' };
      users.push(user);
      return user;
    },
    members: (): readonly User[] => users,
    setRole(id: number, role: Role): void {
      const at = users.findIndex((user) => user.id === id);
      const user = users[at];
      if (user === undefined) throw new Refusal(404, 'organization user not found');
      users[at] = { ...user, role };
    },
    folders: (): readonly Folder[] => [...folders.values()],
    foldersIn,
    folder: (uid: string): Folder | undefined => folders.get(uid),
    createFolder(title: string, wanted?: string, parentUid = ''): Folder {
      if (title === '') throw new Refusal(400, 'folder title cannot be empty');
      if (foldersIn(parentUid).some((folder) => folder.title === title)) {
        throw new Refusal(409, 'a folder with the same name already exists in the current location');
      }
      const id = nextId();
      const folder = { id, uid: wanted ?? `f${id.toString(36).padStart(13, '0')}`, title, parentUid };
      folders.set(folder.uid, folder);
      return folder;
    },
    removeFolder: (uid: string): void => void folders.delete(uid),
    dashboards: (): readonly Dashboard[] => [...dashboards.values()],
    dashboard: (uid: string): Dashboard | undefined => dashboards.get(uid),
    save(saving: Saving): Dashboard {
      if (saving.folderUid !== '' && !folders.has(saving.folderUid)) throw new Refusal(404, 'folder not found');
      const dashboard = saved(dashboards, saving, nextId);
      dashboards.set(dashboard.uid, dashboard);
      return dashboard;
    },
    remove: (uid: string): boolean => dashboards.delete(uid),
  };
}

/** What a save makes of it, by Grafana's rules (acm.md §10.1). */
function saved(dashboards: ReadonlyMap<string, Dashboard>, { model, folderUid, overwrite }: Saving, id: () => number) {
  const title = typeof model.title === 'string' ? model.title.trim() : '';
  if (title === '') throw new Refusal(400, 'Dashboard title cannot be empty', 'empty-name');
  if ([...title].length > 5000) throw new Refusal(400, 'Dashboard title cannot contain more than 5 000 characters');
  const wanted = typeof model.uid === 'string' ? model.uid : '';
  if (wanted.length > 40) throw new Refusal(400, 'uid too long, max 40 characters');
  if (!/^[a-zA-Z0-9_-]*$/.test(wanted)) throw new Refusal(400, 'uid contains illegal characters');
  const existing = wanted === '' ? undefined : dashboards.get(wanted);
  if (typeof model.id === 'number' && existing?.id !== model.id) {
    throw new Refusal(404, 'Dashboard not found', 'not-found');
  }
  const twin = [...dashboards.values()].find((one) => one.folderUid === folderUid && one.title === title);
  if (twin !== undefined && twin.uid !== existing?.uid) {
    throw new Refusal(412, 'A dashboard with the same name in the folder already exists', 'name-exists');
  }
  if (existing !== undefined && !overwrite && model.version !== existing.version) {
    throw new Refusal(412, 'The dashboard has been changed by someone else', 'version-mismatch');
  }
  const number = existing?.id ?? id();
  const uid = wanted === '' ? `d${number.toString(36).padStart(13, '0')}` : wanted;
  const version = (existing?.version ?? 0) + 1;
  return { id: number, uid, title, folderUid, version, model: { ...model, id: number, uid, title, version } };
}
