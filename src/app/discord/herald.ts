// App, Discord: tells the channel. Every notice becomes a card or nothing; people choose aloud, silent or off per event, and what
// is critical goes out aloud whatever they chose. It returns at once and never throws: a card is never worth a trade.
import type { Overview, Tally } from '../../../services/overview.ts';
import type { Notice } from '../../core/notice.ts';
import { DAY_MS } from '../../core/timeframe.ts';
import { epochMs } from '../../core/units.ts';
import type { Card, ChatOutlet, Post } from '../../ports/chat.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { NotifyName } from './chat-settings.ts';
import { textOf } from './notice-fields.ts';
import { NoticePictures } from './notice-pictures.ts';
import { scanCard, type TraceOf } from './scan-card.ts';
import { digestCard, SYSTEM_CARDS } from './system-notices.ts';
import { TRADE_CARDS } from './trade-notices.ts';
import { type DeskRoom, readerOf } from './turn.ts';
import type { Reader } from './wording.ts';

/** Which switch an event hangs on; events that are not here are for machines. */
const SWITCH: Readonly<Record<string, NotifyName>> = {
  opened: 'OPENED',
  protected: 'PROTECTED',
  stopMoved: 'STOP_MOVED',
  partial: 'PARTIAL',
  profitSuggestion: 'PROFIT',
  riskLevel: 'RISK',
  closed: 'CLOSED',
  entryRequest: 'ENTRY_REQUEST',
  entryAnswered: 'ENTRY_REQUEST',
  virtualOpened: 'VIRTUAL',
  virtualClosed: 'VIRTUAL',
  balance: 'BALANCE',
  drawdown: 'DRAWDOWN',
  level: 'LEVEL',
  alarm: 'TROUBLE',
  setting: 'SETTING',
  ready: 'START',
  stopped: 'START',
};
/** Happen once in a trade or a signal: their card's id needs no time. */
const ONCE = new Set(['opened', 'protected', 'closed', 'entryRequest', 'entryAnswered', 'virtualOpened', 'virtualClosed']);
/** Dropped first when too many wait. */
const LOW = new Set(['protected', 'virtualOpened', 'virtualClosed', 'balance', 'setting']);
const PANEL_EVERY_MS = 15_000;

export class Herald implements Notifier {
  readonly #room: DeskRoom;
  readonly #outlet: ChatOutlet;
  readonly #logger: Logger;
  readonly #reader: Reader;
  readonly #pictures: NoticePictures;
  #panelMs = Number.NEGATIVE_INFINITY;
  #day: { readonly number: number; readonly tally: Tally } | null = null;

  constructor(room: DeskRoom, outlet: ChatOutlet, logger: Logger) {
    this.#room = room;
    this.#outlet = outlet;
    this.#logger = logger;
    this.#reader = readerOf(room.parts, room.parts.settings.APP_LANG);
    this.#pictures = new NoticePictures(room, this.#reader);
  }

  publish(notice: Notice): void {
    try {
      this.#room.watch.publish(notice);
      this.#pictures.hear(notice);
      this.#tell(notice);
    } catch (error) {
      this.#logger.error({ error, event: notice.event }, 'a card could not be drawn');
    }
  }

  async flush(): Promise<void> {}

  #tell(notice: Notice): void {
    const name = SWITCH[notice.event];
    const draw = TRADE_CARDS.get(notice.event) ?? SYSTEM_CARDS.get(notice.event);
    if (name === undefined || draw === undefined) return;
    const critical = notice.severity === 'critical';
    const level = this.#room.chat.levelOf(name, this.#room.parts.wallClock.epoch());
    if (level === 'off' && !critical) return;
    const card = draw(this.#reader, notice, this.#room.parts.rateOf);
    const post: Post = {
      id: idOf(notice),
      card: this.#stamped(card),
      urgency: critical ? 'critical' : LOW.has(notice.event) ? 'low' : 'normal',
      sound: critical || level === 'on' ? 'on' : 'silent',
      mergeKey: critical ? null : mergeKeyOf(notice),
      panel: null,
    };
    const picture = this.#pictures.of(notice);
    this.#outlet.post(picture === null ? post : { ...post, picture });
  }

  #stamped(card: Card): Card {
    return { ...card, atMs: epochMs(this.#room.parts.wallClock.epoch()) };
  }

  /** The panel is drawn anew and edited in place; a day's sums are told when the market's day is over. */
  onMinute(overview: () => Overview): void {
    const { parts, chat } = this.#room;
    const nowMs = parts.wallClock.now();
    if (nowMs - this.#panelMs < PANEL_EVERY_MS) return;
    this.#panelMs = nowMs;
    try {
      const seen = overview();
      this.#digest(seen);
      if (chat.levelOf('SCAN', parts.wallClock.epoch()) === 'off') return;
      const traceOf: TraceOf = (signal) => parts.traces.at(signal.symbol, signal.barCloseMs);
      const card = scanCard(this.#reader, { overview: seen, traceOf, setups: [], rateOf: parts.rateOf }, 0);
      const bar = seen.scan?.barOpenMs ?? seen.marketNow;
      this.#outlet.post({
        id: `scan:${bar}`,
        card: this.#stamped(card),
        urgency: 'low',
        sound: 'silent',
        mergeKey: 'scan',
        panel: 'scan',
      });
    } catch (error) {
      this.#logger.error({ error }, 'the panel could not be drawn');
    }
  }

  #digest({ marketNow, tally }: Overview): void {
    const number = Math.floor(marketNow / DAY_MS);
    const before = this.#day;
    if (before?.number === number) return;
    this.#day = { number, tally };
    if (before === null) return;
    const { parts, chat } = this.#room;
    const level = chat.levelOf('DIGEST', parts.wallClock.epoch());
    if (level === 'off') return;
    const day = new Date(before.number * DAY_MS).toISOString().slice(0, 10);
    this.#outlet.post({
      id: `digest:${day}`,
      card: this.#stamped(digestCard(this.#reader, day, since(tally, before.tally))),
      urgency: 'normal',
      sound: level === 'on' ? 'on' : 'silent',
      mergeKey: null,
      panel: null,
    });
  }
}

const since = (now: Tally, then: Tally): Tally => ({
  minutes: now.minutes - then.minutes,
  signals: now.signals - then.signals,
  opened: now.opened - then.opened,
  closed: now.closed - then.closed,
  wins: now.wins - then.wins,
  netPnlUsdt: now.netPnlUsdt - then.netPnlUsdt,
  virtualOpened: now.virtualOpened - then.virtualOpened,
  virtualClosed: now.virtualClosed - then.virtualClosed,
});

const subjectOf = (notice: Notice): string =>
  ['tradeId', 'signalId', 'code', 'name'].map((field) => textOf(notice, field)).find((found) => found !== null) ?? '';

/** The same happening gives the same id after a crash. */
const idOf = (notice: Notice): string =>
  [notice.event, subjectOf(notice), ...(ONCE.has(notice.event) ? [] : [notice.at])].join(':');

/** Repeats that still wait become one, with a count. */
function mergeKeyOf(notice: Notice): string | null {
  switch (notice.event) {
    case 'alarm':
    case 'riskLevel':
    case 'profitSuggestion':
      return `${notice.event}:${subjectOf(notice)}`;
    case 'balance':
      return 'balance';
    default:
      return null;
  }
}
