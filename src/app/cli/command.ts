// App, the command line: what a command is, and how its options are read. Anything unknown is refused with exit code 2 and
// one line that says what was found and what is allowed.
import { parseArgs } from 'node:util';
import type { TimeframePair } from '../../../strategy/strategy.ts';
import { isTimeframe, parseDurationMs, parseInstant, timeframeMs } from '../../core/timeframe.ts';
import type { EpochMs } from '../../core/units.ts';
import { StartError } from '../../ports/errors.ts';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** What the value is called in the help, e.g. DIR. */
  readonly value?: string;
  /** Key of the sentence in the text catalogue. */
  readonly text: string;
}

export interface CommandSpec {
  readonly name: string;
  /** Arguments besides options, e.g. "SYMBOL". */
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Two or three invocations worth copying. */
  readonly examples: readonly string[];
  run(args: ParsedArgs): Promise<number>;
}

const ALWAYS: Readonly<Record<string, OptionSpec>> = { help: { type: 'boolean', text: 'option.help' } };
export const optionsOf = (spec: CommandSpec): Readonly<Record<string, OptionSpec>> => ({ ...spec.options, ...ALWAYS });

/** A trend timeframe that whole entry bars fold into. */
function parsePair(text: string): TimeframePair | null {
  const [trend = '', entry = '', ...rest] = text.split('/');
  if (!isTimeframe(trend) || !isTimeframe(entry) || rest.length > 0) return null;
  const [long, short] = [timeframeMs(trend), timeframeMs(entry)];
  return long > short && long % short === 0 ? { trend, entry } : null;
}

export class ParsedArgs {
  readonly #command: string;
  readonly #values: Readonly<Record<string, string | boolean | undefined>>;
  readonly operands: readonly string[];

  constructor(command: string, values: Readonly<Record<string, string | boolean | undefined>>, operands: readonly string[]) {
    this.#command = command;
    this.#values = values;
    this.operands = operands;
  }

  has(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | null {
    const value = this.#values[name];
    return typeof value === 'string' ? value : null;
  }

  #refuse(name: string, found: string, allowed: string): never {
    throw new StartError(2, `perpscout ${this.#command}: --${name} is "${found}"; allowed: ${allowed}`);
  }

  #read<T>(name: string, allowed: string, read: (text: string) => T | null): T | null {
    const found = this.text(name);
    if (found === null) return null;
    return read(found) ?? this.#refuse(name, found, allowed);
  }

  number(name: string, min: number, max: number): number | null {
    return this.#read(name, `a number from ${min} to ${max}`, (text) => {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      return Number.isFinite(value) && value >= min && value <= max ? value : null;
    });
  }

  integer(name: string, min: number, max: number): number | null {
    return this.#read(name, `a whole number from ${min} to ${max}`, (text) => {
      const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : null;
    });
  }

  durationMs(name: string): number | null {
    return this.#read(name, 'a duration such as 90s, 10m, 48h or 7d', parseDurationMs);
  }

  instant(name: string): EpochMs | null {
    return this.#read(name, 'an instant with a zone such as 2025-06-02T16:00Z', parseInstant);
  }

  pair(name: string): TimeframePair | null {
    return this.#read(name, 'trend/entry such as 15m/1m, 1h/5m, 4h/15m', parsePair);
  }

  oneOf<const T extends string>(name: string, options: readonly T[]): T | null {
    return this.#read(name, options.join(' | '), (text) => options.find((option) => option === text) ?? null);
  }
}

/** Reads the words behind the command name. Throws StartError 2. */
export function readArgs(spec: CommandSpec, words: readonly string[]): ParsedArgs {
  const known = optionsOf(spec);
  const options = Object.fromEntries(Object.entries(known).map(([name, { type }]) => [name, { type }]));
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
    if (positionals.length > spec.operands.length) {
      throw new StartError(
        2,
        `perpscout ${spec.name}: unexpected "${positionals[spec.operands.length]}"; see perpscout ${spec.name} --help`,
      );
    }
    return new ParsedArgs(spec.name, values as Record<string, string | boolean | undefined>, positionals);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const reason = error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error);
    throw new StartError(2, `perpscout ${spec.name}: ${reason}; see perpscout ${spec.name} --help`, { cause: error });
  }
}
