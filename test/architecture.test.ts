/** The way the parts may know each other (docs: "Layout"), read from the imports themselves. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Source {
  /** `src/engine/run.ts` */
  readonly path: string;
  readonly text: string;
  /** Paths inside the project, and package names. */
  readonly imports: readonly string[];
}

const sources = ['src', 'steps'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readSource(join(folder, name))),
);

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const found = text.matchAll(/(?:\bfrom|\bimport\(|^import)\s*'([^']+)'/gm);
  const imports = [...found].map(([, target = '']) =>
    target.startsWith('.') ? relative(root, join(root, dirname(path), target)) : target,
  );
  return { path, text, imports };
}

function inside(path: string, ...folders: string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(folder.endsWith('.ts') ? folder : `${folder}/`));
}

function isPackage(name: string): boolean {
  return !inside(name, 'src', 'steps', 'manifests') && !name.startsWith('node:') && !name.endsWith('.json');
}

/** `file → import` of every import that breaks a rule. */
function offences(where: (path: string) => boolean, allowed: (target: string, path: string) => boolean): string[] {
  return sources
    .filter(({ path }) => where(path))
    .flatMap(({ path, imports }) =>
      imports.filter((target) => !allowed(target, path)).map((target) => `${path} → ${target}`),
    );
}

describe('imports go one way', () => {
  test('the engine knows neither adapters nor renderers, commands nor packages', () => {
    const own = ['src/engine', 'src/ports.ts', 'src/kinds.ts', 'src/config/config.ts'];

    expect(
      offences(
        (path) => inside(path, 'src/engine'),
        (target) => inside(target, ...own) || target.startsWith('node:'),
      ),
    ).toEqual([]);
  });

  test('steps know what they are made of, and no package', () => {
    const own = ['src/engine', 'src/resources', 'src/packs', 'src/dashboards', 'src/fleet', 'src/config', 'steps'];
    const files = ['src/ports.ts', 'src/kinds.ts', 'src/hub.ts', 'src/context.ts', 'src/manifest.ts'];

    expect(
      offences(
        (path) => inside(path, 'steps'),
        (target) => inside(target, ...own, ...files) || target.startsWith('node:'),
      ),
    ).toEqual([]);
  });

  test.each([
    ['@kubernetes/client-node', ['src/adapters']],
    ['@aws-sdk/', ['src/adapters']],
    ['hpagent', ['src/adapters']],
    ['listr2', ['src/render']],
    ['@inquirer/', ['src/cli', 'src/commands/setup', 'src/commands/setup.ts']],
    ['commander', ['src/cli']],
    ['@commander-js/', ['src/cli']],
  ])('only its place imports %s', (name, places) => {
    const found = sources.flatMap(({ path, imports }) =>
      imports.some((target) => target.startsWith(name)) && !inside(path, ...places) ? [path] : [],
    );

    expect(found).toEqual([]);
  });

  test('resources, checks, packs and the fleet reach the world through ports only', () => {
    expect(
      offences(
        (path) => inside(path, 'src/resources', 'src/checks', 'src/packs', 'src/dashboards', 'src/fleet'),
        (target) => !inside(target, 'src/adapters', 'src/commands', 'src/cli', 'src/render', 'src/sandbox'),
      ),
    ).toEqual([]);
  });

  test('renderers know reports and events, not how they came about', () => {
    expect(
      offences(
        (path) => inside(path, 'src/render'),
        (target) =>
          inside(target, 'src/render', 'src/engine', 'src/ports.ts') || target.startsWith('node:') || isPackage(target),
      ),
    ).toEqual([]);
  });

  test('the sandbox stands alone: of the program it uses the REST client, clocks and folders only', () => {
    const adapters = ['kubernetes', 'clock.ts', 'virtual-clock.ts', 'folder.ts'].map((name) => `src/adapters/${name}`);
    const own = ['src/sandbox', ...adapters];
    const files = ['src/ports.ts', 'src/kinds.ts', 'src/http.ts'];

    expect(
      offences(
        (path) => inside(path, 'src/sandbox'),
        (target) => inside(target, ...own, ...files, 'src/engine') || target.startsWith('node:') || isPackage(target),
      ),
    ).toEqual([]);
  });
});

describe('the process', () => {
  /** The text without comments, so that prose may name what code must not do. */
  const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');

  test('is ended in one place', () => {
    const found = sources.filter(({ path, text }) => /\bprocess\.exit\b/.test(code(text)) && path !== 'src/main.ts');

    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test('listens to signals in one place', () => {
    const found = sources.filter(({ path, text }) => /process\.(on|once)\(/.test(code(text)) && path !== 'src/main.ts');

    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test('is written to by renderers, the shell and main only', () => {
    const printing = /\bconsole\.(?:log|error|warn|info|debug|table|dir)\b|\bprocess\.(?:stdout|stderr)\b/;
    const found = sources.filter(
      ({ path, text }) => printing.test(code(text)) && !inside(path, 'src/render', 'src/cli/shell.ts', 'src/main.ts'),
    );

    expect(found.map(({ path }) => path)).toEqual([]);
  });
});

describe('size', () => {
  test('no file is longer than 300 lines', () => {
    const long = sources.filter(({ text }) => text.split('\n').length > 300);

    expect(long.map(({ path, text }) => `${path}: ${text.split('\n').length}`)).toEqual([]);
  });

  test('few functions are longer than 60 lines, and their number only sinks', () => {
    const long = sources.flatMap(longFunctions);

    expect(long.length, long.join('\n')).toBeLessThanOrEqual(8);
  });
});

/** Top-level functions of more than 60 lines, by the column their braces stand in: the formatter sees to that. */
function longFunctions({ path, text }: Source): string[] {
  const found: string[] = [];
  let open: { name: string; line: number } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const name = /^(?:export )?(?:async )?function\*? (\w+)/.exec(line)?.[1];
    if (name !== undefined) open = { name, line: index };
    if (open !== undefined && /^}/.test(line)) {
      const length = index - open.line + 1;
      if (length > 60) found.push(`${path}: ${open.name} has ${length} lines`);
      open = undefined;
    }
  }
  return found;
}

const publicRegistry = 'registry.npmjs.org';

/** The host npm uses here, when it is another one: it belongs in no file. */
const ownRegistry = (() => {
  const setting = process.env.npm_config_registry ?? '';
  const host = URL.canParse(setting) ? new URL(setting).host : undefined;
  return host === undefined || host === '' || host === publicRegistry ? undefined : host;
})();

test('no file of the project names a machine, a path of one, or a registry that is not the public one', () => {
  const files = trackedFiles();
  const strange = files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const homes = text.match(/(?<![\w.])\/(?:home|Users|work|root)\/[\w.-]+/g) ?? [];
    const resolved = [...text.matchAll(/"resolved": "https?:\/\/([^/"]+)/g)].map(([, host = '']) => host);
    const registries = resolved.filter((host) => host !== publicRegistry);
    const mirror = ownRegistry === undefined || !text.includes(ownRegistry) ? [] : ['the registry of this machine'];
    const settings = text.match(/^\s*(?:registry|proxy)\s*=.*$/gm) ?? [];
    return [...homes, ...mirror, ...new Set(registries), ...(file.endsWith('npmrc') ? settings : [])].map(
      (what) => `${file}: ${what}`,
    );
  });

  expect(strange).toEqual([]);
});

/** What git knows; a copy without git is read as it lies there. */
function trackedFiles(): string[] {
  const list = (() => {
    try {
      return execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0');
    } catch {
      return sources.map(({ path }) => path);
    }
  })();
  return list.filter((file) => file !== '' && !/\.(?:png|gif|ico|gz|tgz)$/.test(file));
}
