// The fake Discord's REST routes: what each request does to the store, judged by the documented limits.
import {
  errorBody,
  isJson,
  type Json,
  judgeChoices,
  judgeCommands,
  judgeForm,
  judgeMessage,
  MAX_FILE_BYTES,
} from './fake-discord-limits.ts';
import { type FakeStore, IDS, type StoredFile, type StoredInteraction, type StoredMessage } from './fake-discord-store.ts';

export interface Request {
  readonly method: string;
  /** Below `/api/v10`, percent-decoded, without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorised: 'yes' | 'no';
  readonly body: Json | readonly Json[];
  readonly files: readonly StoredFile[];
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface Rights {
  send: boolean;
  readHistory: boolean;
}

const NONCE_MS = 120_000;
const FIRST_ANSWER_MS = 3_000;
const TOKEN_MS = 15 * 60_000;
const EPHEMERAL = 64;

const ok = (body: unknown, status = 200): Answer => ({ status, body });
const error = (status: number, code: number, message: string): Answer => ({ status, body: { message, code } });
const UNAUTHORISED = error(401, 0, '401: Unauthorized');

export class FakeRoutes {
  readonly #store: FakeStore;
  readonly #gateway: () => Json;
  readonly rights: Rights = { send: true, readHistory: true };
  onAcknowledged: () => void = () => undefined;

  constructor(store: FakeStore, gateway: () => Json) {
    this.#store = store;
    this.#gateway = gateway;
  }

  answer(request: Request): Answer {
    const parts = request.path.split('/').filter((part) => part !== '');
    const route = parts[0] ?? '';
    if (request.files.some((file) => file.data.length > MAX_FILE_BYTES)) return error(413, 40005, 'Request entity too large');
    if (route === 'interactions') return this.#callback(request, parts);
    if (route === 'webhooks') return this.#webhook(request, parts);
    if (request.authorised === 'no') return UNAUTHORISED;
    if (request.path === '/gateway/bot') return ok(this.#gateway());
    if (route === 'applications') return this.#commands(request, parts);
    if (route === 'channels') return this.#channel(request, parts);
    return error(404, 0, '404: Not Found');
  }

  #commands({ method, body }: Request, parts: readonly string[]): Answer {
    const inGuild = parts[2] === 'guilds';
    if (inGuild && parts[3] !== IDS.guild) return error(403, 50001, 'Missing Access');
    if (method === 'GET') return ok(inGuild ? this.#store.guildCommands : this.#store.globalCommands);
    if (method !== 'PUT' || !Array.isArray(body)) return error(405, 0, '405: Method Not Allowed');
    const list: readonly Json[] = body;
    const complaints = judgeCommands(list);
    if (complaints.length > 0) return ok(errorBody(complaints), 400);
    const before = inGuild ? this.#store.guildCommands : this.#store.globalCommands;
    const kept = list.map((command) => ({
      ...command,
      id: before.find((old) => old['name'] === command['name'])?.['id'] ?? this.#store.snowflake(),
      application_id: IDS.application,
    }));
    if (inGuild) this.#store.guildCommands = kept;
    else this.#store.globalCommands = kept;
    return ok(kept);
  }

  #channel(request: Request, parts: readonly string[]): Answer {
    const { method } = request;
    if (parts[1] !== IDS.channel || parts[2] !== 'messages') return error(404, 10003, 'Unknown Channel');
    if (parts[3] === undefined) return method === 'POST' ? this.#post(request) : this.#history(request);
    const message = this.#store.messages.find((candidate) => candidate.id === parts[3]);
    if (message === undefined) return error(404, 10008, 'Unknown Message');
    if (method === 'DELETE') {
      this.#store.messages.splice(this.#store.messages.indexOf(message), 1);
      return ok(undefined, 204);
    }
    return method === 'PATCH' ? this.#edit(message, request) : ok(this.#store.messageJson(message));
  }

  #post(request: Request): Answer {
    if (!this.rights.send) return error(403, 50013, 'Missing Permissions');
    const body = isJson(request.body) ? request.body : {};
    const complaints = judgeMessage(body, sizes(request.files), 'create');
    if (complaints.length > 0) return ok(errorBody(complaints), 400);
    const nonce = typeof body['nonce'] === 'string' ? body['nonce'] : null;
    const now = this.#store.now();
    const same = this.#store.messages.find((message) => nonce !== null && message.nonce === nonce && now - message.at < NONCE_MS);
    if (same !== undefined && body['enforce_nonce'] === true) return ok(this.#store.messageJson(same));
    const message = { id: this.#store.snowflake(), channelId: IDS.channel, at: now, body, files: request.files, edits: 0, nonce };
    this.#store.messages.push(message);
    return ok(this.#store.messageJson(message));
  }

  #history({ query }: Request): Answer {
    if (!this.rights.readHistory) return ok([]);
    const limit = Number(query.get('limit') ?? 50);
    const newest = this.#store.messages.slice(-limit).reverse();
    return ok(newest.map((message) => this.#store.messageJson(message)));
  }

  #edit(message: StoredMessage, request: Request): Answer {
    const body = isJson(request.body) ? request.body : {};
    const complaints = judgeMessage(body, sizes(request.files), 'edit');
    if (complaints.length > 0) return ok(errorBody(complaints), 400);
    message.body = { ...message.body, ...body };
    message.files = request.files;
    message.edits += 1;
    return ok(this.#store.messageJson(message));
  }

  #callback({ body: raw, files }: Request, parts: readonly string[]): Answer {
    const interaction = this.#store.interactions.get(parts[1] ?? '');
    const now = this.#store.now();
    if (interaction === undefined || interaction.token !== parts[2]) return error(404, 10062, 'Unknown interaction');
    if (interaction.ackMs !== null) return error(400, 40060, 'Interaction has already been acknowledged.');
    if (now - interaction.sentMs > FIRST_ANSWER_MS) return error(404, 10062, 'Unknown interaction');
    const body = isJson(raw) ? raw : {};
    const data = isJson(body['data']) ? body['data'] : {};
    const type = Number(body['type']);
    const complaints = judgeAnswer(type, data, files);
    if (complaints.length > 0) return ok(errorBody(complaints), 400);
    interaction.ackMs = now - interaction.sentMs;
    interaction.ackType = type;
    if (type === 4 || type === 5) interaction.ephemeral = (Number(data['flags'] ?? 0) & EPHEMERAL) !== 0;
    if (type === 4 || type === 7) interaction.shown = { body: data, files, atMs: now - interaction.sentMs };
    if (type === 8) interaction.choices = Array.isArray(data['choices']) ? data['choices'].filter(isJson) : [];
    if (type === 9) interaction.form = data;
    this.onAcknowledged();
    return ok(undefined, 204);
  }

  #webhook(request: Request, parts: readonly string[]): Answer {
    const interaction = this.#store.byToken(parts[2] ?? '');
    if (interaction === undefined) return error(401, 50027, 'Invalid Webhook Token');
    if (this.#store.now() - interaction.sentMs > TOKEN_MS) return error(401, 50027, 'Invalid Webhook Token');
    if (parts[4] !== '@original' || interaction.ackMs === null) return error(404, 10008, 'Unknown Message');
    if (request.method !== 'PATCH') return error(405, 0, '405: Method Not Allowed');
    return this.#editAnswer(interaction, request);
  }

  #editAnswer(interaction: StoredInteraction, request: Request): Answer {
    const body = isJson(request.body) ? request.body : {};
    const complaints = judgeMessage(body, sizes(request.files), 'edit');
    if (complaints.length > 0) return ok(errorBody(complaints), 400);
    interaction.shown = { body, files: request.files, atMs: this.#store.now() - interaction.sentMs };
    interaction.edits += 1;
    const shared = this.#store.messages.find((message) => message.id === interaction.messageId);
    if (interaction.ackType === 6 && shared !== undefined) {
      shared.body = { ...shared.body, ...body };
      shared.edits += 1;
    }
    this.onAcknowledged();
    return ok({ id: this.#store.snowflake(), channel_id: IDS.channel, ...body });
  }
}

const sizes = (files: readonly StoredFile[]) => files.map((file) => ({ name: file.name, bytes: file.data.length }));

function judgeAnswer(type: number, data: Json, files: readonly StoredFile[]) {
  switch (type) {
    case 4:
      return judgeMessage(data, sizes(files), 'create');
    case 7:
      return judgeMessage(data, sizes(files), 'edit');
    case 8:
      return judgeChoices(data);
    case 9:
      return judgeForm(data);
    default:
      return [];
  }
}
