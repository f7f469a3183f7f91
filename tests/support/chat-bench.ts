// A chat on the fake Discord with a desk of a few commands, so that what people and cards do can be watched from both ends.
import { Chat, type ChatOptions } from '../../src/adapters/discord/chat.ts';
import { MemoryAudit } from '../../src/adapters/journal/memory-desk.ts';
import { OutboxBox } from '../../src/adapters/journal/outbox-box.ts';
import { SeededRandom } from '../../src/core/random.ts';
import type { CommandAudit } from '../../src/ports/audit.ts';
import type { Card, ChatRequest, ChatState, CommandLeaf, Desk, Post, Reply } from '../../src/ports/chat.ts';
import type { WallClock } from '../../src/ports/clock.ts';
import type { Outbox } from '../../src/ports/outbox.ts';
import { rememberingLogger } from './fake-clocks.ts';
import { FakeDiscord, type FakeDiscordOptions } from './fake-discord.ts';
import { IDS } from './fake-discord-store.ts';

export const PEOPLE = {
  viewer: '100000000000000001',
  trader: '100000000000000002',
  admin: '100000000000000003',
  stranger: '100000000000000009',
  traderRole: '150000000000000002',
} as const;

/** The promise is a second; a loaded machine gets twice that (contract §8.16). Discord itself gives three. */
export const ACK_WITHIN_MS = 2_000;

export const aCard = (title: string, more: Partial<Card> = {}): Card => ({
  title,
  description: null,
  colour: 0x3366cc,
  fields: [],
  footer: null,
  atMs: null,
  image: null,
  buttons: [],
  files: [],
  ...more,
});

export const aPost = (id: string, more: Partial<Post> = {}): Post => ({
  id,
  card: aCard(id),
  urgency: 'normal',
  sound: 'on',
  mergeKey: null,
  panel: null,
  ...more,
});

const leaf = (name: string, more: Partial<CommandLeaf> = {}): CommandLeaf => ({
  name,
  names: { 'zh-TW': `指令_${name}`, en: name },
  description: { 'zh-TW': '說明', en: 'what it does' },
  rank: 'viewer',
  visibility: 'private',
  options: [],
  ...more,
});

const SYMBOL = {
  name: 'symbol',
  names: { 'zh-TW': '交易對', en: 'symbol' },
  description: { 'zh-TW': '合約', en: 'contract' },
  need: 'required',
  type: { kind: 'suggested' },
} as const;

/** Remembers what reached it; `hang` keeps every answer back until it is let go. */
export class WatchedDesk implements Desk {
  readonly asked: ChatRequest[] = [];
  #gate: Promise<void> = Promise.resolve();

  hang(): () => void {
    let open: () => void = () => undefined;
    this.#gate = new Promise((resolve) => {
      open = resolve;
    });
    return open;
  }

  commands() {
    return [
      { kind: 'plain', ...leaf('status') },
      { kind: 'plain', ...leaf('board', { visibility: 'public' }) },
      { kind: 'plain', ...leaf('close', { rank: 'trader', options: [SYMBOL] }) },
      { kind: 'plain', ...leaf('panic', { rank: 'trader', visibility: 'public' }) },
      { kind: 'plain', ...leaf('resume', { rank: 'admin' }) },
      { kind: 'group', ...leaf('config'), children: [leaf('view'), leaf('set', { rank: 'admin' })] },
    ] as const;
  }

  actions() {
    return [
      { action: 'page', rank: 'viewer', answer: 'update' },
      { action: 'half', rank: 'trader', answer: 'private' },
      { action: 'edit', rank: 'admin', answer: { form: 'private' } },
      { action: 'doClose', rank: 'trader', answer: 'private' },
    ] as const;
  }

  async answer(request: ChatRequest): Promise<Reply> {
    this.asked.push(request);
    await this.#gate;
    const confirm = (action: string, args: readonly string[], rank: 'trader' | 'admin'): Reply => ({
      kind: 'confirm',
      card: aCard(`really ${action}?`),
      action,
      args,
      rank,
    });
    if (request.kind === 'command' && request.name === 'close')
      return confirm('doClose', [String(request.options['symbol'])], 'trader');
    if (request.kind === 'command' && request.name === 'resume') return confirm('doResume', [], 'admin');
    if (request.kind === 'button' && request.action === 'half') return confirm('doHalf', request.args, 'trader');
    return { kind: 'card', card: aCard(`answer in ${request.language}`) };
  }

  suggest() {
    return Array.from({ length: 40 }, (_, index) => ({ name: `COIN${index}USDT`, value: `COIN${index}USDT` }));
  }

  form() {
    return {
      title: 'change',
      fields: [{ id: 'value', label: 'new value', description: null, size: 'line', value: '70', need: 'required' }],
    } as const;
  }

  /** What changed something: everything but looking. */
  get acts(): readonly ChatRequest[] {
    return this.asked.filter(
      (request) =>
        request.kind === 'confirmed' || request.kind === 'form' || (request.kind === 'command' && request.name === 'panic'),
    );
  }
}

export interface Bench {
  readonly fake: FakeDiscord;
  readonly chat: Chat;
  readonly desk: WatchedDesk;
  readonly audit: CommandAudit;
  readonly outbox: Outbox;
  readonly states: { readonly state: ChatState; readonly reason: string | null }[];
  readonly registered: string[];
  readonly strangers: string[];
  readonly log: ReturnType<typeof rememberingLogger>;
  close(): Promise<void>;
}

export interface BenchOptions {
  readonly clock: WallClock;
  readonly fake?: FakeDiscordOptions;
  readonly chat?: Partial<ChatOptions>;
  readonly outbox?: Outbox;
  readonly audit?: CommandAudit;
  readonly redact?: (text: string) => string;
  /** Joins a fake that stands already. */
  readonly join?: FakeDiscord;
}

export async function chatBench(options: BenchOptions): Promise<Bench> {
  const fake = options.join ?? (await FakeDiscord.start(options.fake));
  const desk = new WatchedDesk();
  const audit = options.audit ?? new MemoryAudit();
  const outbox = options.outbox ?? new OutboxBox();
  const log = rememberingLogger();
  const states: { state: ChatState; reason: string | null }[] = [];
  const registered: string[] = [];
  const strangers: string[] = [];
  const chat = new Chat(
    {
      token: fake.token,
      apiUrl: fake.apiUrl,
      guildId: IDS.guild,
      channelId: IDS.channel,
      lists: { viewer: [PEOPLE.viewer], trader: [PEOPLE.trader, PEOPLE.traderRole], admin: [PEOPLE.admin] },
      language: 'zh-TW',
      always: ['/panic'],
      ...options.chat,
    },
    {
      outbox,
      audit,
      clock: options.clock,
      random: new SeededRandom(7),
      logger: log,
      words: (language, word) => `${language}:${word}`,
      redact: options.redact ?? ((text) => text),
      onState: (state, reason) => void states.push({ state, reason }),
      onRegistered: (outcome) => void registered.push(outcome),
      onStranger: (user) => void strangers.push(user.id),
    },
  );
  return {
    fake,
    chat,
    desk,
    audit,
    outbox,
    states,
    registered,
    strangers,
    log,
    close: async () => {
      await chat.stop();
      if (options.join === undefined) await fake.close();
    },
  };
}

/** Started and heard by the gateway. */
export async function readyBench(options: BenchOptions): Promise<Bench> {
  const bench = await chatBench(options);
  bench.chat.start(bench.desk);
  await bench.fake.until(() => bench.chat.health().state === 'ready');
  return bench;
}
