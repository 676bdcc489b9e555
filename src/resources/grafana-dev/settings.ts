/** What of a `grafana.ini` it takes to ask that Grafana (acm.md §10.4). */
import type { Secret } from '../../kinds.ts';
import { textOf } from './build.ts';

/** As whom, and by which header; `undefined` where Grafana trusts none. */
export function administratorIn(
  configuration: Secret | undefined,
): { readonly administrator: string; readonly header: string } | undefined {
  const settings = settingsIn(textOf(configuration, 'grafana.ini') ?? '');
  const administrator = settings.get('security.admin_user');
  if (administrator === undefined || settings.get('auth.proxy.enabled') !== 'true') return undefined;
  return { administrator, header: settings.get('auth.proxy.header_name') ?? 'X-WEBAUTH-USER' };
}

/** `section.key` → value. */
function settingsIn(ini: string): Map<string, string> {
  const settings = new Map<string, string>();
  let section = '';
  for (const line of ini.split('\n').map((text) => text.trim())) {
    const title = /^\[(.+)\]$/.exec(line)?.[1];
    const [, key, value = ''] = /^([^=;#\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (title !== undefined) section = title;
    else if (key !== undefined) settings.set(`${section}.${key}`, value);
  }
  return settings;
}
