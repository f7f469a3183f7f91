// App, the command line: the command named first runs and its number is the exit code. What went wrong is told in one line.
import { StartError, VenueError } from '../../ports/errors.ts';
import { COMMANDS } from '../commands.ts';
import { isLanguage, textIn } from '../text/catalogue.ts';
import { readArgs } from './command.ts';
import { commandHelp, overviewHelp } from './help.ts';

/** Never throws: whatever happened is a line on stderr and an exit code of contract.md §2. */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  try {
    return await dispatch(words);
  } catch (error) {
    // What the venue failed to give at a start is 69; anything nobody foresaw shows where it came from.
    const known = error instanceof StartError || error instanceof VenueError;
    const message = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
    process.stderr.write(`perpscout: ${message}\n`);
    return error instanceof StartError ? error.exitCode : known ? 69 : 1;
  }
}

async function dispatch(words: readonly string[]): Promise<number> {
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
