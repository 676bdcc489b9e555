/**
 * A small sample of the campaigns on a real API server, in true time: runs that die after a write, and runs on which faults
 * happen. The next run ends as an undisturbed one does, and nothing that was meant for a moment stays.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { observabilityNamespace } from '../../src/hub.ts';
import {
  ConfigMapKind,
  type Kind,
  type KubeObject,
  LeaseKind,
  ManagedClusterActionKind,
  ManagedClusterViewKind,
  MultiClusterObservabilityKind,
  SecretKind,
} from '../../src/kinds.ts';
import { marks } from '../../src/resources/marks.ts';
import { dyingAfter, dyingWhen, type Idle } from '../campaigns/support/death.ts';
import { mixture, struckAt } from '../campaigns/support/faults.ts';
import { random } from '../campaigns/support/sample.ts';
import { killed } from '../helpers/harness.ts';
import { type RealHub, startRealHub } from './hub.ts';
import { haveReferenceCrds } from './servers/crds.ts';
import { need } from './servers/locate.ts';
import { lookAfterServers } from './servers/process.ts';

const needed = need('kube-apiserver', 'kube-controller-manager', 'etcd', 'prometheus', 'versitygw');
const without = haveReferenceCrds ? '' : ' (skipped: no reference CRDs beside the project)';
const seed = 20261122;
const trueTime: Idle = { idle: (work) => work() };
const apply = 'apply --yes -o json';
const uninstall = 'uninstall --yes -o json';

describe.skipIf(!needed.have || !haveReferenceCrds)(`campaigns on real servers${needed.note}${without}`, () => {
  let hub: RealHub;
  /** What an undisturbed apply leaves, and what each run writes that stays. */
  let wanted: Readonly<Record<string, string>>;
  let writes: { readonly apply: readonly string[]; readonly uninstall: readonly string[] };
  const next = random(seed);
  /**
   * Dies after one of these writes, by its name and not by its number: how many Views and renewals of the Lease come before it
   * is a matter of time.
   */
  const dyingAfterOneOf = (names: readonly string[]) => {
    const chosen = names[Math.floor(next() * names.length)];
    return dyingWhen((what) => what === chosen, trueTime);
  };
  lookAfterServers();

  beforeAll(async () => {
    if (!needed.have) throw new Error(needed.note);
    hub = await startRealHub(needed.paths, 2);
    const [applied, removed] = [dyingAfter(Infinity, trueTime), dyingAfter(Infinity, trueTime)];
    const { report } = await hub.run(apply, { wires: applied });
    expect(report.problems).toEqual([]);
    wanted = await oursOn(hub);
    expect(Object.keys(wanted)).toContain(`Secret ${observabilityNamespace}/thanos-object-storage`);
    await hub.run(uninstall, { wires: removed });
    writes = { apply: staying(applied.writes), uninstall: staying(removed.writes) };
    expect(Math.min(writes.apply.length, writes.uninstall.length)).toBeGreaterThan(3);
  });
  afterAll(() => hub?.stop());

  it('an apply that dies after one of its writes is finished by the next', async () => {
    const wires = dyingAfterOneOf(writes.apply);

    const first = await hub.run(apply, { wires });
    const { exitCode, report } = await hub.run(apply);

    expect(first.exitCode).toBe(killed);
    expect(report.problems).toEqual([]);
    expect(exitCode).toBe(0);
    expect(await oursOn(hub)).toEqual(wanted);
    expect(await orphansOn(hub)).toEqual([]);
  });

  it('an uninstall that dies after one of its writes is finished by the next', async () => {
    const wires = dyingAfterOneOf(writes.uninstall);

    const first = await hub.run(uninstall, { wires });
    const { exitCode, report } = await hub.run(uninstall);

    expect(first.exitCode).toBe(killed);
    expect(report.problems).toEqual([]);
    expect(exitCode).toBe(0);
    expect(await oursOn(hub)).toEqual({});
    expect(await orphansOn(hub)).toEqual([]);
  });

  it('an apply whose first writes lose their answers does all of it', async () => {
    const lost = /^(POST|PUT|PATCH) (?!.*(selfsubject|dry run))/;
    const wires = struckAt('reset', ({ call, time }) => time === 1 && lost.test(call), systemClock());

    const { exitCode, report } = await hub.run(apply, { wires });

    expect(wires.sent.filter(({ call, time }) => time === 1 && lost.test(call)).length).toBeGreaterThan(5);
    expect(report.problems).toEqual([]);
    expect(exitCode).toBe(0);
    expect(await oursOn(hub)).toEqual(wanted);
    expect(await orphansOn(hub)).toEqual([]);
  });

  it('a mixture of faults on one request in twenty is got over, or told and then got over', async () => {
    await hub.run(uninstall);

    const first = await hub.run(apply, { wires: mixture(0.05, seed, systemClock()) });
    const { exitCode, report } = await hub.run(apply);

    expect([0, 5, 6, 7, 8, 69]).toContain(first.exitCode);
    expect(first.exitCode === 0 || first.report.problems.length + Number(first.report.problem !== undefined) > 0).toBe(
      true,
    );
    expect(report.problems).toEqual([]);
    expect(exitCode).toBe(0);
    expect(await oursOn(hub)).toEqual(wanted);
    expect(await orphansOn(hub)).toEqual([]);
  });
});

/** Writes that every such run makes: without what is there for a moment only, and without the bucket, which no uninstall takes. */
function staying(writes: readonly string[]): string[] {
  return writes.filter((what) => !/managedcluster(view|action)s|leases|^s3 /.test(what));
}

/** What carries our mark, without what the server sets: `kind namespace/name` → its meaning as text. */
async function oursOn({ person }: RealHub): Promise<Record<string, string>> {
  const found: [string, string][] = [];
  const kinds: readonly Kind[] = [SecretKind, ConfigMapKind, MultiClusterObservabilityKind];
  for (const kind of kinds) {
    for (const object of await person.list<KubeObject>(kind, { labelSelector: marks.step })) {
      const { namespace = '', name, labels, annotations, managedFields = [] } = object.metadata;
      const { metadata: _m, status: _s, ...content }: KubeObject & { status?: unknown } = object;
      const owned = managedFields.filter(({ manager }) => manager === marks.managedBy[1]).map((one) => one.fieldsV1);
      found.push([`${kind.kind} ${namespace}/${name}`, JSON.stringify({ content, labels, annotations, owned })]);
    }
  }
  return Object.fromEntries(found.sort());
}

/** Views, Actions and Leases of ours: each is there for a moment only. */
async function orphansOn({ person }: RealHub): Promise<string[]> {
  const kinds: readonly Kind[] = [ManagedClusterViewKind, ManagedClusterActionKind, LeaseKind];
  const lists = await Promise.all(kinds.map((kind) => person.list<KubeObject>(kind)));
  const names = lists
    .flat()
    .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? observabilityNamespace}/${metadata.name}`);
  return names.filter((name) => name.includes('acm-observability'));
}
