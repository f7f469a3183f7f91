// Pictures of the bot in Discord from a real run: starts the fake Discord and the bot itself, waits for what happens, asks the commands and
// draws what a person would see.
//   tsx tests/support/discord-gallery.ts OUT [minutes of wall time] [further words for `perpscout run`]
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { epochMs } from '../../src/core/units.ts';
import type { Card, CardButton } from '../../src/ports/chat.ts';
import { PEOPLE } from './chat-bench.ts';
import { type CardLook, drawCard } from './draw-card.ts';
import { FakeDiscord } from './fake-discord.ts';
import type { Json } from './fake-discord-limits.ts';
import { IDS, type StoredFile } from './fake-discord-store.ts';

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
bot.stdout.on('data', (bytes: Buffer) => {
  for (const line of bytes.toString().split('\n')) {
    if (/"event":"(opened|closed|ready|discord|entryRequest)"/.test(line)) process.stdout.write(`${line.slice(0, 160)}\n`);
    symbol = /"event":"opened".*?"symbol":"([^"]+)"/.exec(line)?.[1] ?? symbol;
  }
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const NAMED: ReadonlySet<string> = new Set(['phone', 'desktop']);

async function draw(name: string, card: Card, looks: readonly Omit<CardLook, 'nowMs'>[]): Promise<void> {
  for (const look of looks) {
    if (!NAMED.has(look.device)) continue;
    writeFileSync(join(out, `${name}-${look.theme}-${look.device}.png`), await drawCard(card, { ...look, nowMs: Date.now() }));
  }
  for (const { name: file, bytes } of card.files)
    if (file.endsWith('.png')) writeFileSync(join(out, `picture-${name}.png`), bytes);
}

const DARK_DESKTOP = { theme: 'dark', device: 'desktop' } as const;
const DARK_PHONE = { theme: 'dark', device: 'phone' } as const;
const LIGHT_PHONE = { theme: 'light', device: 'phone' } as const;

async function press(name: string, options: Readonly<Record<string, string>>, label: string): Promise<void> {
  const [command = '', child] = name.split(' ');
  const asked = {
    kind: 'command',
    name: command,
    ...(child === undefined ? {} : { child }),
    options,
    userId: PEOPLE.admin,
    locale: 'zh-TW',
  } as const;
  const { id } = fake.press(asked as Parameters<FakeDiscord['press']>[0]);
  for (let i = 0; i < 50 && fake.store.interactions.get(id)?.shown == null; i++) await pause(200);
  const shown = fake.store.interactions.get(id)?.shown;
  process.stdout.write(`${label}: ${shown == null ? 'no answer' : 'answered'}\n`);
  if (shown != null) await draw(label, cardOf(shown.body, shown.files), [DARK_DESKTOP, LIGHT_PHONE]);
}

await pause(Number(minutes) * 60_000);
for (const [name, options] of [
  ['positions', {}],
  ['balance', { period: 'day' }],
  ['stats', { period: 'all' }],
  ['status', {}],
  ['scan', {}],
  ['chart', { symbol }],
  ['chart', { symbol, timeframe: '15m' }],
  ['why', { symbol }],
  ['trades', {}],
  ['virtual', {}],
  ['config view', {}],
  ['close', { symbol }],
  ['help', {}],
] as const)
  await press(name, options, `command-${name.replace(' ', '-')}${'timeframe' in options ? '-15m' : ''}`);
bot.kill('SIGTERM');
await new Promise((resolve) => bot.once('exit', resolve));
const told = new Map<string, Card>();
for (const { body, files } of fake.messages) {
  const card = cardOf(body, files);
  const kind = card.title.split('　')[0]?.replace(/[▲▼▬ ]/g, '') ?? 'card';
  told.set(kind, card);
}
let n = 0;
for (const [kind, card] of told) {
  n += 1;
  process.stdout.write(`notice ${n}: ${kind}: ${card.title}\n`);
  await draw(`notice-${n}`, card, [DARK_PHONE]);
}
process.stdout.write(
  `${JSON.stringify({ messages: fake.messages.length, refused: fake.store.asked.filter(({ status }) => status !== 'dropped' && status >= 400).length })}\n`,
);
await fake.close();
