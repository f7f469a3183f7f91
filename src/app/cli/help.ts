// App, the command line: the help pages, drawn from the same specifications that the parser uses.

import { padColumns } from '../terminal/columns.ts';
import { isTextKey, type Text } from '../text/catalogue.ts';
import { type CommandSpec, optionsOf } from './command.ts';

const sentence = (text: Text, key: string): string => (isTextKey(key) ? text(key) : key);

export function overviewHelp(commands: readonly CommandSpec[], text: Text): string {
  const width = Math.max(...commands.map((c) => c.name.length + c.operands.join(' ').length + 1));
  const rows = commands.map(
    (c) => `  ${padColumns([c.name, ...c.operands].join(' '), width)}  ${sentence(text, `command.${c.name}`)}`,
  );
  return [text('help.title'), '', text('help.usage'), '', text('help.commands'), ...rows, '', text('help.footer'), ''].join('\n');
}

export function commandHelp(spec: CommandSpec, text: Text): string {
  const options = Object.entries(optionsOf(spec)).map(([name, option]) => ({
    flag: `--${name}${option.value === undefined ? '' : ` ${option.value}`}`,
    what: sentence(text, option.text),
  }));
  const width = Math.max(...options.map((o) => o.flag.length));
  const lines = [
    `perpscout ${[spec.name, ...spec.operands].join(' ')} — ${sentence(text, `command.${spec.name}`)}`,
    '',
    text('help.options'),
    ...options.map((o) => `  ${o.flag.padEnd(width)}  ${o.what}`),
  ];
  if (spec.examples.length > 0) lines.push('', text('help.examples'), ...spec.examples.map((e) => `  ${e}`));
  return `${lines.join('\n')}\n`;
}
