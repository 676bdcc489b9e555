/** Completion scripts, made from the command tree: nothing is run while a person types. */
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

export const shells = ['bash', 'zsh', 'fish'] as const;

interface Words {
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly flags: readonly { readonly flag: string; readonly summary: string; readonly value: boolean }[];
}

const name = 'acm-observability';

/** `undefined` for a shell there is no script for. */
export function completionScript(shell: string, program: CommandUnknownOpts): string | undefined {
  const words = wordsOf(program);
  if (shell === 'bash') return bash(words);
  if (shell === 'zsh') return zsh(words);
  return shell === 'fish' ? fish(words) : undefined;
}

function wordsOf(program: CommandUnknownOpts): Words {
  const own = program.commands.flatMap((command) => command.options);
  const flags = new Map([...program.options, ...own].map((option) => [option.long ?? option.flags, option]));
  return {
    commands: program.commands.map((command) => ({ name: command.name(), summary: command.description() })),
    flags: [...flags].map(([flag, option]) => ({
      flag,
      summary: option.description,
      value: option.required || option.optional,
    })),
  };
}

function bash({ commands, flags }: Words): string {
  const values = flags.filter((entry) => entry.value).map((entry) => entry.flag);
  return `# bash completion for ${name}
_acm_observability() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  case $before in
    ${values.join('|')}) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "${flags.map((entry) => entry.flag).join(' ')}" -- "$current"))
  else
    COMPREPLY=($(compgen -W "${commands.map((entry) => entry.name).join(' ')}" -- "$current"))
  fi
}
complete -F _acm_observability ${name}
`;
}

function zsh({ commands, flags }: Words): string {
  const quoted = (text: string) => text.replace(/['[\]:\\]/g, ' ');
  const described = commands.map((entry) => `    '${entry.name}:${quoted(entry.summary)}'`);
  const options = flags.map(
    (entry) => `    '${entry.flag}[${quoted(entry.summary)}]${entry.value ? ':value:_files' : ''}'`,
  );
  return `#compdef ${name}
_acm_observability() {
  local -a commands options
  commands=(
${described.join('\n')}
  )
  options=(
${options.join('\n')}
  )
  _arguments -s $options '1: :{_describe command commands}' '*: :_files'
}
compdef _acm_observability ${name}
`;
}

function fish({ commands, flags }: Words): string {
  const quoted = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`;
  return [
    `# fish completion for ${name}`,
    ...commands.map(
      (entry) => `complete -c ${name} -n __fish_use_subcommand -f -a ${entry.name} -d ${quoted(entry.summary)}`,
    ),
    ...flags
      .filter((entry) => entry.flag.startsWith('--'))
      .map(
        ({ flag, summary, value }) =>
          `complete -c ${name} -l ${flag.slice(2)}${value ? ' -r' : ''} -d ${quoted(summary)}`,
      ),
    '',
  ].join('\n');
}
