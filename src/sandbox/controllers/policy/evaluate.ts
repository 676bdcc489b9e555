/** What the policy engine makes of one ConfigurationPolicy on a cluster: compares, and with `enforce` writes (transport.md §6). */
import { parse } from 'yaml';
import type { Compliance, Kind, KubeObject } from '../../../kinds.ts';
import { ApiError, isApiError } from '../../../ports.ts';
import { kindOf } from '../agents/known-kinds.ts';
import type { ControllerClient } from '../client.ts';
import { isRecord, objectOf } from '../objects.ts';
import { resolveTemplate } from './template.ts';
import { TemplateError } from './template-parse.ts';

export interface Evaluated {
  readonly compliant: Compliance;
  readonly message: string;
}

interface Wanted {
  readonly objectDefinition?: KubeObject;
}

/** Never throws for what the policy or the cluster's API says; anything else is ours. */
export async function evaluate(client: ControllerClient, policy: KubeObject, yamlKnown: boolean): Promise<Evaluated> {
  const spec = isRecord(policy.spec) ? policy.spec : {};
  const enforce = String(spec.remediationAction).toLowerCase() === 'enforce';
  const template = String(spec['object-templates-raw'] ?? '');
  let wanted: readonly Wanted[];
  try {
    wanted = await resolved(client, template, yamlKnown);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const text = `failed to resolve the template ${template}: template: tmpl: executing "tmpl": ${error.message}`;
    return await told(spec, verdict('NonCompliant', text));
  }
  const results: Evaluated[] = [];
  for (const { objectDefinition } of wanted) {
    if (objectDefinition !== undefined) results.push(await handle(client, objectDefinition, enforce));
  }
  const failed = results.filter(({ compliant }) => compliant !== 'Compliant');
  const text = (failed.length > 0 ? failed : results).map(({ message }) => message).join('; ');
  return await told(spec, verdict(failed.length > 0 ? 'NonCompliant' : 'Compliant', text));
}

/** Characters of a message that reach the hub. */
const longest = 4096;

/** In the policy's own words where it has some, and cut off where it is too long. */
async function told(spec: Record<string, unknown>, { compliant, message }: Evaluated): Promise<Evaluated> {
  const custom = isRecord(spec.customMessage) ? spec.customMessage[compliant.toLowerCase()] : undefined;
  let text = message;
  if (typeof custom === 'string') {
    const own = await resolveTemplate(custom, async () => ({}), { DefaultMessage: message });
    text = own.startsWith(`${compliant}; `) ? own : `${compliant}; ${own}`;
  }
  const cut = '...[truncated]';
  return { compliant, message: text.length > longest ? text.slice(0, longest - cut.length) + cut : text };
}

function verdict(compliant: Compliance, message: string): Evaluated {
  return {
    compliant,
    message: `${compliant}; ${compliant === 'Compliant' ? 'notification' : 'violation'} - ${message}`,
  };
}

async function resolved(client: ControllerClient, template: string, yamlKnown: boolean): Promise<Wanted[]> {
  if (!yamlKnown && /\b(?:from|to)Y(?:AML|aml)\b/.test(template))
    throw new TemplateError('function "fromYAML" not defined');
  const text = await resolveTemplate(template, async (apiVersion, kindName, namespace, name) => {
    const kind = kindOf(apiVersion, kindName);
    if (kind === undefined) throw new TemplateError(`no matches for kind "${kindName}" in version "${apiVersion}"`);
    return (await client.get(kind, { name, ...(namespace !== '' && { namespace }) })) ?? {};
  });
  const value: unknown = parse(text);
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

async function handle(client: ControllerClient, wanted: KubeObject, enforce: boolean): Promise<Evaluated> {
  const kind = kindOf(wanted.apiVersion, wanted.kind);
  if (kind === undefined) {
    const message = `couldn't find mapping resource with kind ${wanted.kind} in API version ${wanted.apiVersion}, please check if you have CRD deployed`;
    return { compliant: 'NonCompliant', message };
  }
  const said = (end: string) => `${kind.plural} [${wanted.metadata.name}] ${end}${place(wanted)}`;
  try {
    return await bring(client, kind, wanted, enforce, said);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { compliant: 'NonCompliant', message: said(`failed to update with the error \`${error.message}\``) };
  }
}

const place = ({ metadata }: KubeObject): string =>
  metadata.namespace === undefined ? '' : ` in namespace ${metadata.namespace}`;

async function bring(
  client: ControllerClient,
  kind: Kind,
  wanted: KubeObject,
  enforce: boolean,
  said: (end: string) => string,
): Promise<Evaluated> {
  let live = await client.get(kind, wanted.metadata);
  if (live === undefined) {
    if (!enforce) return { compliant: 'NonCompliant', message: said('not found') };
    const { apiVersion: _version, kind: _kind, metadata, ...rest } = wanted;
    await client.create(kind, objectOf(kind, metadata, rest));
    return { compliant: 'Compliant', message: said('was created successfully') };
  }
  if (has(live, wanted)) return { compliant: 'Compliant', message: said('found as specified') };
  if (!enforce) return { compliant: 'NonCompliant', message: said('found but not as specified') };
  // Somebody wrote in between: read again, and written all the same with the text made before (transport.md §6.5).
  for (;;) {
    try {
      await client.replace(kind, merged(live, wanted) as KubeObject);
      return { compliant: 'Compliant', message: said('was updated successfully') };
    } catch (error) {
      if (!isApiError(error, 409)) throw error;
      live = await client.get(kind, wanted.metadata);
      if (live === undefined) return { compliant: 'NonCompliant', message: said('not found') };
    }
  }
}

/** musthave: what is wanted is there, and more may be; an item of a list anywhere in it. */
function has(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return Array.isArray(actual) && wanted.every((item) => actual.some((other) => has(other, item)));
  if (isRecord(wanted)) return isRecord(actual) && Object.keys(wanted).every((key) => has(actual[key], wanted[key]));
  return actual === wanted;
}

function merged(actual: unknown, wanted: unknown): unknown {
  if (!isRecord(actual) || !isRecord(wanted)) return wanted;
  const result = { ...actual };
  for (const [key, value] of Object.entries(wanted)) result[key] = merged(actual[key], value);
  return result;
}
