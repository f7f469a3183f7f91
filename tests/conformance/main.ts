// Conformance, the process: `npm run conformance -- DIR [DIR…] [--json]`.
import { conformance } from './command.ts';

process.exitCode = conformance(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
});
