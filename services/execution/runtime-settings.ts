// Services, room 6: the settings in force. They begin as the `.env` has them; a person may change some while the bot runs, and
// what was changed stands above the `.env` at the next start.
import { type ManagementSettings, UNMANAGED } from '../../src/book/management.ts';
import { isRuntimeSetting, type RuntimeSetting } from '../../src/core/events.ts';
import { type EpochMs, type SymbolId, symbolId } from '../../src/core/units.ts';
import { JournalError } from '../../src/ports/errors.ts';
import type { SettingsStore } from '../../src/ports/settings-store.ts';
import { type RiskSettings, roundTripCostFraction } from '../../src/risk/settings.ts';
import type { ExecutionOptions } from './ports.ts';
import { DEFAULT_WATCH } from './position-watch.ts';

/** The latch of pause is not a setting of this room: it has its own memory. */
export type StoredSetting = Exclude<RuntimeSetting, 'paused' | 'blacklistAdd' | 'blacklistRemove'>;

export interface SettingsInForce {
  readonly risk: RiskSettings;
  readonly management: ManagementSettings;
  readonly drawdownAlertPct: number;
  readonly entryConfirm: 'off' | 'discord';
  readonly blacklist: ReadonlySet<SymbolId>;
}

export type ChangeOutcome =
  | { readonly kind: 'changed'; readonly name: string; readonly before: string; readonly after: string }
  | { readonly kind: 'refused'; readonly name: string; readonly reason: string };

type ConfirmFault = NonNullable<ExecutionOptions['confirmFault']>;

const BLACKLIST = 'BLACKLIST';
const BLACKLIST_LIMIT = 500;

interface Numeric {
  readonly least: (start: SettingsInForce) => number;
  readonly most: number;
  readonly whole: 'whole' | 'any';
  readonly read: (held: SettingsInForce) => number;
  readonly write: (held: SettingsInForce, value: number) => SettingsInForce;
}

const ofRisk = (
  key: 'minConfidence' | 'maxPositions' | 'riskPerTradePct' | 'portfolioHeatPct' | 'dailyLossLimitPct',
  range: Pick<Numeric, 'least' | 'most' | 'whole'>,
): Numeric => ({
  ...range,
  read: (held) => held.risk[key],
  write: (held, value) => ({ ...held, risk: { ...held.risk, [key]: value } }),
});
const from = (least: number) => (): number => least;

/** Ranges are those of the `.env`; the score may not fall below that of the start, because nothing is emitted below it. */
const NUMBERS: Readonly<Record<Exclude<StoredSetting, 'ENTRY_CONFIRM'>, Numeric>> = {
  MIN_CONFIDENCE: ofRisk('minConfidence', { least: (start) => start.risk.minConfidence, most: 100, whole: 'any' }),
  MAX_POSITIONS: ofRisk('maxPositions', { least: from(1), most: 20, whole: 'whole' }),
  RISK_PER_TRADE_PCT: ofRisk('riskPerTradePct', { least: from(0.01), most: 100, whole: 'any' }),
  PORTFOLIO_HEAT_PCT: ofRisk('portfolioHeatPct', { least: from(0.01), most: 100, whole: 'any' }),
  DAILY_LOSS_LIMIT_PCT: ofRisk('dailyLossLimitPct', { least: from(0.1), most: 100, whole: 'any' }),
  DRAWDOWN_ALERT_PCT: {
    least: from(0.1),
    most: 100,
    whole: 'any',
    read: (held) => held.drawdownAlertPct,
    write: (held, value) => ({ ...held, drawdownAlertPct: value }),
  },
  PARTIAL_TAKE_PCT: {
    least: from(0),
    most: 1000,
    whole: 'any',
    read: (held) => held.management.partialTakePct,
    write: (held, value) => ({ ...held, management: { ...held.management, partialTakePct: value } }),
  },
};

const isNumeric = (name: string): name is keyof typeof NUMBERS => name in NUMBERS;
const symbolsIn = (text: string): SymbolId[] =>
  text
    .split(',')
    .filter((name) => name !== '')
    .map((name) => symbolId(name));

export class RuntimeSettings {
  readonly #start: SettingsInForce;
  readonly #store: SettingsStore | null;
  readonly #confirmFault: ConfirmFault;
  #held: SettingsInForce;

  constructor(start: SettingsInForce, store: SettingsStore | null, confirmFault: ConfirmFault = () => null) {
    this.#start = start;
    this.#held = start;
    this.#store = store;
    this.#confirmFault = confirmFault;
  }

  get inForce(): SettingsInForce {
    return this.#held;
  }

  /** What people see: every name that may be changed, with its value. */
  get view(): ReadonlyMap<string, string> {
    const numbers = Object.entries(NUMBERS).map(([name, { read }]): [string, string] => [name, String(read(this.#held))]);
    return new Map([...numbers, ['ENTRY_CONFIRM', this.#held.entryConfirm], [BLACKLIST, [...this.#held.blacklist].join(',')]]);
  }

  /** Changes of earlier runs. One that the `.env` of today does not allow any more is left out, with its reason. */
  restore(): readonly Extract<ChangeOutcome, { kind: 'refused' }>[] {
    const refused: Extract<ChangeOutcome, { kind: 'refused' }>[] = [];
    for (const [name, value] of this.#store?.load() ?? []) {
      if (name === BLACKLIST) {
        this.#held = { ...this.#held, blacklist: new Set(symbolsIn(value)) };
        continue;
      }
      if (!isRuntimeSetting(name)) continue;
      const next = this.#confirmable(name, value, 'ever') ?? this.#with(name, value);
      if (typeof next === 'string') refused.push({ kind: 'refused', name, reason: next });
      else this.#held = next;
    }
    return refused;
  }

  /** Durable before it counts: a change that could not be written is refused. */
  change(
    asked: { readonly name: RuntimeSetting; readonly value: string },
    by: { readonly name: string; readonly at: EpochMs },
  ): ChangeOutcome {
    const listed = asked.name === 'blacklistAdd' || asked.name === 'blacklistRemove';
    const name = listed ? BLACKLIST : asked.name;
    const next = this.#confirmable(asked.name, asked.value, 'now') ?? this.#with(asked.name, asked.value);
    if (typeof next === 'string') return { kind: 'refused', name, reason: next };
    const before = this.view.get(name) ?? '';
    const held = this.#held;
    this.#held = next;
    const after = this.view.get(name) ?? '';
    try {
      this.#store?.save({ name, value: after, by: by.name, at: by.at });
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      this.#held = held;
      return { kind: 'refused', name, reason: `it could not be written: ${error.message}` };
    }
    return { kind: 'changed', name, before, after };
  }

  /** Entries that wait for a person where no person can be reached would never be made: that is not what anybody means. */
  #confirmable(name: RuntimeSetting, value: string, when: 'ever' | 'now'): string | null {
    return name === 'ENTRY_CONFIRM' && value === 'discord' ? this.#confirmFault(when) : null;
  }

  #with(name: RuntimeSetting, value: string): SettingsInForce | string {
    if (isNumeric(name)) return this.#withNumber(NUMBERS[name], value);
    switch (name) {
      case 'ENTRY_CONFIRM':
        return value === 'off' || value === 'discord' ? { ...this.#held, entryConfirm: value } : 'off or discord';
      case 'blacklistAdd':
        return this.#listed([...this.#held.blacklist, symbolId(value)], value);
      case 'blacklistRemove':
        if (!this.#held.blacklist.has(symbolId(value))) return `${value} is not on the blacklist`;
        return this.#listed(
          [...this.#held.blacklist].filter((symbol) => symbol !== value),
          value,
        );
      case 'paused':
        return 'pause and resume are commands';
    }
  }

  #listed(symbols: readonly SymbolId[], asked: string): SettingsInForce | string {
    if (asked === '' || asked.includes(',')) return 'one symbol';
    if (symbols.length > BLACKLIST_LIMIT) return `at most ${BLACKLIST_LIMIT} symbols`;
    return { ...this.#held, blacklist: new Set(symbols) };
  }

  #withNumber(rule: Numeric, text: string): SettingsInForce | string {
    const value = Number(text);
    const least = rule.least(this.#start);
    const inRange = text.trim() !== '' && Number.isFinite(value) && value >= least && value <= rule.most;
    if (!inRange || (rule.whole === 'whole' && !Number.isInteger(value)))
      return `a ${rule.whole === 'whole' ? 'whole ' : ''}number from ${least} to ${rule.most}`;
    return rule.write(this.#held, value);
  }
}

/** As the composition root has them: from the `.env`. */
export function settingsAtStart(options: ExecutionOptions): SettingsInForce {
  const { settings: risk, watch = DEFAULT_WATCH, entryConfirm = 'off' } = options;
  const management = options.management ?? { ...UNMANAGED, roundTripCostFraction: roundTripCostFraction(risk) };
  return { risk, management, drawdownAlertPct: watch.drawdownAlertPct, entryConfirm, blacklist: new Set() };
}
