// App, the door: the command named on the line runs and its number is the exit code. What went wrong is told in one line.

import { readArgs } from './app/cli/command.ts';
import { commandHelp, overviewHelp } from './app/cli/help.ts';
import { COMMANDS } from './app/commands.ts';
import { isLanguage, textIn } from './app/text/catalogue.ts';
import { StartError, VenueError } from './ports/errors.ts';

async function main(words: readonly string[]): Promise<number> {
  const language = process.env['APP_LANG'] ?? 'zh-TW';
  const text = textIn(isLanguage(language) ? language : 'zh-TW');
  const [name, ...rest] = words;
  if (name === undefined || name === '--help' || name === 'help') {
    process.stdout.write(overviewHelp(COMMANDS, text));
    return name === undefined ? 2 : 0;
  }
  const spec = COMMANDS.find((command) => command.name === name);
  if (spec === undefined) {
    throw new StartError(2, `unknown command "${name}"; commands: ${COMMANDS.map((command) => command.name).join(', ')}`);
  }
  const args = readArgs(spec, rest);
  if (args.has('help')) {
    process.stdout.write(commandHelp(spec, text));
    return 0;
  }
  return spec.run(args);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // What the venue failed to give at a start is 69; anything nobody foresaw shows where it came from.
  const known = error instanceof StartError || error instanceof VenueError;
  const message = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`perpscout: ${message}\n`);
  process.exitCode = error instanceof StartError ? error.exitCode : known ? 69 : 1;
}
