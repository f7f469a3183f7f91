// App, the door: the words behind `perpscout` go in, the exit code comes out.
import { runCommandLine } from './app/cli/command-line.ts';

process.exitCode = await runCommandLine(process.argv.slice(2));
