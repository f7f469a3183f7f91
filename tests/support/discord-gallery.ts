// Pictures of the bot in Discord from a real run: starts the fake Discord and the bot itself, waits for what happens, asks the commands,
// changes settings as a person would, and draws what a person would see.
//   tsx tests/support/discord-gallery.ts OUT [minutes of wall time] [further words for `perpscout run`]
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { epochMs } from '../../src/core/units.ts';
import type { Card, CardButton } from '../../src/ports/chat.ts';
import { PEOPLE } from './chat-bench.ts';
import { type CardLook, drawCard } from './draw-card.ts';
import { FakeDiscord } from './fake-discord.ts';
import type { Json } from './fake-discord-limits.ts';
import { IDS, type StoredFile, type StoredInteraction } from './fake-discord-store.ts';

type StoredAnswer = NonNullable<StoredInteraction['shown']>;
const STYLES: Readonly<Record<number, CardButton['style']>> = { 1: 'primary', 2: 'secondary', 3: 'success', 4: 'danger' };
const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as Json[]) : []);

/** A message as Discord holds it, as a card again. */
function cardOf(body: Json, files: readonly StoredFile[]): Card {
  const [embed] = listOf(body['embeds']);
  const image = textOf((embed?.['image'] as Json | undefined)?.['url'])?.replace('attachment://', '') ?? null;
  return {
    title: textOf(embed?.['title']) ?? '',
    description: textOf(embed?.['description']),
    colour: Number(embed?.['color'] ?? 0),
    fields: listOf(embed?.['fields']).map((field) => ({
      name: String(field['name']),
      value: String(field['value']),
      place: field['inline'] === true ? 'row' : 'alone',
    })),
    footer: textOf((embed?.['footer'] as Json | undefined)?.['text']),
    atMs: epochMs(0),
    image,
    files: files.map(({ name, data }) => ({ name, bytes: data, description: null })),
    buttons: listOf(body['components']).map((row) =>
      listOf(row['components']).map((button) => ({
        action: 'x',
        args: [],
        label: String(button['label']),
        style: STYLES[Number(button['style'])] ?? 'secondary',
        state: button['disabled'] === true ? 'off' : 'on',
      })),
    ),
  };
}

const [out = 'docs/discord', minutes = '3', ...words] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const data = mkdtempSync(join(tmpdir(), 'gallery-'));
const fake = await FakeDiscord.start({});
const bot = spawn(process.execPath, ['src/perpscout.mjs', 'run', '--json', ...words], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: {
    ...process.env,
    DATA_DIR: join(data, 'data'),
    ML_LOG_DIR: join(data, 'ml'),
    DISCORD_TOKEN: fake.token,
    DISCORD_API_URL: fake.apiUrl,
    DISCORD_GUILD_ID: IDS.guild,
    DISCORD_CHANNEL_ID: IDS.channel,
    DISCORD_ADMIN_IDS: PEOPLE.admin,
  },
});
let symbol = 'BTCUSDT';
let openedMs = 0;
const open = new Set<string>();
let restUrl = '';
createInterface({ input: bot.stdout }).on('line', (line) => {
  if (/"event":"(opened|closed|ready|discord|entryRequest)"/.test(line)) process.stdout.write(`${line.slice(0, 160)}\n`);
  restUrl = /"restUrl":"([^"]+)"/.exec(line)?.[1] ?? restUrl;
  if (!line.startsWith('{')) return;
  const told = JSON.parse(line) as { event: string; at: number; symbol?: string };
  if (told.event === 'opened') {
    symbol = told.symbol ?? symbol;
    openedMs = told.at;
    open.add(symbol);
  }
  if (told.event === 'closed') open.delete(told.symbol ?? '');
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const THEMES = ['dark', 'light'] as const;
const DEVICES = ['desktop', 'phone'] as const;
/** "dark-phone" */
type Look = `${(typeof THEMES)[number]}-${(typeof DEVICES)[number]}`;

async function draw(name: string, card: Card, looks: readonly Look[]): Promise<void> {
  for (const theme of THEMES)
    for (const device of DEVICES) {
      if (!looks.includes(`${theme}-${device}`)) continue;
      const look: CardLook = { theme, device, nowMs: Date.now() };
      writeFileSync(join(out, `card-${name}-${theme}-${device}.png`), await drawCard(card, look));
    }
}

function drawCharts(name: string, card: Card): void {
  for (const { name: file, bytes } of card.files) if (file.endsWith('.png')) writeFileSync(join(out, `chart-${name}.png`), bytes);
}

type Press = Parameters<FakeDiscord['press']>[0];
/** Nobody asks more than five things in ten seconds. */
const PACE_MS = 2_100;

async function asked(press: Press): Promise<StoredAnswer | null> {
  await pause(PACE_MS);
  const { id } = fake.press(press);
  for (let i = 0; i < 100 && fake.store.interactions.get(id)?.shown == null; i++) await pause(100);
  return fake.store.interactions.get(id)?.shown ?? null;
}

function command(name: string, options: Readonly<Record<string, string>> = {}, locale = 'zh-TW'): Promise<StoredAnswer | null> {
  const [first = '', child] = name.split(' ');
  const by = { userId: PEOPLE.admin, locale } as const;
  return asked({ ...by, kind: 'command', name: first, options, ...(child === undefined ? {} : { child }) });
}

const buttonsOf = (shown: StoredAnswer | null): readonly string[] =>
  listOf(shown?.body['components']).flatMap((row) => listOf(row['components']).map((button) => String(button['custom_id'])));

async function click(shown: StoredAnswer | null, wanted: RegExp): Promise<StoredAnswer | null> {
  const customId = buttonsOf(shown).find((id) => wanted.test(id));
  if (customId === undefined) return null;
  return asked({ kind: 'button', on: 'ephemeral', customId, userId: PEOPLE.admin, locale: 'zh-TW' });
}

async function show(name: string, answer: Promise<StoredAnswer | null>, looks: readonly Look[]): Promise<StoredAnswer | null> {
  const shown = await answer;
  process.stdout.write(`${name}: ${shown === null ? 'no answer' : 'answered'}\n`);
  if (shown === null) return null;
  const card = cardOf(shown.body, shown.files);
  await draw(name, card, looks);
  drawCharts(name, card);
  return shown;
}

const ALL_LOOKS: readonly Look[] = ['dark-desktop', 'light-phone'];

/** By the words that a card of the channel begins with. */
const TOLD = [
  ['opened', '開倉'],
  ['closed', '平倉'],
  ['entry-request', '進場請求'],
  ['stop-moved', '停損移動'],
  ['protected', '已掛好停損停利'],
  ['profit', '獲利建議'],
  ['digest', '每日摘要'],
  ['handover', '交接單'],
  ['scan-panel', '掃描'],
] as const;

function told(kind: string, words: string): Card | null {
  const found = fake.messages
    .map(({ body, files }) => cardOf(body, files))
    .filter(({ title }) => title.replace(/^[▲▼▬ ]+/, '').startsWith(words));
  return (
    (kind === 'entry-request' || kind === 'closed' ? found.findLast(({ files }) => files.length > 0) : null) ??
    found.at(-1) ??
    null
  );
}

async function settle(name: string, value: string): Promise<StoredAnswer | null> {
  const preview = await command('config set', { name, value });
  await click(preview, /^y\|/);
  return preview;
}

/** Cards about positions need some, and a little market time after the newest one. */
async function somePositions(): Promise<void> {
  for (let i = 0; i < 600 && (open.size < 2 || !open.has(symbol)); i++) await pause(200);
}

await pause(Number(minutes) * 60_000);
await somePositions();
await show('positions', command('positions'), ALL_LOOKS);
await show('balance', command('balance', { period: 'all' }), ['dark-desktop']);
const stats = await show('stats', command('stats', { period: 'all' }), ALL_LOOKS);
await show('reliability', click(stats, /\|reliability$/), ['dark-phone']);
await show('status', command('status'), ['light-phone']);
await show('status-en', command('status', {}, 'en-US'), ['dark-desktop']);
await show('scan', command('scan'), ALL_LOOKS);
await show('1m', command('chart', { symbol }), []);
await show('15m', command('chart', { symbol, timeframe: '15m' }), []);
const time = `${new Date(openedMs).toISOString().slice(0, 16)}Z`;
await show('why', command('why', { symbol, time }), ['dark-phone']);
await show('trades', command('trades'), ['dark-desktop']);
await show('help', command('help'), ['light-phone']);
await somePositions();
await show('close', command('close', { symbol: [...open][0] ?? symbol }), ['light-phone']);
const preview = await settle('CHART_THEME', 'light');
if (preview !== null) await draw('config-set', cardOf(preview.body, preview.files), ['dark-phone']);
await settle('CHART_RISING', 'red');
await show('light-red-up', command('chart', { symbol, timeframe: '15m' }), []);
await settle('CHART_THEME', 'dark');
await settle('CHART_RISING', 'green');
await settle('ENTRY_CONFIRM', 'discord');
// Slow enough for a person to answer within three bars.
await fetch(`${restUrl}/__exchange/clock`, { method: 'POST', body: JSON.stringify({ speed: 60 }) });
for (let i = 0; i < 900 && told('entry-request', '進場請求') === null; i++) await pause(200);
bot.kill('SIGTERM');
await new Promise((resolve) => bot.once('exit', resolve));
for (const [kind, words] of TOLD) {
  const card = told(kind, words);
  process.stdout.write(`${kind}: ${card?.title ?? 'was not told'}\n`);
  if (card === null) continue;
  await draw(kind, card, ['dark-phone']);
  drawCharts(kind, card);
}
const refused = fake.store.asked.filter(({ status }) => status !== 'dropped' && status >= 400);
process.stdout.write(`${JSON.stringify({ messages: fake.messages.length, refused: refused.length })}\n`);
await fake.close();
