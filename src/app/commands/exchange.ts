// App, `perpscout exchange`: the embedded exchange as a process of its own on 127.0.0.1. Its first line on stdout says where.
import { StartError } from '../../ports/errors.ts';
import type { ParsedArgs } from '../cli/command.ts';
import { loadSettings } from '../config.ts';
import { marketFiguresText } from '../market-figures.ts';
import { marketChoice, openSource } from '../market-options.ts';

export async function run(args: ParsedArgs): Promise<number> {
  const settings = loadSettings(process.env);
  const choice = marketChoice(args);
  if (args.has('report')) {
    process.stdout.write(marketFiguresText(openSource(choice)));
    return 0;
  }
  const port = args.integer('port', 0, 65_535) ?? 0;
  const source = openSource(choice);
  // Loaded last, so that a refusal comes at once.
  const { startExchange } = await import('../../emulator/exchange.ts');
  const exchange = await startExchange({
    port,
    source,
    seed: choice.seed,
    speed: choice.speed ?? 1,
    fromMs: choice.fromMs,
    balanceUsdt: String(args.number('balance', 1, 1e9) ?? 10_000),
    dataDir: settings.DATA_DIR,
    start: args.has('fresh') ? 'fresh' : 'resume',
    // Beside a bot of its own the market waits for it, so that two runs begin at the same instant.
    begin: isChild() ? 'whenAttached' : 'running',
    onFailure: (error) => process.stderr.write(`exchange: ${error instanceof Error ? error.message : String(error)}\n`),
  }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(/in use|EADDRINUSE/i.test(reason) ? 2 : /another exchange|lock/i.test(reason) ? 79 : 1, reason, {
      cause: error,
    });
  });
  const { restUrl: rest, wsUrl: ws, apiKey, apiSecret } = exchange;
  process.stdout.write(`${JSON.stringify({ ready: true, rest, ws, apiKey, apiSecret })}\n`);
  await stopAsked();
  await exchange.close();
  return 0;
}

const isChild = (): boolean => process.env['PERPSCOUT_CHILD'] !== undefined;

/** A signal, or the end of the pipe from the process that started us: an exchange without its bot saves and goes. */
function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => {
      // Ctrl-C reaches the whole group: a child waits for its bot to finish and close the pipe, else it leaves itself.
      if (!isChild()) resolve();
    });
    if (isChild()) {
      process.stdin.on('end', () => resolve());
      process.stdin.on('close', () => resolve());
      process.stdin.resume();
    }
  });
}
