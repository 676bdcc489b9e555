import { describe, expect, it } from 'vitest';
import { exitCodes, explain, explainJson, words } from '../../src/commands/explain.ts';
import { exits } from '../../src/engine/exits.ts';
import { problemOf } from '../config/folder.ts';

const namespace = { id: 'namespace', title: 'Namespace of observability' };
const topics = {
  steps: [
    namespace,
    { id: 'bucket', title: 'Bucket' },
    { id: 'dashboards', title: 'Dashboards', requires: [namespace] },
  ],
  checks: [
    { id: 'acm', title: 'ACM runs', needs: [], scope: 'hub' },
    { id: 'dashboards', title: 'Dashboards are there', needs: ['acm'], scope: 'hub' },
    { id: 'arrive', title: 'Metrics arrive at the hub', needs: ['dashboards'], scope: 'cluster' },
  ],
} as const;

describe('explain', () => {
  it('tells cause, fix, exit code and where to read on for a code', () => {
    expect(explain('store-clock', topics)).toMatchInlineSnapshot(`
      "store-clock: The clocks of the store and of this machine disagree.
        Likely  Signatures are valid for some minutes only.
        Fix     Set this machine’s clock (NTP), then run again.
        Exit    6. The apply failed. What was done stays done; running again does the
                rest.
        More    docs/problems.md#store-clock
      "
    `);
  });

  it('tells what a step needs and what waits for it', () => {
    expect(explain('namespace', topics)).toMatchInlineSnapshot(`
      "Step namespace: Namespace of observability
        Needs   nothing
        Before  dashboards
        Alone   \`acm-observability plan --only namespace\`, then \`apply --only
                namespace\`
        More    steps/README.md#namespace
      "
    `);
  });

  it('tells both when a word is a step and a check', () => {
    const text = explain('dashboards', topics);

    expect(text).toContain('Step dashboards: Dashboards\n');
    expect(text).toContain('Check dashboards: Dashboards are there\n');
    expect(text).toContain('Before  arrive');
  });

  it('tells an exit code and the problems that end in it', () => {
    expect(explain('8', topics)).toBe(
      'Exit code 8: Another run is at work on this hub.\n  Codes   locked, lock-lost\n',
    );
    expect(explain('exit-8', topics)).toBe(explain('8', topics));
    expect(explain('130', topics)).toBe('Exit code 130: Interrupted by Ctrl-C.\n  Codes   interrupted\n');
  });

  it('knows every exit code there is', () => {
    expect(exitCodes.map(({ code }) => code)).toEqual(Object.values(exits).toSorted((left, right) => left - right));
  });

  it('knows every word it lists', () => {
    for (const word of words(topics)) expect(explain(word, topics)).not.toBe('');
  });

  it('tells a program the same: all there are without a word, else what is called so', () => {
    const all = JSON.parse(explainJson(undefined, topics));
    const one = JSON.parse(explainJson('exit-8', topics));

    expect(all.problems).toContainEqual(expect.objectContaining({ code: 'store-clock', fix: expect.any(String) }));
    expect(all.steps).toContainEqual({ id: 'dashboards', title: 'Dashboards', needs: ['namespace'] });
    expect(all.checks).toEqual(topics.checks);
    expect(all.exitCodes).toEqual(exitCodes);
    expect(one).toMatchObject({ schemaVersion: 1, problems: [], exitCodes: [{ code: 8 }] });
  });

  it('lists all there are without a word', () => {
    const text = explain(undefined, topics);

    for (const word of words(topics)) expect(text).toContain(`  ${word}`);
  });

  it('names the word that was meant', async () => {
    const problem = await problemOf((async () => explain('store-clok', topics))());
    const unknown = await problemOf((async () => explain('toString', topics))());

    expect(problem).toMatchObject({ code: 'usage', exitCode: 64 });
    expect(problem.message).toBe('nothing here is called so; did you mean store-clock?');
    expect(unknown.code).toBe('usage');
  });
});
