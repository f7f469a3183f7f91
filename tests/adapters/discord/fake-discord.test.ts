import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeDiscord } from '../../support/fake-discord.ts';
import { isJson, type Json } from '../../support/fake-discord-limits.ts';
import { IDS } from '../../support/fake-discord-store.ts';

const embed = (more: Json): Json => ({ embeds: [{ title: 't', ...more }] });
const field = (name: string, value: string): Json => ({ name, value });
const button = (label: string, id: string): Json => ({ type: 2, style: 1, label, custom_id: id });
const row = (...components: readonly Json[]): Json => ({ type: 1, components });
const command = (more: Json): Json => ({ name: 'status', description: 'd', options: [], ...more });

/** The limits of reference discord.md §5, each one too much. */
const WRONG_MESSAGES: readonly (readonly [string, Json, string])[] = [
  ['a title of 257 characters', embed({ title: 'x'.repeat(257) }), 'embeds.0.title'],
  ['a description of 4097', embed({ description: 'x'.repeat(4097) }), 'embeds.0.description'],
  ['26 fields', embed({ fields: Array.from({ length: 26 }, () => field('n', 'v')) }), 'embeds.0.fields'],
  ['a blank field name', embed({ fields: [field(' ', 'v')] }), 'embeds.0.fields.0.name'],
  ['a field value of 1025', embed({ fields: [field('n', 'x'.repeat(1025))] }), 'embeds.0.fields.0.value'],
  ['a footer of 2049', embed({ footer: { text: 'x'.repeat(2049) } }), 'embeds.0.footer.text'],
  ['6001 characters in sum', { embeds: [{ description: 'x'.repeat(4000) }, { description: 'x'.repeat(2001) }] }, 'embeds'],
  ['11 embeds', { embeds: Array.from({ length: 11 }, () => ({ title: 't' })) }, 'embeds'],
  ['6 rows', { ...embed({}), components: Array.from({ length: 6 }, (_, i) => row(button('b', `b${i}`))) }, 'components'],
  [
    '6 buttons in a row',
    { ...embed({}), components: [row(...Array.from({ length: 6 }, (_, i) => button('b', `b${i}`)))] },
    'components.0.components',
  ],
  ['a label of 81', { ...embed({}), components: [row(button('x'.repeat(81), 'b'))] }, 'components.0.components.0.label'],
  [
    'a custom_id of 101',
    { ...embed({}), components: [row(button('b', 'x'.repeat(101)))] },
    'components.0.components.0.custom_id',
  ],
  [
    'one custom_id twice',
    { ...embed({}), components: [row(button('b', 'same'), button('c', 'same'))] },
    'components.0.components.1.custom_id',
  ],
  ['a nonce of 26', { ...embed({}), nonce: 'x'.repeat(26) }, 'nonce'],
  ['content of 2001', { content: 'x'.repeat(2001) }, 'content'],
  ['a picture that was not sent', embed({ image: { url: 'attachment://none.png' } }), 'embeds.0.image.url'],
];

const WRONG_COMMANDS: readonly (readonly [string, readonly Json[], string])[] = [
  ['101 commands', Array.from({ length: 101 }, (_, i) => command({ name: `c${i}` })), ''],
  ['an upper-case name', [command({ name: 'Status' })], '0.name'],
  ['full-width brackets in a name', [command({ name_localizations: { 'zh-TW': '狀態（全）' } })], '0.name_localizations.zh-TW'],
  ['a description of 101', [command({ description: 'x'.repeat(101) })], '0.description'],
  [
    '26 choices',
    [
      command({
        options: [
          {
            name: 'o',
            description: 'd',
            type: 3,
            choices: Array.from({ length: 26 }, (_, i) => ({ name: `n${i}`, value: `v${i}` })),
          },
        ],
      }),
    ],
    '0.options.0.choices',
  ],
];

function errorsAt(body: unknown, path: string): unknown {
  let node: unknown = isJson(body) ? body['errors'] : undefined;
  for (const step of path.split('.').filter((part) => part !== '')) node = isJson(node) ? node[step] : undefined;
  return isJson(node) ? node['_errors'] : undefined;
}

describe('the fake Discord', () => {
  let fake: FakeDiscord;
  beforeAll(async () => {
    fake = await FakeDiscord.start();
  });
  afterAll(async () => fake.close());

  const ask = async (method: string, path: string, body: unknown, token = fake.token) => {
    const response = await fetch(`${fake.apiUrl}/v10${path}`, {
      method,
      headers: { authorization: `Bot ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
  };

  it.each(WRONG_MESSAGES)('refuses %s in the shape of Discord', async (_what, body, path) => {
    const answer = await ask('POST', `/channels/${IDS.channel}/messages`, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 50035, message: 'Invalid Form Body' });
    expect(errorsAt(answer.body, path)).toMatchObject([{ code: expect.any(String), message: expect.any(String) }]);
  });

  it.each(WRONG_COMMANDS)('refuses %s in the shape of Discord', async (_what, body, path) => {
    const answer = await ask('PUT', `/applications/${IDS.application}/guilds/${IDS.guild}/commands`, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 50035, message: 'Invalid Form Body' });
    expect(errorsAt(answer.body, path)).toMatchObject([{ code: expect.any(String) }]);
  });

  it('takes each of these one smaller', async () => {
    const body = {
      nonce: 'x'.repeat(25),
      embeds: [
        {
          title: 'x'.repeat(256),
          footer: { text: 'x'.repeat(1000) },
          fields: Array.from({ length: 4 }, () => field('x'.repeat(100), 'x'.repeat(1024))),
        },
      ],
      components: Array.from({ length: 5 }, (_, r) =>
        row(...Array.from({ length: 5 }, (_x, i) => button('x'.repeat(80), `${r}${i}`.padEnd(100, 'x')))),
      ),
    };
    expect((await ask('POST', `/channels/${IDS.channel}/messages`, body)).status).toBe(200);
  });

  it('refuses an empty message, a wrong token, an unknown channel and a second acknowledgement', async () => {
    expect((await ask('POST', `/channels/${IDS.channel}/messages`, {})).body).toMatchObject({ code: 50006 });
    expect(await ask('GET', '/gateway/bot', undefined, 'wrong')).toMatchObject({ status: 401, body: { code: 0 } });
    expect((await ask('POST', '/channels/400000000000000999/messages', embed({}))).body).toMatchObject({ code: 10003 });
    const asked = fake.press({ kind: 'command', name: 'x', userId: '1' });
    const path = `/interactions/${asked.id}/${asked.token}/callback`;
    expect((await ask('POST', path, { type: 5 })).status).toBe(204);
    expect((await ask('POST', path, { type: 5 })).body).toMatchObject({ code: 40060 });
  });

  it('knows an interaction for three seconds', async () => {
    const asked = fake.press({ kind: 'command', name: 'x', userId: '1' });
    fake.store.interactions.set(asked.id, { ...asked, sentMs: asked.sentMs - 3_001 });
    const answer = await ask('POST', `/interactions/${asked.id}/${asked.token}/callback`, { type: 5 });
    expect(answer.body).toMatchObject({ code: 10062 });
  });
});
