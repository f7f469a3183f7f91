// Services, room 6: what a person asked for. Whether that person may ask was settled before the command became an event.
import { breakEvenRefusal } from '../../src/book/lifecycle-manage.ts';
import type { LiveTrade } from '../../src/book/lifecycle-types.ts';
import type { Command } from '../../src/core/events.ts';
import type { Mark } from '../../src/core/market.ts';
import type { SymbolId } from '../../src/core/units.ts';
import type { EntryDesk } from './entry-desk.ts';
import type { Latches } from './latches.ts';
import { alarmNotice, settingNotice } from './notices.ts';
import type { ExecutionPorts } from './ports.ts';
import type { RuntimeSettings, SettingsInForce } from './runtime-settings.ts';
import type { StrangerGuard } from './stranger-guard.ts';
import type { TradeDesk } from './trade-desk.ts';

export interface CommandParts {
  readonly ports: ExecutionPorts;
  readonly desk: TradeDesk;
  readonly strangers: Pick<StrangerGuard, 'close' | 'closeAll'>;
  readonly entries: EntryDesk;
  readonly latches: Latches;
  readonly settings: RuntimeSettings;
  readonly marks: ReadonlyMap<SymbolId, Mark>;
  readonly onSettings: (settings: SettingsInForce) => void;
}

export class CommandDesk {
  readonly #parts: CommandParts;

  constructor(parts: CommandParts) {
    this.#parts = parts;
  }

  onCommand(command: Command, by: string): void {
    const { ports, desk, entries, latches } = this.#parts;
    ports.logger.info({ command: command.kind, by }, 'command');
    switch (command.kind) {
      case 'pause':
        latches.set('pause', command.reason);
        return;
      case 'resume':
        latches.resume();
        return;
      case 'close':
        desk.hearAbout(command.symbol, { kind: 'wantExit', exitClass: 'command' });
        this.#parts.strangers.close(command.symbol);
        return;
      case 'breakEven':
        this.#breakEven(command.symbol);
        return;
      case 'closeHalf':
        this.#closeHalf(command.symbol);
        return;
      case 'confirmEntry':
        entries.confirm(command.signalId, by);
        return;
      case 'skipEntry':
        entries.skip(command.signalId, by);
        return;
      case 'set':
        this.#set(command, by);
        return;
      case 'panic':
        this.#panic(by);
        return;
      case 'stop':
        // Positions keep their stop and target on the venue; handover() tells what is not looked after.
        return;
    }
  }

  /** Panic means flat, also what a start finds open because its predecessor was killed before it could close anything (K26). */
  keepPanic(): void {
    const { latches, desk, strangers } = this.#parts;
    if (!latches.has('panic')) return;
    for (const trade of desk.holding())
      if (trade.exit.wanted === null) desk.hear(trade.plan.tradeId, { kind: 'wantExit', exitClass: 'command' });
    strangers.closeAll();
  }

  #panic(by: string): void {
    const { latches, desk, strangers } = this.#parts;
    latches.set('panic', `asked for by ${by}`);
    this.#tell('panic', 'panic: every position is being closed, nothing new is opened');
    desk.hearAll({ kind: 'wantExit', exitClass: 'command' });
    strangers.closeAll();
  }

  #breakEven(symbol: SymbolId): void {
    const trade = this.#held(symbol);
    const mark = this.#parts.marks.get(symbol)?.markPrice ?? Number.NaN;
    const refusal = trade === undefined ? 'there is no open position' : breakEvenRefusal(trade, mark);
    if (refusal === null) this.#parts.desk.hearAbout(symbol, { kind: 'wantBreakEven' });
    else this.#tell('commandRefused', `${symbol}: break-even: ${refusal}`);
  }

  #closeHalf(symbol: SymbolId): void {
    this.#parts.desk.hearAbout(symbol, { kind: 'wantHalf' });
    const trade = this.#held(symbol);
    const begun = trade !== undefined && trade.management.partial.state !== 'none';
    if (!begun)
      this.#tell('commandRefused', `${symbol}: half: nothing is open, it is too small to be halved, or it is being closed`);
  }

  #held(symbol: SymbolId): LiveTrade | undefined {
    return this.#parts.desk.all().find((trade) => trade.plan.symbol === symbol && trade.position.holding === 'open');
  }

  #set(command: Extract<Command, { kind: 'set' }>, by: string): void {
    const { settings, ports, onSettings } = this.#parts;
    if (command.name === 'paused') {
      this.#setPaused(command.value, by);
      return;
    }
    const outcome = settings.change(command, { name: by, at: ports.wallClock.epoch() });
    const at = ports.marketClock.now();
    if (outcome.kind === 'refused') {
      const { name, reason } = outcome;
      ports.notifier.publish(settingNotice({ name, before: null, after: null, by, refused: reason }, at));
      return;
    }
    const { name, before, after } = outcome;
    onSettings(settings.inForce);
    ports.notifier.publish(settingNotice({ name, before, after, by, refused: null }, at));
  }

  #setPaused(value: string, by: string): void {
    const { latches } = this.#parts;
    if (value === 'on') latches.set('pause', `asked for by ${by}`);
    else if (value === 'off') latches.lift('pause');
    else this.#tell('commandRefused', `paused is on or off, not "${value}"`);
  }

  #tell(code: string, text: string): void {
    this.#parts.ports.notifier.publish(alarmNotice(code, text, this.#parts.ports.marketClock.now()));
  }
}
