// What people are told, how loudly, and what is told whatever they chose.
import { describe, expect, it } from 'vitest';
import { ChatSettings, isQuiet } from '../../../src/app/discord/chat-settings.ts';
import { Herald } from '../../../src/app/discord/herald.ts';
import type { Notice } from '../../../src/core/notice.ts';
import { epochMs } from '../../../src/core/units.ts';
import type { Post } from '../../../src/ports/chat.ts';
import { aDesk, anOverview, NOW } from '../../support/a-desk.ts';
import { rememberingLogger } from '../../support/fake-clocks.ts';

const BY = { id: '1', at: NOW };
const OPENED: Notice = {
  event: 'opened',
  at: NOW,
  tradeId: 't1',
  symbol: 'BTCUSDT',
  side: 'long',
  entry: '1',
  stop: 1,
  target: 2,
};
const NAKED: Notice = { event: 'alarm', at: NOW, severity: 'critical', code: 'naked', text: 'no stop' };
const streamDown = (at: number): Notice => ({
  event: 'alarm',
  at: epochMs(at),
  severity: 'warning',
  code: 'streamDown',
  text: 'x',
});

function aHerald() {
  const { room, store } = aDesk();
  const wall = { ms: 0 };
  const parts = { ...room.parts, wallClock: { ...room.parts.wallClock, now: () => wall.ms } };
  const posts: Post[] = [];
  const health = () =>
    ({ state: 'ready', reason: null, pingMs: null, ackAgeMs: null, waiting: 0, delivered: 0, dropped: 0 }) as const;
  const herald = new Herald({ ...room, parts }, { post: (post) => void posts.push(post), health }, rememberingLogger());
  return { herald, posts, store, wall, chat: room.chat };
}

describe('an event', () => {
  it('is told aloud, silently or not at all, as people chose', () => {
    const { herald, posts, chat } = aHerald();
    for (const level of ['on', 'silent', 'off']) {
      chat.change('NOTIFY_OPENED', level, BY);
      herald.publish(OPENED);
    }
    expect(posts.map(({ sound }) => sound)).toEqual(['on', 'silent']);
  });

  it('is silent in the quiet hours of the reader, and never hidden by them', () => {
    const { herald, posts, chat } = aHerald();
    // 16:00 UTC is midnight eight hours further east.
    chat.change('QUIET_HOURS', '23-07+8', BY);
    herald.publish(OPENED);
    expect(posts.map(({ sound }) => sound)).toEqual(['silent']);
    expect([isQuiet('23-07+8', NOW + 6 * 3_600_000), isQuiet('23-07+8', NOW + 7 * 3_600_000)]).toEqual([true, false]);
  });

  it('that is critical is told aloud whatever was chosen, and never collapses', () => {
    const { herald, posts, chat } = aHerald();
    chat.change('NOTIFY_TROUBLE', 'off', BY);
    chat.change('QUIET_HOURS', '00-23+8', BY);
    herald.publish(NAKED);
    herald.publish(streamDown(NOW));
    expect(posts).toMatchObject([{ urgency: 'critical', sound: 'on', mergeKey: null }]);
  });

  it('that repeats collapses with the one before, each under an id of its own', () => {
    const { herald, posts } = aHerald();
    for (const at of [NOW, NOW + 1_000]) herald.publish(streamDown(at));
    expect(new Set(posts.map(({ mergeKey }) => mergeKey)).size).toBe(1);
    expect(new Set(posts.map(({ id }) => id)).size).toBe(2);
  });

  it('of one trade has the same id after a restart', () => {
    const [before, after] = [aHerald(), aHerald()];
    before.herald.publish(OPENED);
    after.herald.publish({ ...OPENED, at: epochMs(NOW + 60_000) });
    expect(after.posts[0]?.id).toBe(before.posts[0]?.id);
  });
});

describe('after each minute', () => {
  it('the panel is drawn anew at most every 15 seconds, in place', () => {
    const { herald, posts, wall } = aHerald();
    for (const ms of [0, 5_000, 14_999, 15_000]) {
      wall.ms = ms;
      herald.onMinute(() => anOverview(3));
    }
    expect(posts.map(({ panel, sound }) => [panel, sound])).toEqual([
      ['scan', 'silent'],
      ['scan', 'silent'],
    ]);
  });

  it("a day's sums are told when the market's day is over", () => {
    const { herald, posts, wall, chat } = aHerald();
    chat.change('NOTIFY_SCAN', 'off', BY);
    const { tally } = anOverview(0);
    herald.onMinute(() => anOverview(0));
    wall.ms = 60_000;
    herald.onMinute(() =>
      anOverview(0, { marketNow: epochMs(NOW + 8 * 3_600_000), tally: { ...tally, signals: tally.signals + 7 } }),
    );
    expect(posts.map(({ id }) => id)).toEqual(['digest:2025-06-02']);
    expect(posts[0]?.card.description).toContain('訊號 7');
  });
});

describe('what people chose', () => {
  it('survives a restart, and a value that is no longer allowed does not', () => {
    const { store, chat } = aHerald();
    chat.change('CHART_RISING', 'red', BY);
    store.save({ name: 'CHART_THEME', value: 'purple', by: '1', at: NOW });
    const later = new ChatSettings(store);
    expect([later.value('CHART_RISING'), later.value('CHART_THEME')]).toEqual(['red', 'dark']);
  });
});
