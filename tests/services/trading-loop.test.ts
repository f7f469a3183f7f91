import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../services/event-queue.ts';
import { type LoopOptions, type LoopRooms, TradingLoop } from '../../services/trading-loop.ts';
import type { LoopEvent } from '../../src/core/events.ts';
import { barClose } from '../../src/core/timeframe.ts';
import { type EpochMs, epochMs, symbolId } from '../../src/core/units.ts';
import { aBar } from '../support/a-bar.ts';

const BAR = epochMs(Date.UTC(2026, 0, 5, 12, 0));
const NEXT = epochMs(BAR + 60_000);
const A = symbolId('AAAUSDT');

const closedOf = (openMs: EpochMs) => [
  { symbol: A, bars: [{ entryBar: aBar({ openMs }), trendBar: null, afterGap: 'contiguous', quoteVolume24hUsdt: 1 }] },
];
const minuteOf = (barOpenMs: EpochMs) => ({
  barOpenMs,
  closed: closedOf(barOpenMs),
  lateSymbols: [],
  provisional: [],
  lastFrameWallMs: 0,
});

type Call = (...args: never[]) => unknown;

/** A room that writes down what it is asked, in one book for all rooms, and answers what the test has laid out. */
const room = (name: string, book: string[], answers: Readonly<Record<string, Call>>): unknown =>
  new Proxy(answers, {
    get:
      (target, method: string) =>
      (...args: never[]) => {
        if (!QUIET.has(`${name}.${method}`)) book.push(`${name}.${method}`);
        return target[method]?.(...args);
      },
  });

/** Questions that change nothing: when they are asked is the loop's own business. */
const QUIET = new Set([
  'execution.idle',
  'data.idle',
  'data.symbols',
  'data.takeLate',
  'data.takeReloaded',
  'strategy.marketMood',
]);

interface State {
  executionIdle: boolean;
  dataIdle: boolean;
  /** The minute whose barrier the next market event completes. */
  barrier: EpochMs | null;
  late: ReturnType<typeof closedOf>;
  ranked: readonly unknown[];
}

interface Said {
  readonly options?: Partial<LoopOptions>;
  readonly decideWhen?: 'idle' | 'nothing';
  readonly execution?: (state: State) => Readonly<Record<string, Call>>;
}

function aLoop(said: Said = {}) {
  const book: string[] = [];
  const settles: (() => void)[] = [];
  const acknowledged: number[] = [];
  const state: State = { executionIdle: true, dataIdle: true, barrier: null, late: [], ranked: [] };
  const queue = new EventQueue();
  const decisionOf = (barOpenMs: EpochMs) => ({
    barOpenMs,
    barCloseMs: barClose(barOpenMs, '1m'),
    ranked: state.ranked,
    features: new Map(),
    scanned: [A],
  });
  const rooms = {
    queue,
    data: room('data', book, {
      onMarket: () => state.barrier,
      onTick: () => state.barrier,
      closeMinute: (barOpenMs: EpochMs) => minuteOf(barOpenMs),
      takeLate: () => state.late.splice(0),
      takeReloaded: () => [],
      symbols: () => [A],
      idle: () => state.dataIdle,
    }),
    strategy: room('strategy', book, {
      onMinute: decisionOf,
      evaluationsOf: () => [],
      marketMood: () => ({ btcTrend: 0, breadth: 0 }),
    }),
    traces: room('traces', book, {}),
    execution: room('execution', book, {
      idle: () => state.executionIdle,
      decide: () => new Map(),
      liveState: () => ({}),
      ...said.execution?.(state),
    }),
    monitoring: room('monitoring', book, {}),
    pacer: {
      decideWhen: said.decideWhen ?? 'idle',
      attach: () => Promise.resolve(),
      settle: (_: number, settled: () => void) => settles.push(settled),
      acknowledge: (barOpenMs: number) => acknowledged.push(barOpenMs),
    },
    marketClock: { now: () => BAR },
    wallClock: { now: () => 0 },
  } as unknown as LoopRooms;
  const never = Number.POSITIVE_INFINITY;
  const loop = new TradingLoop(rooms, {
    untilMs: () => never,
    readyBarMs: epochMs(BAR - 60_000),
    onMinute: () => undefined,
    ...said.options,
  });
  const running = loop.run();
  /** Hands one event over and lets the loop take it to its end. */
  const tell = async (event: LoopEvent): Promise<void> => {
    queue.push(event);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const stop = { kind: 'command', command: { kind: 'stop', reason: 'test' }, by: 'test' } as const;
  const isOver = async (): Promise<boolean> => {
    const pending = new Promise<boolean>((resolve) => setImmediate(() => resolve(false)));
    return Promise.race([running.then(() => true), pending]);
  };
  return { book, settles, acknowledged, state, queue, running, tell, stop, isOver };
}

const marks = { kind: 'market', event: { kind: 'marks', at: BAR, marks: [] } } as const;
const tick = { kind: 'tick', wallMs: 0 } as const;
const answer = (apply: () => void = () => undefined) => ({ kind: 'answer', label: 'test', apply }) as const;

/** The barrier of BAR is reached and the venue was heard out. */
async function heardOut(loop: ReturnType<typeof aLoop>, barOpenMs: EpochMs = BAR): Promise<void> {
  loop.state.barrier = barOpenMs;
  await loop.tell(marks);
  loop.state.barrier = null;
  loop.settles.at(-1)?.();
  await new Promise((resolve) => setImmediate(resolve));
}

describe('one minute', () => {
  it('goes through the rooms in their order: data, strategy, the scan line, bars to positions, decision, traces', async () => {
    const loop = aLoop();
    await heardOut(loop);
    const order = loop.book.filter((call) => !call.endsWith('onPreview'));
    expect(order.slice(order.indexOf('data.closeMinute'))).toEqual([
      'data.closeMinute',
      'strategy.onMinute',
      'monitoring.onScan',
      'execution.onBars',
      'execution.decide',
      'monitoring.onDecided',
      'strategy.evaluationsOf',
      'traces.onMinute',
    ]);
  });

  it('is not decided at its barrier but when the venue was heard out up to it', async () => {
    const loop = aLoop();
    loop.state.barrier = BAR;
    await loop.tell(marks);
    expect(loop.book).not.toContain('data.closeMinute');
    loop.settles[0]?.();
    await loop.tell(tick);
    expect(loop.book).toContain('data.closeMinute');
  });

  it('hears the heartbeat that belongs to its barrier before it is decided', async () => {
    const loop = aLoop();
    await heardOut(loop);
    expect(loop.book.indexOf('execution.onTick')).toBeLessThan(loop.book.indexOf('data.closeMinute'));
    expect(loop.book.indexOf('execution.onTick')).toBeGreaterThanOrEqual(0);
  });

  // A read that is due by the barrier is sent by whichever heartbeat comes first: this machine's, at any place, or the barrier's own.
  it.each([
    ['none', []],
    ['before the barrier', ['before']],
    ['while the venue is heard out', ['announced']],
    ['while the answer is on its way', ['settled']],
    ['everywhere', ['before', 'announced', 'settled', 'answered']],
  ])('is decided on the same knowledge with ticks of this machine %s', async (_, places) => {
    const knownAtDecision: boolean[] = [];
    let read: 'due' | 'sent' | 'known' = 'due';
    const loop = aLoop({
      execution: (state) => ({
        onTick: () => {
          if (read !== 'due') return;
          read = 'sent';
          state.executionIdle = false;
        },
        decide: () => {
          knownAtDecision.push(read === 'known');
          return new Map();
        },
      }),
    });
    const tickAt = async (place: string): Promise<void> => {
      if (places.includes(place)) await loop.tell(tick);
    };
    await tickAt('before');
    loop.state.barrier = BAR;
    await loop.tell(marks);
    loop.state.barrier = null;
    await tickAt('announced');
    loop.settles.at(-1)?.();
    await loop.tell(marks);
    await tickAt('settled');
    expect(knownAtDecision).toEqual([]);
    await loop.tell(
      answer(() => {
        read = 'known';
        loop.state.executionIdle = true;
      }),
    );
    await tickAt('answered');
    expect(knownAtDecision).toEqual([true]);
  });

  it('waits beside a paced venue until nothing of ours is on its way', async () => {
    const loop = aLoop({ decideWhen: 'idle' });
    loop.state.executionIdle = false;
    await heardOut(loop);
    expect(loop.book).not.toContain('data.closeMinute');
    loop.state.executionIdle = true;
    await loop.tell(answer());
    expect(loop.book).toContain('data.closeMinute');
  });

  it('waits for nobody in real time', async () => {
    const loop = aLoop({ decideWhen: 'nothing' });
    loop.state.executionIdle = false;
    await heardOut(loop);
    expect(loop.book).toContain('data.closeMinute');
    // Explanations come last: while an order is on its way nothing else takes its time.
    expect(loop.book).not.toContain('traces.onMinute');
  });

  it('traces what waited before the strategies hear the next minute', async () => {
    const loop = aLoop({ decideWhen: 'nothing' });
    loop.state.executionIdle = false;
    await heardOut(loop);
    await heardOut(loop, NEXT);
    const traced = loop.book.indexOf('traces.onMinute');
    expect(traced).toBeGreaterThan(loop.book.indexOf('strategy.onMinute'));
    expect(traced).toBeLessThan(loop.book.lastIndexOf('strategy.onMinute'));
  });

  it('shows the bars it fed to whoever checks them', async () => {
    const fed: number[] = [];
    const loop = aLoop({
      options: { onFed: (closed) => fed.push(...closed.flatMap(({ bars }) => bars.map((b) => b.entryBar.openMs))) },
    });
    await heardOut(loop);
    expect(fed).toEqual([BAR]);
  });
});

describe('an acknowledgement', () => {
  it('says ready with the newest bar of history, once the account was read', async () => {
    const loop = aLoop();
    loop.state.executionIdle = false;
    await loop.tell(tick);
    expect(loop.acknowledged).toEqual([]);
    loop.state.executionIdle = true;
    await loop.tell(answer());
    expect(loop.acknowledged).toEqual([BAR - 60_000]);
  });

  it.each(['executionIdle', 'dataIdle'] as const)('of a minute is withheld while %s is false, and given once', async (busy) => {
    const loop = aLoop({ decideWhen: 'nothing' });
    await loop.tell(tick);
    loop.state[busy] = false;
    await heardOut(loop);
    await loop.tell(tick);
    expect(loop.acknowledged).toEqual([BAR - 60_000]);
    loop.state[busy] = true;
    await loop.tell(answer());
    await loop.tell(tick);
    expect(loop.acknowledged).toEqual([BAR - 60_000, BAR]);
  });
});

describe('latecomers', () => {
  it('move positions first, are scanned alone, and decide nothing without a signal', async () => {
    const loop = aLoop();
    loop.state.late = closedOf(BAR);
    await loop.tell(answer());
    const order = loop.book.filter((call) => /onBars|onMinute|decide/.test(call));
    expect(order).toEqual(['execution.onBars', 'strategy.onMinute', 'traces.onMinute']);
  });

  it('are ranked among themselves when they give a signal', async () => {
    const loop = aLoop();
    loop.state.late = closedOf(BAR);
    loop.state.ranked = [{ signal: {}, rank: 1 }];
    await loop.tell(answer());
    expect(loop.book).toContain('execution.decide');
    expect(loop.book).toContain('monitoring.onDecided');
  });

  it('are looked for after the answer was applied', async () => {
    const loop = aLoop();
    await loop.tell(
      answer(() => {
        loop.state.late = closedOf(BAR);
      }),
    );
    expect(loop.book).toContain('strategy.onMinute');
  });
});

describe('a stop', () => {
  it('ends at once when nothing is on its way', async () => {
    const loop = aLoop();
    await loop.tell(loop.stop);
    expect(await loop.isOver()).toBe(true);
  });

  it('waits for every request of ours, and decides no further entry meanwhile', async () => {
    const loop = aLoop({ decideWhen: 'nothing' });
    loop.state.executionIdle = false;
    await loop.tell(loop.stop);
    await heardOut(loop);
    expect(await loop.isOver()).toBe(false);
    expect(loop.book).toContain('execution.onBars');
    expect(loop.book).not.toContain('execution.decide');
    loop.state.executionIdle = true;
    await loop.tell(answer());
    expect(await loop.isOver()).toBe(true);
  });

  it('comes by itself after the minute that closes the asked span', async () => {
    const loop = aLoop({ options: { untilMs: () => NEXT } });
    await heardOut(loop);
    expect(await loop.isOver()).toBe(true);
    expect(loop.acknowledged.at(-1)).toBe(BAR);
  });
});

describe('what comes in between', () => {
  it('tells of a stream’s state to people and to the ladder before the data room hears it', async () => {
    const loop = aLoop();
    await loop.tell({ kind: 'market', event: { kind: 'feed', at: BAR, stream: 'market-1', state: 'down', detail: 'x' } });
    expect(loop.book).toEqual(['monitoring.onStream', 'execution.onFeed', 'data.onMarket']);
  });

  it('hands marks to positions before the barrier is looked at', async () => {
    const loop = aLoop();
    await loop.tell(marks);
    expect(loop.book).toEqual(['execution.onMarks', 'data.onMarket']);
  });
});
