/** What a path is about. */

/** A path below `/api` or `/apis`, taken apart. */
export interface Target {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  /** What follows the subresource `proxy`; begins with `/`. */
  readonly rest: string;
}

/** Path and query of a request. */
export function splitPath(path: string): { readonly pathname: string; readonly query: URLSearchParams } {
  const mark = path.indexOf('?');
  if (mark < 0) return { pathname: path, query: new URLSearchParams() };
  return { pathname: path.slice(0, mark), query: new URLSearchParams(path.slice(mark + 1)) };
}

/** `undefined` for paths that are not about a resource. */
export function parseTarget(pathname: string): Target | undefined {
  const [, root, ...parts] = pathname.split('/');
  if (root !== 'api' && root !== 'apis') return undefined;
  const [group = '', version = '', ...rest] = root === 'api' ? ['', ...parts] : parts;
  const [first, second, third, ...more] = rest.map(decode);
  if (first === undefined || first === '') return undefined;
  // `namespaces/N` and its subresources are about the namespace itself.
  const isNamespace = first === 'namespaces' && (third === undefined || third === 'status' || third === 'finalize');
  if (first !== 'namespaces' || isNamespace) {
    const tail = `/${[...more].join('/')}`;
    return {
      group,
      version,
      plural: first,
      namespace: undefined,
      name: filled(second),
      subresource: third,
      rest: tail,
    };
  }
  const [name, subresource, ...tail] = more;
  const namespace = filled(second);
  return {
    group,
    version,
    plural: third ?? '',
    namespace,
    name: filled(name),
    subresource,
    rest: `/${tail.join('/')}`,
  };
}

function filled(part: string | undefined): string | undefined {
  return part === '' ? undefined : part;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A lone `%` is no escape: taken as it stands, and then nothing is found under it.
    return part;
  }
}
