/** From the command line to an exit code. Whatever happens below, what a person reads about it is decided here. */
import { Argument, CommanderError, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { Problem } from '../engine/problem.ts';
import { version } from '../version.ts';
import type { Commands, Registry } from './commands.ts';
import { completionScript, shells } from './completion.ts';
import { type CommandName, commandTexts, examplesText } from './examples.ts';
import { reportFailure } from './failure.ts';
import { duration, globalOptions, list, positive, programWithFlags } from './flags.ts';
import { addGrafana, grafanaModes } from './grafana.ts';
import { openJsonLines } from './json-lines.ts';
import type { GlobalOptions } from './options.ts';
import { type CommandResult, deliver } from './output.ts';
import { refuseFormats } from './own-formats.ts';
import { addRules } from './rules.ts';
import { newRun, type ProgramRun } from './run.ts';
import { type Shell, withRun } from './shell.ts';
import { topics } from './topics.ts';

const name = 'acm-observability';

/** What the command line asked for, ready to be done. */
interface Asked {
  readonly command: string;
  readonly options: GlobalOptions;
  work(options: GlobalOptions, shell: Shell): Promise<CommandResult>;
}

/** Parses, does and answers. Resolves to the exit code and never rejects. */
export async function runProgram(argv: readonly string[], registry: Registry, shell: Shell): Promise<number> {
  const startedAt = shell.clock.now();
  let inRun = withRun(shell, newRun());
  let asked: Asked | undefined;
  try {
    asked = await parse(argv, registry, shell);
    inRun = withRun(inRun, withLines(asked, inRun, startedAt));
    const result = await asked.work(asked.options, inRun);
    await deliver(result, asked.options, inRun);
    return result.exitCode;
  } catch (error) {
    return reportFailure(error, { command: asked?.command ?? name, options: asked?.options, startedAt }, inRun);
  }
}

/** The run, telling its events as lines where they were asked for. */
function withLines({ command, options }: Asked, shell: Shell & { readonly run: ProgramRun }, startedAt: number) {
  const { run } = shell;
  const targets = options.output.filter(({ format }) => format === 'jsonl');
  if (targets.length === 0) return run;
  return { ...run, lines: openJsonLines(targets, { command, run: run.id, startedAt }, shell) };
}

/** @throws Problem `usage` for a command line this program does not know. */
async function parse(argv: readonly string[], registry: Registry, shell: Shell): Promise<Asked> {
  let asked: Asked | undefined;
  let verbosity = 0;
  let printed = '';
  const program = programWithFlags(name);
  const ask: Ask = (command, work) => {
    asked = { command, options: globalOptions(program.opts(), verbosity, shell), work };
  };
  program
    .description('Brings Red Hat ACM multi-cluster observability from nothing to metrics proven to arrive.')
    .version(version, '--version', 'print the version')
    .configureHelp({
      showGlobalOptions: true,
      helpWidth: Math.min(shell.columns, 120),
      optionDescription: (option) => option.description,
    })
    .configureOutput({ writeOut: (text) => (printed += text), writeErr: () => {} })
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride();
  program.on('option:verbose', () => {
    verbosity += 1;
  });
  addCommands(program, registry, ask);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) ask('help', async () => ({ exitCode: 0, text: printed }));
    else if (error.code === 'commander.help') ask('status', registry.status ?? (async () => helpOf(program)));
    else throw usage(error);
  }
  if (asked === undefined) throw new Error('a command line was parsed and nothing was asked for');
  refuseFormats(asked.command, asked.options);
  return asked;
}

type Ask = (command: string, work: Asked['work']) => void;

function usage(error: CommanderError): Problem {
  const text = error.message.replace(/^error: /, '').replace(/\n\(?(.*?)\)?$/, '; $1');
  return new Problem('usage', text, { cause: error });
}

function helpOf(program: CommandUnknownOpts): CommandResult {
  return { exitCode: 0, text: program.helpInformation() };
}

type Program = CommandUnknownOpts;

function addCommands(program: Program, registry: Registry, ask: Ask): void {
  addPlain(program, registry, ask, ['check', 'setup']);
  addChanging(program, registry, ask);
  addVerify(program, registry, ask);
  addPlain(program, registry, ask, ['wait']);
  addUninstall(program, registry, ask);
  addExplain(program, registry, ask);
  if (registry.rulesLint) addRules(command(program, 'rules'), registry, ask);
  addBundle(program, registry, ask);
  addGrafana(command(program, 'grafana'), registry, ask);
  addRbac(program, registry, ask);
  addSandbox(program, registry, ask);
  addPlain(program, registry, ask, ['demo']);
  addConfig(program, registry, ask);
  addOwn(program, ask);
}

function command(program: Program, id: CommandName) {
  return program.command(id).description(commandTexts[id].summary).addHelpText('after', examplesText(id));
}

type PlainName = 'check' | 'setup' | 'wait' | 'demo';

function addPlain(program: Program, registry: Registry, ask: Ask, ids: readonly PlainName[]): void {
  for (const id of ids) {
    const action: Commands[PlainName] | undefined = registry[id];
    if (action) command(program, id).action(() => ask(id, action));
  }
}

function addVerify(program: Program, { verify }: Registry, ask: Ask): void {
  if (!verify) return;
  command(program, 'verify')
    .option('--metric <name>', 'follow one metric the whole way, even where all is well')
    .option('--pack <name>', 'only the queries of this pack')
    .option('--for-user <name>', 'also what this user sees in Grafana: which clusters, and by what')
    .option('--for-groups <names>', 'groups of that user that OpenShift has no object of (a,b)', list)
    .option('--since <duration>', 'also whether metrics have arrived all the time since then (6h)', duration)
    .option('--stable <duration>', 'repeat until everything has held this long (30s); as --wait does once', duration)
    .action(({ stable = 0, ...own }) => {
      // The global flag is on by default, for what a run makes; here it means to repeat only when somebody says so.
      const until = stable > 0 || program.getOptionValueSource('wait') === 'cli';
      const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
      ask('verify', (options, shell) => verify({ ...options, ...given, until: until && options.wait, stable }, shell));
    });
}

function addChanging(program: Program, registry: Registry, ask: Ask): void {
  for (const id of ['plan', 'apply'] as const) {
    const action = registry[id];
    if (!action) continue;
    command(program, id)
      .option('--adopt-bucket', 'take a bucket that another hub has marked as its own', false)
      .option('--canary <names>', 'do and verify these managed clusters first (a,b); stop if they are not well', list)
      .action(({ canary, adoptBucket }) => {
        const own = { adoptBucket, ...(canary === undefined ? {} : { canary }) };
        ask(id, (options, shell) => action({ ...options, ...own }, shell));
      });
  }
}

function addUninstall(program: Program, { uninstall }: Registry, ask: Ask): void {
  if (!uninstall) return;
  command(program, 'uninstall')
    .option('--delete-data', 'also the volumes, the bucket and what is in it', false)
    .option('--confirm-delete-data <bucket>', 'the bucket’s name, where nobody can be asked to type it')
    .action((own) =>
      ask('uninstall', (options, shell) => {
        const { deleteData, confirmDeleteData } = own;
        const typed = confirmDeleteData === undefined ? {} : { confirmDeleteData };
        return uninstall({ ...options, deleteData, ...typed }, shell);
      }),
    );
}

function addExplain(program: Program, { explain }: Registry, ask: Ask): void {
  if (!explain) return;
  command(program, 'explain')
    .argument('[topic]')
    .action((topic) =>
      ask('explain', (options, shell) => explain(topic === undefined ? options : { ...options, topic }, shell)),
    );
}

function addRbac(program: Program, { rbac }: Registry, ask: Ask): void {
  if (!rbac) return;
  command(program, 'rbac')
    .addArgument(
      new Argument('<mode>', 'what is to be allowed').choices([
        'plan',
        'verify',
        'apply',
        'uninstall',
        ...grafanaModes,
      ]),
    )
    .option('--serviceaccount <namespace:name>', 'bind the roles to this ServiceAccount')
    .action((mode, { serviceaccount }) =>
      ask('rbac', (options, shell) =>
        rbac({ ...options, mode, ...(serviceaccount === undefined ? {} : { serviceaccount }) }, shell),
      ),
    );
}

function addBundle(program: Program, { bundle }: Registry, ask: Ask): void {
  if (!bundle) return;
  command(program, 'bundle')
    .option('--to <file>', 'the archive (default: acm-observability-RUN.tar.gz here)')
    .action(({ to }) =>
      ask('bundle', (options, shell) => bundle(to === undefined ? options : { ...options, to }, shell)),
    );
}

function addSandbox(program: Program, { sandbox }: Registry, ask: Ask): void {
  if (!sandbox) return;
  const collect = (value: string, before: string[]) => [...before, value];
  command(program, 'sandbox')
    .option('--dir <folder>', 'where kubeconfig, env and requests.jsonl go (default: a temporary folder)')
    .option('--size <number>', 'clusters, the hub included', positive)
    .option('--scenario <name>', 'quest, mixed, …')
    .option('--acm <version>', 'version of ACM, as 2.14')
    .addOption(new Option('--architecture <name>', 'how metrics are collected').choices(['legacy', 'mcoa'] as const))
    .addOption(new Option('--state <name>', 'what is there at first').choices(['fresh', 'installed'] as const))
    .option('--speed <factor>', 'how many times faster delays pass', positive)
    .option('--seed <number>', 'seed of what is random', positive)
    .option('--fault <name>', 'something that goes wrong; may be repeated', collect, [])
    .action((own) =>
      ask('sandbox', (options, shell) => {
        const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
        return sandbox({ ...options, fault: own.fault, ...given }, shell);
      }),
    );
}

function addConfig(program: Program, registry: Registry, ask: Ask): void {
  const { configShow, configSchema, configImport } = registry;
  if (!configShow && !configSchema && !configImport) return;
  const config = command(program, 'config');
  if (configShow) {
    config
      .command('show')
      .description('the configuration a run would work with')
      .option('--origin', 'say where each value comes from', false)
      .action((own) => ask('config show', (options, shell) => configShow({ ...options, ...own }, shell)));
  }
  if (configSchema) {
    config
      .command('schema')
      .description('the JSON Schema of the configuration file')
      .option('--pack', 'of a rule pack instead', false)
      .action((own) => ask('config schema', (options, shell) => configSchema({ ...options, ...own }, shell)));
  }
  if (configImport) {
    const imported = config.command('import').description('a file from what the hub already has');
    imported.action(() => ask('config import', configImport));
  }
}

/** Commands that are about the command line itself. */
function addOwn(program: Program, ask: Ask): void {
  const completion = command(program, 'completion').argument('<shell>', shells.join(', '));
  completion.action((wanted) => {
    const script = completionScript(wanted, program);
    if (script === undefined) throw new Problem('usage', `No completion for ${wanted}: ${shells.join(', ')}.`);
    ask('completion', async () => ({ exitCode: 0, text: script }));
  });
  const help = program.command('help').argument('[topic]');
  help.description(`help on a command, or on ${[...topics.keys()].join(', ')}`).action((topic) => {
    const found = program.commands.find((entry) => entry.name() === topic);
    const text = topic === undefined ? program.helpInformation() : found?.helpInformation();
    const made = topics.get(topic ?? '') ?? (text === undefined ? undefined : async () => text);
    if (made === undefined) {
      const known = [...topics.keys(), ...program.commands.map((entry) => entry.name())].join(', ');
      throw new Problem('usage', `There is no help on ${topic}. There is on: ${known}.`);
    }
    ask('help', async () => ({ exitCode: 0, text: await made() }));
  });
}
