/** `help TOPIC`: what belongs to no single command. */

type Topic = () => Promise<string>;

/** Each is made when it is asked for: the variables come from the schema of the configuration. */
export const topics: ReadonlyMap<string, Topic> = new Map<string, Topic>([
  ['environment', environment],
  ['exit-codes', async () => exitCodes],
  ['output', async () => output],
]);

async function environment(): Promise<string> {
  const { foreignVariables, variables } = await import('../config/environment.ts');
  const rows = (list: readonly { readonly name: string; readonly description: string }[]) =>
    list.map(({ name, description }) => `  ${name}\n      ${description}`).join('\n');
  return `Environment variables

Order: flag > ACM_OBSERVABILITY_* > file > names other programs use > default.
Lists by comma, maps as JSON; NAME_FILE reads the value of NAME from a file. A variable
of this kind that is not listed here is an error. The keys of the object store are never
in the configuration file and never in a flag.

${rows(variables)}

Names people already export:

${rows(foreignVariables)}
`;
}

const exitCodes = `Exit codes, the same whatever -o is

  0    done, nothing to do, all pass
  2    differences                        with --detailed-exitcode
  3    a check failed
  4    warnings only                      with --strict
  5    some clusters fine, some not
  6    apply failed
  7    timed out, still converging        acm-observability wait
  8    another run is at work
  64   usage; also: an answer is needed and nobody can be asked
  65   bad configuration
  69   unreachable
  70   our bug
  77   not permitted, not logged in
  130  Ctrl-C
  143  SIGTERM

2 to 8 are the verdict; 64 to 77 mean that the work could not be done.
`;

const output = `Output

Standard output carries the answer, standard error the progress.
  -o FORMAT            to standard output: text, short, json, jsonl, junit, markdown, html
  -o FORMAT=FILE       to a file; may be repeated, all are of the same run
The JSON report has a schemaVersion; fields may be added, none change their meaning.
In text the state is a word at the start of the line; colour only repeats it.
  -q   only the verdict and what went wrong      -v   say more
  --ascii, --accessible, --color auto|always|never
`;
