/** What mode `policy` takes besides: printed by `rbac` for that mode, enough for it, and nothing of it too much. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Row, tell } from '../campaigns/support/tally.ts';
import { createHarness, type Harness } from '../helpers/harness.ts';
import {
  accountFor,
  asAsked,
  asksExactly,
  complaintsOf,
  droppedRow,
  eachDropped,
  lines,
  printed,
} from '../helpers/rights-sweep.ts';
import { grant, unusedOf } from '../helpers/roles.ts';

const flags = '--set userWorkloadMonitoring.mode=policy';
/** For `npm run campaigns`. */
const rows: Row[] = [];

/** Grants of the mode that those for mode `auto` do not hold. */
async function ofPolicy(hub: Harness, mode: 'apply' | 'uninstall') {
  const known = new Set((await printed(hub, mode)).map(asAsked));
  return (await printed(hub, mode, flags)).filter((one) => !known.has(asAsked(one)));
}

describe('the roles that rbac prints for mode policy', () => {
  let hub: Harness;

  beforeAll(async () => {
    hub = await createHarness({ scenario: 'quest', size: 3 });
  });

  afterAll(async () => {
    await tell('rights-policy', rows);
    await hub?.stop();
  });

  it.each([
    // Asked for by the hub's admission when the set is bound, never by a request of ours (transport.md §1).
    ['apply', 10, ['create managedclustersets/bind.cluster.open-cluster-management.io global']],
    // An uninstall is allowed to take an old policy away whatever the mode is.
    ['uninstall', 1, []],
  ] as const)('are enough for %s, each is needed, and all are used', async (mode, fewest, unused) => {
    const own = await ofPolicy(hub, mode);
    const open = await eachDropped(hub, mode, own, asksExactly, flags);
    const { text, as } = await accountFor(hub, mode, flags);
    await grant(hub, text);

    const ran = await hub.run(`${lines[mode]} ${flags}`, as);

    expect(own.length).toBeGreaterThanOrEqual(fewest);
    expect(open).toEqual([]);
    expect(complaintsOf(ran)).toBe('');
    expect(ran.exitCode).toBe(0);
    const idle = new Set(unusedOf(text, ran.requests).map(asAsked));
    expect(own.map(asAsked).filter((one) => idle.has(one))).toEqual(unused);
    rows.push(droppedRow(mode, own));
  });
});
