import { describe, expect, it } from 'vitest';
import type { Overview, PositionView, SignalView, VirtualView } from '../../services/overview.ts';
import { cellsOf, padColumns } from '../../src/app/terminal/columns.ts';
import { eventLine } from '../../src/app/terminal/event-line.ts';
import { duration, percent, price, signed } from '../../src/app/terminal/format.ts';
import { handoverLines } from '../../src/app/terminal/handover.ts';
import { renderReport } from '../../src/app/terminal/report.ts';
import { Screen } from '../../src/app/terminal/screen.ts';
import { textIn } from '../../src/app/text/catalogue.ts';
import { epochMs, symbolId } from '../../src/core/units.ts';

const at = epochMs(Date.parse('2025-06-02T16:00:00Z'));
const position: PositionView = {
  tradeId: 'abcdefghijklmn',
  symbol: symbolId('1000000BABYDOGEUSDT'),
  side: 'short',
  state: 'protected',
  qty: '123456',
  leverage: 20,
  entry: 0.0000123456,
  mark: 0.0000119,
  stop: 0.0000129,
  target: 0.0000111,
  pnlUsdt: 12.3,
  r: 0.61,
  openedMs: at,
  protection: 'verified',
};
const signal: SignalView = {
  symbol: symbolId('币安人生USDT'),
  side: 'long',
  setup: 'fairValueGap',
  score: 100,
  rank: 12,
  rewardToRisk: 2,
  entry: 104000.5,
  stop: 103000.1,
  target: 106000.9,
  barCloseMs: at,
  fate: 'virtual: liquidationTooNear',
  candle: 'final',
  measured: {
    band: { from: 90, to: 100 },
    setup: 'fairValueGap',
    outcomes: 12_345,
    hits: 6_543,
    rate: 0.53,
    interval: { lower: 0.52, upper: 0.54 },
    verdict: 'measured',
  },
};
const virtual: VirtualView = {
  symbol: symbolId('币安人生USDT'),
  side: 'long',
  entry: 0.1,
  mark: 0.11,
  r: -10.25,
  barsHeld: 239,
  reason: 'marketSafety',
};

const crowded: Overview = {
  mode: 'sim',
  marketNow: at,
  ladder: { level: 'NO_NEW_ENTRIES', reasons: ['feed market-3: no frame for 12 s', 'pause: lunch'] },
  scan: { barOpenMs: at, symbols: 648, ready: 640, late: 8, provisional: 2, scanMs: 12.345, closeToRankMs: 123.456, signals: 14 },
  recentSignals: Array(30).fill(signal),
  positions: Array(3).fill(position),
  virtuals: Array(10).fill(virtual),
  balance: { walletUsdt: 1234567.89, availableUsdt: 1134567.89, equityUsdt: 1230000.5, startUsdt: 1e6 },
  tally: {
    minutes: 10_000,
    signals: 12_345,
    opened: 1234,
    closed: 1231,
    wins: 600,
    netPnlUsdt: -12345.67,
    virtualOpened: 9999,
    virtualClosed: 9989,
  },
};

describe('the live report', () => {
  it('shows a burst of signals as one cluster', () => {
    const burst = ['AUSDT', 'BUSDT', 'CUSDT'].map((name) => ({ ...signal, symbol: symbolId(name) }));
    const lines = renderReport({ ...crowded, recentSignals: burst, clusterMinutes: 15 }, textIn('en'));
    expect(lines.find((line) => line.includes('one cluster'))).toMatch(/nearly one bet: 3 long, .*: AUSDT BUSDT CUSDT$/);
    expect(renderReport({ ...crowded, recentSignals: [signal], clusterMinutes: 15 }, textIn('en')).join('')).not.toContain(
      'one bet',
    );
  });

  it.each(['zh-TW', 'en'] as const)('stays within 100 columns in %s however crowded it is', (language) => {
    const lines = renderReport(crowded, textIn(language));
    expect(lines.length).toBeLessThan(40);
    for (const line of lines) expect([line, cellsOf(line) <= 100]).toEqual([line, true]);
  });

  it('says that nothing is there rather than leave a hole', () => {
    const text = textIn('zh-TW');
    const lines = renderReport({ ...crowded, scan: null, recentSignals: [], positions: [], virtuals: [], balance: null }, text);
    expect(lines.filter((line) => line.trim() === text('report.none'))).toHaveLength(3);
    expect(lines).toContain(text('report.noScan'));
  });

  it('shows the distance to stop and target from the mark price, and that the stop was verified', () => {
    const row = renderReport(crowded, textIn('en')).find((line) => line.includes('verified'));
    // 0.0000129 / 0.0000119 − 1 = 8.40 %, 0.0000111 / 0.0000119 − 1 = −6.72 %
    expect(row).toMatch(/\+8\.40 %.*−6\.72 %/);
  });
});

describe('columns', () => {
  it('count a Chinese character as two cells when padding and when cutting', () => {
    expect(padColumns('币安', 6)).toBe('币安  ');
    expect(padColumns('币安人生', 6)).toBe('币安… ');
    expect(padColumns('7', 3, 'right')).toBe('  7');
  });
});

describe('numbers for people', () => {
  it('keep five significant digits of a price, from BTC to a millionth', () => {
    expect([104000.5, 2496.91, 0.31771, 0.0000123456, Number.NaN].map(price)).toEqual([
      '104001',
      '2496.9',
      '0.31771',
      '0.00001235',
      '—',
    ]);
  });
  it('carry their sign', () => {
    expect([signed(1.234), signed(-0.5), percent(-0.0123), duration(48 * 3_600_000)]).toEqual([
      '+1.23',
      '−0.50',
      '−1.23 %',
      '48 h',
    ]);
  });
});

class Paper {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number;
  constructor(isTTY: boolean, columns = 100) {
    this.isTTY = isTTY;
    this.columns = columns;
  }
  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

describe('the screen', () => {
  it('prints plain lines and no progress bar into a pipe', () => {
    const pipe = new Paper(false);
    const screen = new Screen(pipe, textIn('zh-TW'), () => 0);
    screen.progress('載入', 1, 2);
    screen.minute(() => crowded);
    screen.publish({ event: 'closed', at, symbol: 'BTCUSDT', reason: 'stop', pnl: '-19.8', r: -1.14 });
    expect(pipe.text).not.toContain('\x1b');
    expect(pipe.text.trimEnd().split('\n')).toHaveLength(2);
    expect(pipe.text).toContain('平倉 BTCUSDT　停損　−19.80 USDT（−1.14 R）');
  });

  it('redraws its block in place on a terminal and lets events scroll above it', () => {
    const terminal = new Paper(true);
    let now = 0;
    const screen = new Screen(terminal, textIn('en'), () => now);
    screen.minute(() => crowded);
    const height = renderReport(crowded, textIn('en')).length;
    now = 1000;
    screen.minute(() => crowded);
    expect(terminal.text).toContain(`\x1b[${height}A\x1b[J`);
    screen.minute(() => crowded);
    expect(terminal.text.split('PerpScout · sim')).toHaveLength(3);
  });

  it('redraws in place where the terminal does not say how wide it is', () => {
    const terminal = new Paper(true, 0);
    const screen = new Screen(terminal, textIn('en'), () => 0);
    screen.progress('replaying', 1, 2);
    screen.progress('replaying', 2, 2);
    expect(terminal.text).toContain('\x1b[1A\x1b[J');
    expect(terminal.text).not.toContain('Infinity');
  });
});

describe('event lines and the handover', () => {
  it('leave machine notices out', () => {
    expect(eventLine({ event: 'scan', at, bar: at }, textIn('en'))).toBeNull();
    expect(eventLine({ event: 'ready', at }, textIn('en'))).toBeNull();
  });

  it('name what rests on the exchange and what nobody looks after', () => {
    const resting = {
      tradeId: 'abcdefghijklmn',
      symbol: symbolId('ENAUSDT'),
      side: 'short',
      qty: '3462',
      entry: 0.3175,
      stop: 0.3227,
      target: null,
      stopVerifiedMs: at,
    } as const;
    const lines = handoverLines(
      { positions: [resting], unresolved: [symbolId('XUSDT')], virtuals: 4, unmanaged: [] },
      textIn('en'),
    );
    expect(lines.join('\n')).toMatch(/ENAUSDT short 3462 @ 0\.31750.*stop 0\.32270, target — \(verified 2025-06-02 16:00Z\)/);
    expect(lines.join('\n')).toMatch(/XUSDT/);
    expect(lines.join('\n')).toMatch(/virtual positions \(4/);
  });
});
