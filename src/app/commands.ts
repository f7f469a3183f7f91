// App, the command line: every command with its options and examples. A command's own code is loaded when it runs, so that
// help and refusals come at once.
import type { CommandSpec, OptionSpec } from './cli/command.ts';

/** Which market the embedded exchange plays: shared by run, scan and exchange. */
const MARKET_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  symbols: { type: 'string', value: 'N', text: 'option.symbols' },
  seed: { type: 'string', value: 'S', text: 'option.seed' },
  speed: { type: 'string', value: 'X', text: 'option.speed' },
  from: { type: 'string', value: 'ISO', text: 'option.from' },
  recorded: { type: 'string', value: 'DIR', text: 'option.recorded' },
};

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'run',
    operands: [],
    options: {
      mode: { type: 'string', value: 'M', text: 'option.mode' },
      ...MARKET_OPTIONS,
      for: { type: 'string', value: '10m', text: 'option.for' },
      exchange: { type: 'string', value: 'URL', text: 'option.exchange' },
      fresh: { type: 'boolean', text: 'option.fresh' },
      'allow-entries': { type: 'boolean', text: 'option.allowEntries' },
      probe: { type: 'string', value: 'FILE', text: 'option.probe' },
      record: { type: 'string', value: 'FILE', text: 'option.record' },
      json: { type: 'boolean', text: 'option.json' },
    },
    examples: ['perpscout run', 'perpscout run --json --recorded klines/1m --speed 600 --for 48h'],
    run: async (args) => (await import('./commands/run.ts')).run(args),
  },
  {
    name: 'scan',
    operands: [],
    options: {
      ...MARKET_OPTIONS,
      lookback: { type: 'string', value: '24h', text: 'option.lookback' },
      top: { type: 'string', value: '20', text: 'option.top' },
      exchange: { type: 'string', value: 'URL', text: 'option.exchange' },
      json: { type: 'boolean', text: 'option.json' },
    },
    examples: ['perpscout scan', 'perpscout scan --json --from 2025-06-02T16:00Z --lookback 72h --recorded klines/1m'],
    run: async (args) => (await import('./commands/scan.ts')).run(args),
  },
  {
    name: 'exchange',
    operands: [],
    options: {
      port: { type: 'string', value: 'P', text: 'option.port' },
      ...MARKET_OPTIONS,
      balance: { type: 'string', value: 'USDT', text: 'option.balance' },
      fresh: { type: 'boolean', text: 'option.fresh' },
      report: { type: 'boolean', text: 'option.marketReport' },
    },
    examples: [
      'perpscout exchange --port 18080',
      'perpscout exchange --report',
      'perpscout exchange --recorded klines/1m --speed 600',
    ],
    run: async (args) => (await import('./commands/exchange.ts')).run(args),
  },
  {
    name: 'backtest',
    operands: [],
    options: {
      data: { type: 'string', value: 'DIR', text: 'option.data' },
      out: { type: 'string', value: 'DIR', text: 'option.out' },
      symbols: { type: 'string', value: 'A,B', text: 'option.backtestSymbols' },
      from: { type: 'string', value: 'ISO', text: 'option.backtestFrom' },
      to: { type: 'string', value: 'ISO', text: 'option.to' },
      workers: { type: 'string', value: 'N', text: 'option.workers' },
      pair: { type: 'string', value: '15m/1m', text: 'option.pair' },
      funding: { type: 'string', value: 'FILE', text: 'option.funding' },
      balance: { type: 'string', value: 'USDT', text: 'option.backtestBalance' },
      placebos: { type: 'string', value: '10', text: 'option.placebos' },
      seed: { type: 'string', value: 'S', text: 'option.studySeed' },
      variants: { type: 'string', value: 'N', text: 'option.variants' },
      json: { type: 'boolean', text: 'option.json' },
    },
    examples: [
      'perpscout backtest --data klines/1m --out out/backtest',
      'perpscout backtest --data klines/5m --out out/backtest --pair 1h/5m --funding funding.csv.gz',
    ],
    run: async (args) => (await import('./commands/backtest.ts')).run(args),
  },
  {
    name: 'export',
    operands: [],
    options: {
      out: { type: 'string', value: 'DIR', text: 'option.out' },
      kind: { type: 'string', value: 'K', text: 'option.kind' },
      since: { type: 'string', value: 'ISO', text: 'option.since' },
      json: { type: 'boolean', text: 'option.json' },
    },
    examples: ['perpscout export --out out/rows', 'perpscout export --out out/rows --kind signals --since 2026-11-01T00:00Z'],
    run: async (args) => (await import('./commands/export.ts')).run(args),
  },
  {
    name: 'train',
    operands: [],
    options: {
      in: { type: 'string', value: 'DIR', text: 'option.trainIn' },
      out: { type: 'string', value: 'DIR', text: 'option.trainOut' },
      kind: { type: 'string', value: 'K', text: 'option.trainKind' },
      label: { type: 'string', value: 'L', text: 'option.trainLabel' },
      schema: { type: 'string', value: 'HASH8', text: 'option.trainSchema' },
      blind: { type: 'string', value: 'GROUPS', text: 'option.trainBlind' },
      'judge-from': { type: 'string', value: 'ISO', text: 'option.trainJudge' },
      seed: { type: 'string', value: 'S', text: 'option.trainSeed' },
      json: { type: 'boolean', text: 'option.json' },
    },
    examples: [
      'perpscout train --in ml-logs --out models',
      'perpscout train --in out/rows --out models --judge-from 2025-06-10T00:00Z',
    ],
    run: async (args) => (await import('./commands/train.ts')).run(args),
  },
  {
    name: 'verify',
    operands: ['causal'],
    options: {
      input: { type: 'string', value: 'CSV', text: 'option.input' },
      timeframe: { type: 'string', value: '15m', text: 'option.timeframe' },
      json: { type: 'boolean', text: 'option.json' },
    },
    examples: [
      'perpscout verify causal --input BTCUSDT.csv.gz',
      'perpscout verify causal --json --input BTCUSDT.csv.gz --timeframe 15m',
    ],
    run: async (args) => (await import('./commands/verify.ts')).run(args),
  },
  {
    name: 'why',
    operands: ['SYMBOL'],
    options: {
      at: { type: 'string', value: 'ISO', text: 'option.at' },
      json: { type: 'boolean', text: 'option.json' },
    },
    examples: ['perpscout why BTCUSDT', 'perpscout why BTCUSDT --json --at 2025-06-02T16:00Z'],
    run: async (args) => (await import('./commands/why.ts')).run(args),
  },
  {
    name: 'replay',
    operands: [],
    options: {
      journal: { type: 'string', value: 'FILE', text: 'option.journal' },
      at: { type: 'string', value: 'ISO', text: 'option.replayAt' },
      json: { type: 'boolean', text: 'option.json' },
    },
    examples: [
      'perpscout run --record run.journal.gz --speed 600 --for 2h',
      'perpscout replay --journal run.journal.gz',
      'perpscout replay --json --journal run.journal.gz --at 2025-06-02T16:00Z',
    ],
    run: async (args) => (await import('./commands/replay.ts')).run(args),
  },
  {
    name: 'doctor',
    operands: [],
    options: {
      mode: { type: 'string', value: 'M', text: 'option.mode' },
      exchange: { type: 'string', value: 'URL', text: 'option.exchange' },
      json: { type: 'boolean', text: 'option.json' },
    },
    examples: ['perpscout doctor', 'perpscout doctor --mode testnet --json'],
    run: async (args) => (await import('./commands/doctor.ts')).run(args),
  },
  {
    name: 'bench',
    operands: [],
    options: {
      only: { type: 'string', value: 'NAME', text: 'option.only' },
      bursts: { type: 'string', value: '60', text: 'option.bursts' },
      recorded: { type: 'string', value: 'DIR', text: 'option.recorded' },
      seed: { type: 'string', value: 'S', text: 'option.seed' },
      json: { type: 'boolean', text: 'option.json' },
    },
    examples: ['perpscout bench', 'perpscout bench --json --only minuteClose --recorded klines/1m'],
    run: async (args) => (await import('./commands/bench.ts')).run(args),
  },
  {
    name: 'study',
    operands: [],
    options: {
      recorded: { type: 'string', value: 'DIR', text: 'option.recorded' },
      symbols: { type: 'string', value: 'N', text: 'option.studySymbols' },
      days: { type: 'string', value: 'D', text: 'option.studyDays' },
      out: { type: 'string', value: 'DIR', text: 'option.out' },
      placebos: { type: 'string', value: '10', text: 'option.placebos' },
      seed: { type: 'string', value: 'S', text: 'option.studySeed' },
      charts: { type: 'string', value: 'N', text: 'option.charts' },
      rows: { type: 'string', value: 'PASS', text: 'option.rows' },
      choices: { type: 'boolean', text: 'option.choices' },
      pair: { type: 'string', value: '15m/1m', text: 'option.choicesPair' },
      json: { type: 'boolean', text: 'option.json' },
    },
    examples: [
      'perpscout study --recorded klines/1m --out out/study',
      'perpscout study --recorded klines/1m --out out/study --charts 10',
      'perpscout study --choices --recorded klines/5m --pair 15m/5m --out out/choices',
    ],
    run: async (args) => (await import('./commands/study.ts')).run(args),
  },
];
