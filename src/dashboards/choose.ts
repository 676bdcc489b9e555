/** One dashboard by what a person calls it: its uid, or its title and perhaps its folder. Pure. */
import { didYouMean } from '../config/suggest.ts';
import { Problem } from '../engine/problem.ts';
import type { DashboardPlace } from '../ports.ts';

/** @throws Problem `dashboard-absent`, `dashboard-ambiguous`. */
export function choose(all: readonly DashboardPlace[], wanted: string, folder?: string): DashboardPlace {
  const [byUid] = all.filter(({ uid }) => uid === wanted);
  if (byUid !== undefined) return byUid;
  const titled = all.filter((one) => one.title === wanted && (folder === undefined || folderOf(one) === folder));
  const [found, ...others] = titled;
  if (found === undefined) {
    const near = didYouMean(wanted, [...new Set(all.map(({ title }) => title))]);
    const where = folder === undefined ? '' : ` in folder ${folder}`;
    throw new Problem('dashboard-absent', `${JSON.stringify(wanted)}${where}${near}`);
  }
  if (others.length === 0) return found;
  const choices = titled.map((one) => `${one.uid} (${folderOf(one)})`).join(', ');
  throw new Problem('dashboard-ambiguous', `${JSON.stringify(wanted)} is each of ${choices}`);
}

/** The folder's title as people know it. */
export function folderOf({ folder }: Pick<DashboardPlace, 'folder'>): string {
  return folder ?? 'General';
}

/** @throws Problem `dashboard-clash`: the title is taken in its folder. */
export function requireFreeTitle(all: readonly DashboardPlace[], wanted: DashboardPlace, where: string): void {
  const twin = all.find(
    ({ uid, title, folder }) => title === wanted.title && folder === wanted.folder && uid !== wanted.uid,
  );
  if (twin === undefined) return;
  const what = `${JSON.stringify(wanted.title)} is in folder ${folderOf(wanted)} of ${where} already, as ${twin.uid}`;
  throw new Problem('dashboard-clash', what);
}
