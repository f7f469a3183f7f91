import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { markOf } from '../../../src/adapters/discord/delivery.ts';
import { aCard, aPost } from '../../support/chat-bench.ts';
import { DeliveryBench, embedOf, footerOf } from '../../support/delivery-bench.ts';

const POST = 'POST /api/v10/channels';
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('cards on their way', () => {
  let bench: DeliveryBench;
  beforeEach(async () => {
    bench = await DeliveryBench.start();
  });
  afterEach(async () => bench.close());

  const post = (...ids: string[]): void => {
    for (const id of ids) bench.delivery.post(aPost(id));
  };
  const allOut = () => bench.until(() => bench.delivery.empty);

  it('arrive once and in order through a lost answer, a lost request, a 429, a 500 and a 503', async () => {
    bench.fake.fault({ on: POST, act: 'dropAfter' });
    bench.fake.fault({ on: POST, act: 'rate', value: 7 });
    bench.fake.fault({ on: POST, act: 'dropBefore' });
    bench.fake.fault({ on: POST, act: 'status', value: 500, count: 2 });
    bench.fake.fault({ on: POST, act: 'dropAfter' });
    bench.fake.fault({ on: POST, act: 'status', value: 503 });
    post(...NAMES);
    bench.delivery.start();
    await allOut();
    expect(bench.titles).toEqual(NAMES);
    expect(bench.outbox.count()).toMatchObject({ sent: 6, refused: 0, dropped: 0 });
  });

  it('wait out a 429 for as long as it says', async () => {
    bench.fake.fault({ on: POST, act: 'rate', value: 40 });
    post('a');
    bench.delivery.start();
    await allOut();
    expect(bench.titles).toEqual(['a']);
    // 40 s of waiting; the rest is a millisecond here and there.
    expect(bench.passedMs).toBeGreaterThanOrEqual(40_000);
    expect(bench.passedMs).toBeLessThan(42_000);
  });

  it('arrive once and in order after an outage of 60 seconds, those of before, of the middle and of after', async () => {
    bench.delivery.start();
    post('before');
    await allOut();
    bench.fake.outage('begin');
    bench.clock.after(60_000, () => bench.fake.outage('end'));
    post('early');
    bench.clock.after(30_000, () => post('middle'));
    await bench.until(() => bench.passedMs > 61_000);
    post('after');
    await bench.until(() => bench.titles.length === 4);
    expect(bench.titles).toEqual(['before', 'early', 'middle', 'after']);
    expect(bench.faults.filter((fault) => fault !== null).length).toBeGreaterThan(0);
    expect(bench.faults.at(-1)).toBeNull();
  });

  it('are looked for in the channel when the answer was lost more than two minutes ago', async () => {
    bench.fake.fault({ on: POST, act: 'dropAfter' });
    bench.fake.fault({ on: POST, act: 'dropBefore', count: 100 });
    bench.clock.after(150_000, () => bench.fake.clearFaults());
    post('a', 'b');
    bench.delivery.start();
    await allOut();
    expect(bench.titles).toEqual(['a', 'b']);
    expect(bench.passedMs).toBeGreaterThan(150_000);
    expect(bench.fake.messages.map(footerOf)).toEqual([markOf('a'), markOf('b')]);
  });

  it('say that they may be a repetition where the channel may not be read', async () => {
    bench.fake.routes.rights.readHistory = false;
    bench.fake.fault({ on: POST, act: 'dropAfter' });
    bench.fake.fault({ on: POST, act: 'dropBefore', count: 100 });
    bench.clock.after(150_000, () => bench.fake.clearFaults());
    post('a');
    bench.delivery.start();
    await allOut();
    expect(bench.titles).toEqual(['a', 'a']);
    expect(bench.fake.messages.map(footerOf)).toEqual([markOf('a'), `maybeRepeated · ${markOf('a')}`]);
  });

  it('survive a kill between the sending and the answer', async () => {
    bench.fake.fault({ on: POST, act: 'dropAfter' });
    post('a');
    bench.delivery.start();
    await bench.untilAsked(() => bench.fake.messages.length === 1);
    bench.restart();
    bench.clock.advance(3_600_000);
    bench.delivery.start();
    await allOut();
    expect(bench.titles).toEqual(['a']);
  });

  it('of one id are one card, and repeats that wait become one with a count', async () => {
    post('same', 'same');
    for (let i = 0; i < 5; i++) bench.delivery.post(aPost(`repeat ${i}`, { mergeKey: 'trouble' }));
    await bench.until(() => bench.outbox.count().waiting > 0);
    bench.delivery.start();
    await allOut();
    expect(bench.titles).toEqual(['same', 'repeat 4']);
    expect(footerOf(bench.fake.messages[1]!)).toContain('×5');
  });

  it('go on after one stray 401, and ask the gateway for its verdict after two', async () => {
    bench.fake.fault({ on: POST, act: 'status', value: 401 });
    post('a');
    bench.delivery.start();
    await allOut();
    expect(bench.unauthorised).toBe(0);
    bench.fake.fault({ on: POST, act: 'status', value: 401, count: 2 });
    post('b');
    await allOut();
    expect(bench.unauthorised).toBe(1);
    expect(bench.titles).toEqual(['a', 'b']);
  });

  it('wait in a channel that may not be written to, asking once in five minutes', async () => {
    bench.fake.routes.rights.send = false;
    bench.clock.after(16 * 60_000, () => {
      bench.fake.routes.rights.send = true;
    });
    post('a');
    bench.delivery.start();
    await allOut();
    expect(bench.titles).toEqual(['a']);
    // Tries at 0, 5, 10 and 15 minutes are refused, the one at 20 arrives.
    expect(bench.fake.store.asked.map(({ status }) => status)).toEqual([403, 403, 403, 403, 200]);
  });

  it('that are refused in full go out as words, and the next ones follow', async () => {
    bench.fake.fault({ on: POST, act: 'status', value: 400 });
    const picture = { name: 'chart.png', bytes: new Uint8Array([1, 2, 3]), description: null };
    bench.delivery.post(aPost('a', { urgency: 'critical', card: aCard('a', { files: [picture], image: 'chart.png' }) }));
    post('b');
    bench.delivery.start();
    await allOut();
    expect(bench.titles).toEqual(['a', 'b']);
    expect(bench.fake.messages[0]!.files).toEqual([]);
  });

  it('carry their pictures', async () => {
    const picture = { name: 'chart.png', bytes: new Uint8Array([137, 80, 78, 71]), description: 'a chart' };
    bench.delivery.post(aPost('a', { card: aCard('a', { files: [picture], image: 'chart.png' }) }));
    bench.delivery.start();
    await allOut();
    expect(bench.fake.messages[0]!.files.map(({ name, data }) => [name, [...data]])).toEqual([['chart.png', [137, 80, 78, 71]]]);
  });

  const PICTURE = { name: 'chart.png', bytes: new Uint8Array([137, 80, 78, 71]), description: null };

  it('are kept before their picture is drawn, wait for it, and keep their place', async () => {
    bench.delivery.start();
    const picture = new Promise<typeof PICTURE>((resolve) => void bench.clock.after(1_200, () => resolve(PICTURE)));
    bench.delivery.post(aPost('a', { picture }));
    post('b');
    await bench.until(() => bench.outbox.count().waiting === 2);
    expect(bench.titles).toEqual([]);
    await allOut();
    expect(bench.titles).toEqual(['a', 'b']);
    expect(bench.fake.messages.map(({ files }) => files.map(({ name }) => name))).toEqual([['chart.png'], []]);
    expect(embedOf(bench.fake.messages[0]!)['image']).toMatchObject({ url: 'attachment://chart.png' });
  });

  it('survive a kill while their picture is being drawn, and a picture that fails', async () => {
    bench.delivery.start();
    bench.delivery.post(aPost('a', { picture: new Promise(() => undefined) }));
    const failing = new Promise<null>((_, reject) => void bench.clock.after(500, () => reject(new Error('no thread'))));
    bench.delivery.post(aPost('b', { picture: failing }));
    await bench.until(() => bench.outbox.count().waiting === 2);
    bench.restart();
    bench.delivery.start();
    await allOut();
    expect(bench.titles).toEqual(['a', 'b']);
    expect(bench.fake.messages.flatMap(({ files }) => files)).toEqual([]);
  });

  it('do not wait for a picture while something critical stands behind them', async () => {
    bench.delivery.start();
    bench.delivery.post(aPost('a', { picture: new Promise(() => undefined) }));
    await bench.until(() => bench.outbox.count().waiting === 1);
    bench.delivery.post(aPost('alarm', { urgency: 'critical' }));
    await allOut();
    expect(bench.titles).toEqual(['a', 'alarm']);
  });

  it('are silent when asked to be, unless they are critical; none mentions anybody', async () => {
    bench.delivery.post(aPost('low', { urgency: 'low', sound: 'silent' }));
    bench.delivery.post(aPost('critical', { urgency: 'critical', sound: 'silent' }));
    bench.delivery.start();
    await allOut();
    expect(bench.fake.messages.map(({ body }) => body['flags'])).toEqual([4096, undefined]);
    expect(bench.fake.messages.map(({ body }) => body['allowed_mentions'])).toEqual([{ parse: [] }, { parse: [] }]);
  });

  it('cost whoever posts them neither a request nor a wait', () => {
    bench.delivery.start();
    post(...Array.from({ length: 500 }, (_, index) => `card ${index}`));
    expect(bench.fake.store.asked).toEqual([]);
    expect(bench.outbox.count().waiting).toBe(0);
  });
});

describe('a panel', () => {
  let bench: DeliveryBench;
  beforeEach(async () => {
    bench = await DeliveryBench.start();
    bench.delivery.start();
  });
  afterEach(async () => bench.close());

  const show = (title: string): void => bench.delivery.post(aPost('scan', { panel: 'scan', card: aCard(title) }));

  it('is one message, edited to its newest state at most every ten seconds', async () => {
    show('one');
    await bench.until(() => bench.titles.length === 1);
    for (const title of ['two', 'three', 'four']) show(title);
    await bench.until(() => bench.titles[0] === 'four');
    expect(bench.fake.messages.map(({ edits }) => edits)).toEqual([1]);
    expect(bench.passedMs).toBeGreaterThanOrEqual(10_000);
  });

  it('is posted anew when somebody deleted it', async () => {
    show('one');
    await bench.until(() => bench.titles.length === 1);
    bench.fake.store.messages.length = 0;
    show('two');
    await bench.until(() => bench.titles.length === 1);
    expect(bench.titles).toEqual(['two']);
  });

  it('is posted anew before its message is an hour old, and the old one goes', async () => {
    show('one');
    await bench.until(() => bench.titles.length === 1);
    const first = bench.fake.messages[0]!.id;
    bench.clock.advance(56 * 60_000);
    show('two');
    await bench.until(() => bench.titles[0] === 'two' && bench.fake.messages.length === 1);
    expect(bench.fake.messages[0]!.id).not.toBe(first);
  });

  it('gives way to cards and outlives a restart', async () => {
    show('one');
    await bench.until(() => bench.titles.length === 1);
    bench.restart();
    bench.delivery.start();
    show('two');
    bench.delivery.post(aPost('card'));
    await bench.until(() => bench.titles.includes('two') && bench.titles.includes('card'));
    expect(bench.titles).toEqual(['two', 'card']);
  });
});
