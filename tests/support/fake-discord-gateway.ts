// The fake Discord's gateway: hello, identify, resume with replay, heartbeats, dispatches, and the ways in which it fails.
import type { Server } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { isJson, type Json } from './fake-discord-limits.ts';
import { IDS } from './fake-discord-store.ts';

interface Session {
  readonly id: string;
  seq: number;
  readonly sent: { readonly seq: number; readonly frame: string }[];
  socket: WebSocket | null;
}

export interface GatewayOptions {
  readonly token: () => string;
  readonly url: () => string;
  readonly heartbeatMs: number;
}

export class FakeGateway {
  readonly #options: GatewayOptions;
  readonly #server: WebSocketServer;
  readonly #sessions = new Map<string, Session>();
  #current: Session | null = null;
  #answerBeats = true;
  /** Close every identify with this code. */
  refuseIdentify: number | null = null;
  /** Whether the guild is described after READY. */
  describeGuild: 'yes' | 'never' = 'yes';
  down = false;
  identifies = 0;
  resumes = 0;
  intents: number | null = null;

  constructor(server: Server, options: GatewayOptions) {
    this.#options = options;
    this.#server = new WebSocketServer({ server });
    this.#server.on('connection', (socket) => this.#greet(socket));
  }

  get connected(): boolean {
    return this.#current?.socket?.readyState === WebSocket.OPEN;
  }

  dispatch(type: string, data: Json): void {
    const session = this.#current;
    if (session === null) return;
    session.seq += 1;
    const frame = JSON.stringify({ op: 0, t: type, s: session.seq, d: data });
    session.sent.push({ seq: session.seq, frame });
    if (session.socket?.readyState === WebSocket.OPEN) session.socket.send(frame);
  }

  /** Op 7: please reconnect and resume. */
  askReconnect(): void {
    this.#send({ op: 7, d: null });
  }

  /** Op 9: the session is gone (or may be resumed). */
  invalidate(session: 'resumable' | 'new'): void {
    if (session === 'new' && this.#current !== null) this.#sessions.delete(this.#current.id);
    this.#send({ op: 9, d: session === 'resumable' });
  }

  closeWith(code: number): void {
    this.#current?.socket?.close(code);
  }

  cut(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  stopAnsweringBeats(): void {
    this.#answerBeats = false;
  }

  answerBeatsAgain(): void {
    this.#answerBeats = true;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #send(frame: Json): void {
    const socket = this.#current?.socket;
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ s: null, t: null, ...frame }));
  }

  #greet(socket: WebSocket): void {
    if (this.down) {
      socket.terminate();
      return;
    }
    socket.send(JSON.stringify({ op: 10, s: null, t: null, d: { heartbeat_interval: this.#options.heartbeatMs, _trace: [] } }));
    socket.on('message', (data) => {
      const frame: unknown = JSON.parse(String(data));
      if (isJson(frame)) this.#hear(socket, frame);
    });
    socket.on('error', () => socket.terminate());
  }

  #hear(socket: WebSocket, frame: Json): void {
    const data = isJson(frame['d']) ? frame['d'] : {};
    switch (frame['op']) {
      case 1:
        if (this.#answerBeats) socket.send(JSON.stringify({ op: 11, s: null, t: null, d: null }));
        return;
      case 2:
        this.#identify(socket, data);
        return;
      case 6:
        this.#resume(socket, data);
        return;
    }
  }

  #identify(socket: WebSocket, data: Json): void {
    this.identifies += 1;
    this.intents = Number(data['intents']);
    const refusal = this.refuseIdentify ?? (data['token'] === this.#options.token() ? null : 4004);
    if (refusal !== null) {
      socket.close(refusal);
      return;
    }
    const session: Session = { id: `session-${this.identifies}`, seq: 0, sent: [], socket };
    this.#sessions.set(session.id, session);
    this.#current = session;
    this.dispatch('READY', {
      v: 10,
      user: { id: IDS.application, username: 'perpscout', discriminator: '0', avatar: null, bot: true },
      guilds: [{ id: IDS.guild, unavailable: true }],
      session_id: session.id,
      resume_gateway_url: this.#options.url(),
      application: { id: IDS.application, flags: 0 },
      shard: [0, 1],
    });
    if (this.describeGuild === 'yes') this.dispatch('GUILD_CREATE', guildJson());
  }

  #resume(socket: WebSocket, data: Json): void {
    this.resumes += 1;
    const session = this.#sessions.get(String(data['session_id']));
    if (session === undefined) {
      socket.send(JSON.stringify({ op: 9, s: null, t: null, d: false }));
      return;
    }
    session.socket = socket;
    this.#current = session;
    for (const { seq, frame } of session.sent) if (seq > Number(data['seq'])) socket.send(frame);
    this.dispatch('RESUMED', { _trace: [] });
  }
}

const guildJson = (): Json => ({
  id: IDS.guild,
  name: 'test',
  owner_id: '100000000000000001',
  unavailable: false,
  member_count: 2,
  large: false,
  joined_at: '2026-01-01T00:00:00.000Z',
  roles: [
    {
      id: IDS.everyone,
      name: '@everyone',
      color: 0,
      hoist: false,
      position: 0,
      permissions: '0',
      managed: false,
      mentionable: false,
      flags: 0,
    },
  ],
  channels: [{ id: IDS.channel, type: 0, name: 'bot', position: 0, permission_overwrites: [] }],
  members: [],
  threads: [],
  presences: [],
  voice_states: [],
  emojis: [],
  stickers: [],
  stage_instances: [],
  guild_scheduled_events: [],
  soundboard_sounds: [],
  features: [],
  preferred_locale: 'zh-TW',
});
