import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientIdOf, parseClientId, tradeIdOf } from '../../src/core/client-id.ts';
import { sha256Base32, sha256Hex } from '../../src/core/digest.ts';
import { barFault } from '../../src/core/market.ts';
import { hash32, SeededRandom, unitAt } from '../../src/core/random.ts';
import { barClose, barOpen, closesTrendBar, parseDurationMs, parseInstant } from '../../src/core/timeframe.ts';
import { epochMs, symbolId } from '../../src/core/units.ts';
import { aBar } from '../support/a-bar.ts';

describe('client ids', () => {
  it('fit the venue: 22 characters, no symbol inside, whatever the symbol is called', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.constantFrom('long', 'short' as const),
        fc.nat(),
        fc.integer({ min: 0, max: 1295 }),
        (name, side, close, attempt) => {
          const tradeId = tradeIdOf('account', 'smc-confluence', symbolId(name), side as 'long', close);
          const id = clientIdOf('a', tradeId, 'e', attempt);
          expect(id).toMatch(/^[0-9a-z-]{22}$/);
          expect(parseClientId(id)).toEqual({ instance: 'a', tradeId, role: 'e', attempt });
        },
      ),
    );
  });

  it('tell ours from foreign and from the names the venue gives itself', () => {
    for (const foreign of ['autoclose-123', 'adl_autoclose', 'x-cvBPrNm9abc', 'k7a-short-e00', ''])
      expect(parseClientId(foreign)).toBeNull();
  });

  it('repeat for the same candle and differ for another side', () => {
    const id = (side: 'long' | 'short') => tradeIdOf('a', 's', symbolId('BTCUSDT'), side, 60_000);
    expect(id('long')).toBe(id('long'));
    expect(id('long')).not.toBe(id('short'));
  });
});

describe('digests', () => {
  it('equal the published SHA-256 of "abc" (FIPS 180-4) in hex and in base 32', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    // First 5 bytes ba 78 16 bf 8f in base 32 (RFC 4648): xj4bnp4p
    expect(sha256Base32('abc', 8)).toBe('xj4bnp4p');
  });
});

describe('bar times', () => {
  it('name a bar by its open and close it where the next one opens', () => {
    expect(barOpen(Date.parse('2025-06-02T16:07:31Z'), '15m')).toBe(Date.parse('2025-06-02T16:00:00Z'));
    expect(barClose(Date.parse('2025-06-02T16:00:00Z'), '15m')).toBe(Date.parse('2025-06-02T16:15:00Z'));
  });

  it('see the trend bar close with its last minute only', () => {
    const minute = (text: string) => closesTrendBar(Date.parse(text), '1m', '15m');
    expect(minute('2025-06-02T16:14:00Z')).toBe(true);
    expect(minute('2025-06-02T16:13:00Z')).toBe(false);
    expect(() => closesTrendBar(0, '2h', '3m')).toThrow(/fold/);
  });

  it('read instants with a zone and durations with a unit, and nothing else', () => {
    expect(parseInstant('2025-06-02T16:00Z')).toBe(1748880000000);
    expect(parseInstant('2025-06-02T16:00+08:00')).toBe(1748880000000 - 8 * 3_600_000);
    for (const bad of ['2025-06-02', 'yesterday', '2025-06-02T16:00', '2025-13-02T16:00Z']) expect(parseInstant(bad)).toBeNull();
    expect(parseDurationMs('48h')).toBe(172_800_000);
    expect(parseDurationMs('1.5m')).toBe(90_000);
    for (const bad of ['48', 'h', '-5m', '5 m', '1w']) expect(parseDurationMs(bad)).toBeNull();
  });
});

describe('luck', () => {
  it('repeats from a seed and from a saved state', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 50 }), (seed, drawn) => {
        const a = new SeededRandom(seed);
        const b = new SeededRandom(seed);
        for (let i = 0; i < drawn; i++) expect(a.next()).toBe(b.next());
        const c = new SeededRandom(a.state());
        expect(c.next()).toBe(a.next());
      }),
    );
  });

  it('is uniform enough: mean and variance of 100,000 draws within five standard errors', () => {
    for (const draw of [
      (i: number) => unitAt(7, i),
      (
        (random: SeededRandom) => () =>
          random.next()
      )(new SeededRandom(7)),
    ]) {
      const values = Array.from({ length: 100_000 }, (_, i) => draw(i));
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
      // A uniform number has mean 1/2, variance 1/12; the mean's standard error is 0.2887/√n, the variance's about 0.0745/√n.
      expect(Math.abs(mean - 0.5)).toBeLessThan((5 * 0.2887) / Math.sqrt(100_000));
      expect(Math.abs(variance - 1 / 12)).toBeLessThan((5 * 0.0745) / Math.sqrt(100_000));
    }
  });

  it('hashes depend on every word and on their order', () => {
    expect(new Set([hash32(1, 2), hash32(2, 1), hash32(1, 2, 0), hash32(1)]).size).toBe(4);
  });
});

describe('bars refused at the door', () => {
  it.each([
    [{ close: Number.NaN }, 'finite'],
    [{ low: 0 }, 'positive'],
    [{ volume: -1 }, 'negative'],
    [{ open: 100, close: 101, high: 100.5, low: 99 }, 'below the body'],
    [{ open: 100, close: 101, high: 102, low: 100.5 }, 'above the body'],
    [{ openMs: epochMs(Number.NaN) }, 'finite'],
  ])('%o is named', (fields, reason) => {
    expect(barFault(aBar(fields))).toContain(reason);
  });

  it('a plain bar and a flat bar without volume pass', () => {
    expect(barFault(aBar({ open: 1, close: 2 }))).toBeNull();
    expect(barFault(aBar({ open: 1, close: 1, volume: 0 }))).toBeNull();
  });
});
