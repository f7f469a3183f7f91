// App, Discord: pictures for cards. One that cannot be drawn costs the picture, never the answer.
import type { SignalView } from '../../../services/overview.ts';
import { isTimeframe, type Timeframe } from '../../core/timeframe.ts';
import { symbolId } from '../../core/units.ts';
import type { Card, CardFile } from '../../ports/chat.ts';
import { balanceCurve, netCurve, type PictureFrame, reliabilityPicture } from './account-pictures.ts';
import { button, cardOf, withPicture } from './card.ts';
import { liveChart, type PlannedPrices } from './live-chart.ts';
import type { DeskRoom } from './turn.ts';
import type { Reader } from './wording.ts';

/** Names of files are ASCII, whatever the contract is called, and differ from picture to picture. */
const fileName = (kind: string, subject: string, ms: number): string =>
  `${kind}-${subject.replace(/[^A-Za-z0-9]/g, '') || 'x'}-${Math.floor(ms / 1000)}.png`;

async function drawn(bytes: Promise<Uint8Array>, file: Omit<CardFile, 'bytes'>): Promise<CardFile | string> {
  try {
    return { ...file, bytes: await bytes };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The picture in the card, or a line that says it is missing. */
async function illustrated(reader: Reader, card: Card, file: Promise<CardFile | string>): Promise<Card> {
  const found = await file;
  if (typeof found !== 'string') return withPicture(card, found);
  const missing = reader.text('dc.chart.failed');
  return { ...card, description: card.description === null ? missing : `${card.description}\n-# ${missing}` };
}

export interface ChartQuestion {
  readonly symbol: string;
  /** Null: that of the entries. */
  readonly timeframe: string | null;
  /** Left out: what is known of the contract now. */
  readonly plan?: PlannedPrices | null;
}

/** What the picture shows besides candles: the running position, else the newest signal of the last few hours. */
export function plannedOf({ parts }: DeskRoom, symbol: string): PlannedPrices | null {
  const overview = parts.overview();
  const position = overview.positions.find((open) => open.symbol === symbol);
  if (position !== undefined) {
    const { side, entry, stop, target, openedMs } = position;
    return { side, entry, stop, target, atMs: openedMs, zone: null };
  }
  const signal = overview.recentSignals.find((recent) => recent.symbol === symbol);
  return signal === undefined ? null : signalPrices(parts.traces.at(signal.symbol, signal.barCloseMs), signal);
}

function signalPrices(
  answer: ReturnType<DeskRoom['parts']['traces']['at']>,
  { side, entry, stop, target, barCloseMs }: SignalView,
): PlannedPrices {
  const traced = answer.kind === 'evaluated' ? answer.evaluations.find((e) => e.emitted && e.side === side) : undefined;
  const zone = traced === undefined ? null : { ...traced.zone, atMs: traced.zone.knownAtMs };
  return { side, entry, stop, target, atMs: barCloseMs - 1, zone };
}

/** Null where there are no candles to draw. */
export async function chartFile(
  room: DeskRoom,
  reader: Reader,
  { symbol, timeframe, plan }: ChartQuestion,
): Promise<CardFile | string | null> {
  const { parts, chat } = room;
  const asked: Timeframe = timeframe !== null && isTimeframe(timeframe) ? timeframe : parts.settings.ENTRY_TF;
  await parts.market.prepare?.(symbolId(symbol), asked);
  const candles = parts.market.candles(symbolId(symbol), asked);
  if (candles === null || candles.bars.length < 2) return null;
  const spec = liveChart(reader, { symbol, candles, plan: plan ?? plannedOf(room, symbol), look: chat.look });
  return drawn(parts.charts.render(spec), {
    name: fileName(`chart-${asked}`, symbol, parts.wallClock.epoch()),
    description: reader.text('dc.chart.alt', { symbol, timeframe: asked }),
  });
}

export async function chartCard(room: DeskRoom, reader: Reader, question: ChartQuestion): Promise<Card> {
  const { text } = reader;
  const timeframe = question.timeframe ?? room.parts.settings.ENTRY_TF;
  const { symbol } = question;
  const bare = cardOf({
    title: text('dc.chart.title', { symbol, timeframe }),
    buttons: [[button('why', [symbol], text('dc.button.why'))]],
  });
  const file = await chartFile(room, reader, question);
  if (file === null) return { ...bare, description: text('dc.chart.none', { symbol, timeframe }) };
  return illustrated(reader, bare, Promise.resolve(file));
}

const frameOf = ({ parts, chat }: DeskRoom, span: PictureFrame['span']): PictureFrame => ({
  look: chat.look,
  mode: parts.settings.MODE,
  span,
});

type BalanceReport = Parameters<typeof balanceCurve>[1];
type StatsReport = Parameters<typeof netCurve>[1];

export async function withBalanceCurve(
  room: DeskRoom,
  reader: Reader,
  card: Card,
  { report, span }: { readonly report: BalanceReport; readonly span: PictureFrame['span'] },
): Promise<Card> {
  const spec = balanceCurve(reader, report, frameOf(room, span));
  if (spec === null) return { ...card, footer: reader.text('dc.balance.noChart') };
  const name = fileName('equity', span, room.parts.wallClock.epoch());
  const description = reader.text('dc.balance.alt');
  return illustrated(reader, card, drawn(room.parts.charts.curve(spec), { name, description }));
}

export async function withStatsPicture(
  room: DeskRoom,
  reader: Reader,
  card: Card,
  wish: { readonly report: StatsReport; readonly span: PictureFrame['span']; readonly picture: 'curve' | 'reliability' },
): Promise<Card> {
  const { charts } = room.parts;
  const frame = frameOf(room, wish.span);
  const name = fileName(wish.picture, wish.span, room.parts.wallClock.epoch());
  if (wish.picture === 'reliability') {
    const description = reader.text('dc.stats.reliabilityAlt');
    return illustrated(
      reader,
      card,
      drawn(charts.reliability(reliabilityPicture(reader, wish.report, frame)), { name, description }),
    );
  }
  const spec = netCurve(reader, wish.report, frame);
  if (spec === null) return card;
  return illustrated(reader, card, drawn(charts.curve(spec), { name, description: reader.text('dc.stats.alt') }));
}
