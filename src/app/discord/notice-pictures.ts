// App, Discord: the chart that goes with an entry request and with an opened or closed trade. The prices of the plan are remembered from its opening, because
// a closed trade is in no list any more.
import type { Notice } from '../../core/notice.ts';
import type { CardFile } from '../../ports/chat.ts';
import type { PlannedPrices } from './live-chart.ts';
import { isSide, numberOf, symbolOfNotice, textOf } from './notice-fields.ts';
import { chartFile } from './picture-desk.ts';
import type { DeskRoom } from './turn.ts';
import type { Reader } from './wording.ts';

const ILLUSTRATED: ReadonlySet<string> = new Set(['entryRequest', 'opened', 'closed']);
const REMEMBERED = 200;
/** A card does not wait longer for its picture. */
const PATIENCE_MS = 3_000;

export class NoticePictures {
  readonly #room: DeskRoom;
  readonly #reader: Reader;
  readonly #plans = new Map<string, PlannedPrices>();

  constructor(room: DeskRoom, reader: Reader) {
    this.#room = room;
    this.#reader = reader;
  }

  hear(notice: Notice): void {
    const tradeId = textOf(notice, 'tradeId');
    const plan = notice.event === 'opened' ? planOf(notice) : null;
    if (tradeId === null || plan === null) return;
    this.#plans.set(tradeId, plan);
    const oldest = this.#plans.keys().next();
    if (this.#plans.size > REMEMBERED && oldest.done !== true) this.#plans.delete(oldest.value);
  }

  /** Null where the notice has no picture; the promise gives null where it could not be drawn in time. */
  of(notice: Notice): Promise<CardFile | null> | null {
    if (!ILLUSTRATED.has(notice.event)) return null;
    const remembered = this.#plans.get(textOf(notice, 'tradeId') ?? '') ?? null;
    const plan = notice.event === 'entryRequest' ? planOf(notice) : remembered;
    const drawn = chartFile(this.#room, this.#reader, { symbol: symbolOfNotice(notice), timeframe: null, plan });
    return this.#inTime(drawn);
  }

  #inTime(drawn: Promise<CardFile | string | null>): Promise<CardFile | null> {
    const { after } = this.#room.parts.wallClock;
    return new Promise((resolve) => {
      const cancel = after(PATIENCE_MS, () => resolve(null));
      const settle = (file: CardFile | string | null): void => {
        cancel();
        resolve(typeof file === 'string' ? null : file);
      };
      drawn.then(settle, () => settle(null));
    });
  }
}

function planOf(notice: Notice): PlannedPrices | null {
  const [entry, stop, target] = ['entry', 'stop', 'target'].map((name) => numberOf(notice, name));
  const side = notice['side'];
  if (entry == null || stop == null || target == null || !isSide(side)) return null;
  return { side, entry, stop, target, atMs: notice.at, zone: null };
}
