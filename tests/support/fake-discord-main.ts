// The fake Discord as a process, for driving the bot from outside: the first line on stdout says where it listens; a door at
// /__discord/ presses buttons, breaks things and tells what happened.
//   tsx tests/support/fake-discord-main.ts [--port P] [--token T]
//   POST /__discord/press {"kind":"command","name":"status","userId":"…"}   answers {"id"}
//   POST /__discord/fault {"on":"POST /api/v10/channels","act":"rate","value":2,"count":1}
//   POST /__discord/do    {"act":"reconnect"|"invalidate"|"cut"|"outageBegin"|"outageEnd"|"close","code":4004}
//   POST /__discord/state                                                     messages, interactions, commands, leaks
import { parseArgs } from 'node:util';
import { FakeDiscord, type Fault } from './fake-discord.ts';
import type { Press } from './fake-discord-interactions.ts';
import type { Json } from './fake-discord-limits.ts';
import { IDS } from './fake-discord-store.ts';

const { values } = parseArgs({
  options: { port: { type: 'string' }, token: { type: 'string' }, secret: { type: 'string', multiple: true } },
});
const fake = await FakeDiscord.start({
  port: Number(values.port ?? 0),
  secrets: values.secret ?? [],
  ...(values.token === undefined ? {} : { token: values.token }),
});

function perform(body: Json): void {
  switch (body['act']) {
    case 'reconnect':
      fake.gateway.askReconnect();
      return;
    case 'invalidate':
      fake.gateway.invalidate('new');
      return;
    case 'cut':
      fake.gateway.cut();
      return;
    case 'outageBegin':
      fake.outage('begin');
      return;
    case 'outageEnd':
      fake.outage('end');
      return;
    case 'close':
      fake.gateway.closeWith(Number(body['code']));
      return;
  }
}

function state(): Json {
  return {
    connected: fake.gateway.connected,
    identifies: fake.gateway.identifies,
    resumes: fake.gateway.resumes,
    messages: fake.messages.map((message) => ({ ...fake.store.messageJson(message), edits: message.edits })),
    interactions: [...fake.store.interactions.values()].map(({ shown, ...rest }) => ({
      ...rest,
      shown: shown === null ? null : { body: shown.body, atMs: shown.atMs, files: shown.files.map(({ name }) => name) },
    })),
    commands: fake.store.guildCommands,
    leaks: fake.store.leaks.length,
    refused: fake.store.asked.filter(({ status }) => status === 'dropped' || status >= 400),
  };
}

fake.onControl = (path, body) => {
  switch (path.slice('/__discord/'.length)) {
    case 'press':
      return { id: fake.press(body as unknown as Press).id };
    case 'fault':
      fake.fault(body as unknown as Fault);
      return { ok: true };
    case 'do':
      perform(body);
      return { ok: true };
    default:
      return state();
  }
};

process.stdout.write(
  `${JSON.stringify({ ready: true, apiUrl: fake.apiUrl, token: fake.token, guildId: IDS.guild, channelId: IDS.channel })}\n`,
);
const stop = (): void => void fake.close().then(() => process.exit(0));
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
