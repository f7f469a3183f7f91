// App, `perpscout exchange`: the embedded exchange as a process of its own on 127.0.0.1. Its first line on stdout says where.
import { startExchange } from '../../emulator/exchange.ts';
import { StartError } from '../../ports/errors.ts';
import type { CommandSpec, ParsedArgs } from '../cli/command.ts';
import { loadSettings } from '../config.ts';
import { MARKET_OPTIONS, marketChoice, openSource } from '../market-options.ts';

export const exchangeCommand: CommandSpec = {
  name: 'exchange',
  operands: [],
  options: {
    port: { type: 'string', value: 'P', text: 'option.port' },
    ...MARKET_OPTIONS,
    balance: { type: 'string', value: 'USDT', text: 'option.balance' },
    fresh: { type: 'boolean', text: 'option.fresh' },
  },
  examples: ['perpscout exchange --port 18080', 'perpscout exchange --recorded klines/1m --speed 600'],
  run,
};

async function run(args: ParsedArgs): Promise<number> {
  const settings = loadSettings(process.env);
  const choice = marketChoice(args);
  const exchange = await startExchange({
    port: args.integer('port', 0, 65_535) ?? 0,
    source: openSource(choice),
    seed: choice.seed,
    speed: choice.speed ?? 1,
    fromMs: choice.fromMs,
    balanceUsdt: String(args.number('balance', 1, 1e9) ?? 10_000),
    dataDir: settings.DATA_DIR,
    start: args.has('fresh') ? 'fresh' : 'resume',
  }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(/in use|EADDRINUSE/i.test(reason) ? 2 : /another exchange|lock/i.test(reason) ? 79 : 1, reason, { cause: error });
  });
  const { restUrl: rest, wsUrl: ws, apiKey, apiSecret } = exchange;
  process.stdout.write(`${JSON.stringify({ ready: true, rest, ws, apiKey, apiSecret })}\n`);
  await stopAsked();
  await exchange.close();
  return 0;
}

/** A signal, or the end of the pipe from the process that started us: an exchange without its bot saves and goes. */
function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => {
      // Ctrl-C reaches the whole group: a child waits for its bot to finish and close the pipe, else it leaves itself.
      if (process.env['PERPSCOUT_CHILD'] === undefined) resolve();
    });
    if (process.env['PERPSCOUT_CHILD'] !== undefined) {
      process.stdin.on('end', () => resolve());
      process.stdin.on('close', () => resolve());
      process.stdin.resume();
    }
  });
}
