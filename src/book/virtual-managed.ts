// Book: a shown virtual position under the rules of management. It sees what a real one sees: closed bars, the stop as it stood
// when the bar began, and a new stop only for the bar after.
import type { Bar } from '../core/market.ts';
import type { ManagedExit, ManagedVirtual, VirtualTrade } from '../core/trade.ts';
import { type EpochMs, sideSign } from '../core/units.ts';
import { type ManagementSettings, manage, type TrendFacts } from './management.ts';
import type { VirtualStep } from './virtual.ts';

export interface ManagedBar {
  readonly bar: Bar;
  readonly closeMs: EpochMs;
  readonly trend: TrendFacts | null;
}

type Entered = VirtualTrade & { readonly entry: NonNullable<VirtualTrade['entry']> };

const grossR = (trade: Entered, price: number): number =>
  ((price - trade.entry.price) * sideSign(trade.side)) / trade.plannedRisk;

function ended(trade: Entered, managed: ManagedVirtual, exit: Omit<ManagedExit, 'netR'>): ManagedVirtual {
  const last = grossR(trade, exit.price);
  const whole = managed.partialR === null ? last : (managed.partialR + last) / 2;
  return { ...managed, exit: { ...exit, netR: whole - trade.costR } };
}

/** A moved stop inside the bar, or null; a gap through it fills at the open, as the plan's does. */
function stoppedAt(trade: Entered, managed: ManagedVirtual, bar: Bar): number | null {
  const sign = sideSign(trade.side);
  const worst = trade.side === 'long' ? bar.low : bar.high;
  if ((worst - managed.stop) * sign > 0) return null;
  return (bar.open - managed.stop) * sign < 0 ? bar.open : managed.stop;
}

function managedOn(
  trade: Entered,
  managed: ManagedVirtual,
  { bar, closeMs, trend }: ManagedBar,
  settings: ManagementSettings,
): ManagedVirtual {
  const { side, plannedRisk: risk } = trade;
  const partial = managed.partialR === null ? ('open' as const) : ('taken' as const);
  const facts = { side, entry: trade.entry.price, risk, stop: managed.stop, openedMs: trade.entry.atMs, partial };
  let held = managed;
  for (const act of manage(facts, bar, trend, settings)) {
    switch (act.kind) {
      case 'exit':
        return ended(trade, held, { reason: 'reversal', price: bar.close, atMs: closeMs });
      case 'partial':
        held = { ...held, partialR: grossR(trade, bar.close) };
        break;
      case 'moveStop':
        held = { ...held, stop: act.price, cause: act.cause };
    }
  }
  return held;
}

/** What the bar that made this step did to the managed position; unchanged where there is none, or none any more. */
export function stepManaged(
  before: VirtualTrade,
  step: Exclude<VirtualStep, { kind: 'early' }>,
  bar: ManagedBar,
  settings: ManagementSettings,
): ManagedVirtual | undefined {
  const { trade } = step;
  if (trade.role !== 'shown' || trade.entry === null || before.managed?.exit) return before.managed;
  const entered = { ...trade, entry: trade.entry };
  const managed = before.managed ?? { stop: trade.stop, cause: 'plan' as const, partialR: null, exit: null };
  const stopPrice = stoppedAt(entered, managed, bar.bar);
  if (stopPrice !== null) {
    const reason = managed.cause === 'plan' ? ('stop' as const) : managed.cause;
    return ended(entered, managed, { reason, price: stopPrice, atMs: bar.closeMs });
  }
  if (step.kind === 'closed')
    return ended(entered, managed, { reason: step.outcome.exit, price: step.outcome.exitPrice, atMs: bar.closeMs });
  return managedOn(entered, managed, bar, settings);
}
