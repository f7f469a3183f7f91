// Adapters, discord: the commands of one guild, registered in one request and only when they changed: creates are rationed per
// day. Global ones are taken away once, or every command would show twice.
import { sha256Hex } from '../../core/digest.ts';
import type { CommandSpec } from '../../ports/chat.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Outbox } from '../../ports/outbox.ts';
import { commandJson } from './command-json.ts';
import type { DiscordRest, RestResult } from './rest.ts';

export interface RegistrationPorts {
  readonly rest: DiscordRest;
  readonly guildId: string;
  readonly memory: Pick<Outbox, 'remember' | 'recall'>;
  readonly clock: WallClock;
  readonly logger: Logger;
}

export type Registered = 'unchanged' | 'registered' | 'refused' | 'failed';

const TRIES = 5;
const AGAIN_MS = 5_000;

export async function registerCommands(
  specs: readonly CommandSpec[],
  applicationId: string,
  ports: RegistrationPorts,
): Promise<Registered> {
  const body = specs.map(commandJson);
  const place = `${applicationId}/${ports.guildId}`;
  const hash = sha256Hex(JSON.stringify(body));
  if (ports.memory.recall(`commands:${place}`) === hash) return 'unchanged';
  const clearedBefore = ports.memory.recall(`globalCleared:${applicationId}`) !== null;
  const cleared = clearedBefore ? 'registered' : await put(`/applications/${applicationId}/commands`, [], ports);
  if (cleared === 'registered') ports.memory.remember(`globalCleared:${applicationId}`, 'yes');
  const outcome = await put(`/applications/${applicationId}/guilds/${ports.guildId}/commands`, body, ports);
  if (outcome === 'registered') ports.memory.remember(`commands:${place}`, hash);
  return outcome;
}

/** Putting the same list twice is the same list. */
async function put(path: `/${string}`, body: unknown, { rest, clock, logger }: RegistrationPorts): Promise<Registered> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const result: RestResult = await rest.send({ method: 'PUT', path, body, auth: 'bot' });
    if (result.kind === 'ok') return 'registered';
    if (result.kind === 'refused') {
      logger.error({ path, code: result.code, reason: result.reason }, 'discord refuses the commands');
      return 'refused';
    }
    const waitMs = result.kind === 'wait' ? result.waitMs : AGAIN_MS;
    await new Promise<void>((resolve) => void clock.after(waitMs, resolve));
  }
  return 'failed';
}
