import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGrafana } from '../../src/adapters/grafana.ts';
import type { RawAnswer, RawRequest } from '../../src/ports.ts';

interface Asked extends RawRequest {
  readonly path: string;
}

/** A hub whose proxy answers each request in turn, the last one again and again. */
function answering(...answers: readonly Partial<RawAnswer>[]) {
  const asked: Asked[] = [];
  const raw = async (path: string, request: RawRequest = {}): Promise<RawAnswer> => {
    const { status = 200, body = '' } = answers[Math.min(asked.length, answers.length - 1)] ?? {};
    asked.push({ path, ...request });
    return { status, contentType: 'application/json', body };
  };
  const who = { administrator: 'root', header: 'X-Forwarded-User' };
  return { asked, grafana: createGrafana({ hub: { raw }, namespace: 'ns', pod: 'p', ...who }) };
}

const json = (value: unknown, status = 200) => ({ status, body: JSON.stringify(value) });
const anything = fc.string({ unit: 'grapheme', minLength: 1 });
const url = (path: string) => new URL(path, 'https://hub');

describe('Grafana through the pod proxy', () => {
  it('asks for any login as it is, whatever letters it has', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(anything, fc.constantFrom('kube:admin', 'a+b@c.d', 'x#y/z', '%2F..', 'ö"\'&=')),
        async (login) => {
          const { grafana, asked } = answering(json({ id: 7, login }));

          expect(await grafana.user(login)).toEqual({ id: 7, login });
          expect(url(asked[0]?.path ?? '').searchParams.get('loginOrEmail')).toBe(login);
          expect(url(asked[0]?.path ?? '').pathname).toBe('/api/v1/namespaces/ns/pods/p:3001/proxy/api/users/lookup');
        },
      ),
    );
  });

  it('saves any model as it is, as a new one or over that of its uid', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (model) => {
        const { grafana, asked } = answering(json({ uid: 'a' }));

        await grafana.save(model, undefined);

        expect(asked[0]?.body).toEqual({ dashboard: { ...model, id: null }, folderUid: '', overwrite: true });
      }),
    );
  });

  it('reads every page, and each dashboard once', async () => {
    const page = (from: number) => Array.from({ length: 1000 }, (_, at) => ({ uid: `u${from + at}`, title: 'T' }));
    const { grafana, asked } = answering(json(page(0)), json(page(999)), json([{ uid: 'last', title: 'L' }]));

    expect(await grafana.dashboards()).toHaveLength(2000);
    expect(asked.map(({ path }) => url(path).searchParams.get('page'))).toEqual(['1', '2', '3']);
  });

  it('knows what is not there from what cannot be told', async () => {
    const absent = answering(json({ message: 'not found' }, 404)).grafana;

    expect(await absent.user('x')).toBeUndefined();
    expect(await absent.dashboard('x')).toBeUndefined();
  });

  const status = (code: number, message: string) => json({ kind: 'Status', apiVersion: 'v1', message }, code);
  it.each([
    ['the API server refuses', status(403, 'pods "p:3001" is forbidden'), 'not-permitted'],
    ['the API server finds no Pod', status(404, 'pods "p" not found'), 'grafana-unreachable'],
    ['the API server reaches nothing', status(503, 'connection refused'), 'grafana-unreachable'],
    ['a login page answers', { body: '<html>log in</html>' }, 'grafana-unreachable'],
    ['nothing is said', { body: '' }, 'grafana-unreachable'],
    ['something else than a list or a user comes', json({ hello: 1 }), 'grafana-unreachable'],
    ['Grafana refuses', json({ message: 'Access denied' }, 403), 'grafana-refused'],
    ['Grafana breaks', json({ message: 'database is locked' }, 500), 'grafana-refused'],
  ])('never takes it for an empty answer when %s', async (_, answer, code) => {
    const { grafana } = answering(answer);

    for (const asking of [grafana.dashboards(), grafana.members(), grafana.user('x'), grafana.dashboard('x')]) {
      await expect(asking).rejects.toMatchObject({ code });
    }
  });

  it('makes a folder where there is none, and takes that of who was faster', async () => {
    const made = answering(json([]), json({ uid: 'new' }), json({ uid: 'a' }));
    const late = answering(json([]), json({}, 409), json([{ title: 'Team', uid: 'theirs' }]), json({ uid: 'a' }));

    await made.grafana.save({ title: 'A' }, 'Team');
    await late.grafana.save({ title: 'A' }, 'Team');

    expect(made.asked.at(-1)?.body).toMatchObject({ folderUid: 'new' });
    expect(late.asked.at(-1)?.body).toMatchObject({ folderUid: 'theirs' });
  });

  it('looks for a folder once, however many dashboards go into it, and not at all where its uid is known', async () => {
    const { grafana, asked } = answering(json([{ title: 'Team', uid: 'team' }]), json({ uid: 'a' }));

    await grafana.save({ title: 'A' }, 'Team');
    await grafana.save({ title: 'B' }, 'Team');
    await grafana.save({ title: 'C' }, 'Team', 'another');

    expect(asked.map(({ method = 'GET', body }) => [method, (body as { folderUid?: string })?.folderUid])).toEqual([
      ['GET', undefined],
      ['POST', 'team'],
      ['POST', 'team'],
      ['POST', 'another'],
    ]);
  });

  it('says a name that is taken is a clash, in Grafana’s words', async () => {
    const { grafana } = answering(json({ status: 'name-exists', message: 'A dashboard with the same name' }, 412));

    await expect(grafana.save({ title: 'A' }, undefined)).rejects.toMatchObject({
      code: 'dashboard-clash',
      message: expect.stringContaining('same name'),
    });
  });
});
