// App, Discord: settings and the blacklist: what is in force, who changed it from what, and changes in two steps. Secrets are not
// among the names that are shown.
import { isRuntimeSetting, RUNTIME_SETTINGS, type RuntimeSetting } from '../../core/events.ts';
import { epochMs } from '../../core/units.ts';
import { JournalError } from '../../ports/errors.ts';
import type { SettingChange } from '../../ports/settings-store.ts';
import { SETTING_NAMES, type Settings } from '../config.ts';
import { COLOURS, cardOf, fittingLines, pageFooter, pageOf, pager } from './card.ts';
import { CHAT_SETTING_NAMES } from './chat-settings.ts';
import { ask, byOf, doneCard } from './desk-acts.ts';
import { LIST_ROOM } from './position-cards.ts';
import { type Answerer, answered, optionText, pageArg, refusedWith, symbolOf, type Turn } from './turn.ts';
import { type Reader, stamp, symbolText } from './wording.ts';

const PER_PAGE = 15;
const HIDDEN = /KEY|SECRET|TOKEN/;
const LIST_NAME = 'BLACKLIST';
/** Pause and the blacklist have commands of their own. */
const OWN_COMMANDS: ReadonlySet<string> = new Set(['paused', 'blacklistAdd', 'blacklistRemove']);

export const CHANGEABLE: readonly string[] = [
  ...RUNTIME_SETTINGS.filter((name) => !OWN_COMMANDS.has(name)),
  ...CHAT_SETTING_NAMES,
];
/** Numbers that people commonly choose; any other in the range is taken as well. */
const COMMON_VALUES: Readonly<Record<string, readonly string[]>> = {
  MIN_CONFIDENCE: ['70', '75', '80', '85', '90'],
  MAX_POSITIONS: ['1', '2', '3', '5', '8'],
  RISK_PER_TRADE_PCT: ['0.25', '0.5', '1', '2'],
  PORTFOLIO_HEAT_PCT: ['2', '3', '5', '8'],
  DAILY_LOSS_LIMIT_PCT: ['2', '3', '6', '10'],
  DRAWDOWN_ALERT_PCT: ['3', '5', '10'],
  PARTIAL_TAKE_PCT: ['0', '2', '3', '5'],
  ENTRY_CONFIRM: ['off', 'discord'],
};

/** What the named setting may become, the value in force first; nothing for a name that is none. */
export function valuesFor(room: Pick<Turn, 'parts' | 'chat'>, typedName: string): readonly string[] {
  const name = changeableName(typedName);
  if (name === undefined) return [];
  const held = settingInForce(room, name);
  const choices = COMMON_VALUES[name] ?? room.chat.choices(name);
  return [held, ...choices.filter((choice) => choice !== held)].filter((choice) => choice !== '');
}

const changeableName = (typed: string): string | undefined => CHANGEABLE.find((known) => known === typed.trim().toUpperCase());
const isChangeable = (name: string): boolean => CHANGEABLE.includes(name);
const isBotSetting = (name: string): name is RuntimeSetting => isRuntimeSetting(name) && !OWN_COMMANDS.has(name);

/** What counts now, whoever set it. */
export function settingInForce({ parts, chat }: Pick<Turn, 'parts' | 'chat'>, name: string): string {
  if (CHAT_SETTING_NAMES.includes(name)) return chat.value(name);
  const changed = parts.store.load().get(name);
  return changed ?? String(parts.settings[name as keyof Settings] ?? '');
}

const shownNames = (): readonly string[] => [
  ...CHANGEABLE,
  LIST_NAME,
  ...SETTING_NAMES.filter((name) => !HIDDEN.test(name) && !isChangeable(name)),
];

const shown = ({ text }: Reader, value: string): string => (value === '' ? text('dc.config.empty') : symbolText(value));

export const configView: Answerer = (turn) => {
  const { reader, parts, args } = turn;
  const { text } = reader;
  const names = shownNames();
  const page = pageOf(names, pageArg(args[0]), PER_PAGE);
  const lines = page.rows.map((name) => {
    const [change] = parts.store.history(name, 1);
    const value = shown(reader, settingInForce(turn, name));
    return change === undefined ? text('dc.config.line', { name, value }) : changedLine(reader, change, value);
  });
  return answered(
    cardOf({
      title: text('dc.config.title'),
      description: fittingLines(lines, LIST_ROOM, (count) => text('dc.page.more', { count })),
      footer: pageFooter(reader, page, names.length),
      buttons: pager(reader, page, 'config', []),
    }),
  );
};

/** A person is shown by a mention that mentions nobody: Discord writes the name, no bell rings. */
const personText = (id: string): string => (/^\d{17,20}$/.test(id) ? `<@${id}>` : symbolText(id));

const changedLine = (reader: Reader, { name, by, at, before }: SettingChange, value: string): string =>
  reader.text('dc.config.changed', {
    name,
    value,
    by: personText(by),
    time: stamp(at),
    before: shown(reader, before ?? ''),
  });

export const configSet: Answerer = (turn) => {
  const { reader, chat } = turn;
  const { text } = reader;
  const given = (optionText(turn, 'name') ?? '').slice(0, 40);
  const value = (optionText(turn, 'value') ?? '').slice(0, 60);
  const name = changeableName(given);
  if (name === undefined)
    return refusedWith(reader, text('dc.config.unknown', { name: symbolText(given), names: CHANGEABLE.join(', ') }));
  const allowed = chat.refusal(name, value);
  if (allowed !== null)
    return refusedWith(reader, text('dc.config.bad', { name, value: symbolText(value), allowed: symbolText(allowed) }));
  const before = settingInForce(turn, name);
  const card = cardOf({
    title: text('dc.config.setTitle'),
    description: text('dc.config.setWhat', { name, before: shown(reader, before), after: shown(reader, value) }),
    colour: COLOURS.warning,
  });
  return { kind: 'confirm', card, action: 'configSet', args: [name, value], rank: 'admin' };
};

export const configConfirmed: Answerer = async (turn) => {
  const { reader, args } = turn;
  const [name = '', value = ''] = args;
  if (!isBotSetting(name)) return chatSetting(turn, name, value);
  const heard = await ask(turn, { kind: 'set', name, value }, (n) => n.event === 'setting' && n['name'] === name);
  if (heard === null) return refusedWith(reader, reader.text('dc.act.noAnswer'));
  if (typeof heard['refused'] === 'string')
    return refusedWith(
      reader,
      reader.text('dc.config.bad', { name, value: symbolText(value), allowed: symbolText(heard['refused']) }),
    );
  return answered(changedCard(reader, name, [String(heard['before'] ?? ''), String(heard['after'] ?? '')]));
};

const changedCard = (reader: Reader, name: string, [before, after]: readonly [string, string]) =>
  doneCard(reader, reader.text('dc.config.changedNow', { name, before: shown(reader, before), after: shown(reader, after) }));

function chatSetting(turn: Turn, name: string, value: string) {
  const { reader, chat, parts } = turn;
  const allowed = chat.refusal(name, value);
  if (allowed !== null)
    return refusedWith(reader, reader.text('dc.config.bad', { name, value: symbolText(value), allowed: symbolText(allowed) }));
  const before = chat.value(name);
  try {
    chat.change(name, value, { id: byOf(turn), at: epochMs(parts.wallClock.epoch()) });
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    return refusedWith(reader, reader.text('dc.act.botRefused', { reason: symbolText(error.message) }));
  }
  return answered(changedCard(reader, name, [before, value]));
}

export const blacklistShow: Answerer = (turn) => {
  const { reader } = turn;
  const { text } = reader;
  const symbols = settingInForce(turn, LIST_NAME)
    .split(',')
    .filter((symbol) => symbol !== '');
  const list = fittingLines(symbols.map(symbolText), LIST_ROOM, (count) => text('dc.page.more', { count }));
  const title = text('dc.blacklist.title', { count: symbols.length });
  return answered(cardOf({ title, description: symbols.length === 0 ? text('dc.blacklist.none') : list }));
};

export const blacklistChange =
  (change: 'blacklistAdd' | 'blacklistRemove'): Answerer =>
  async (turn) => {
    const { reader } = turn;
    const { text } = reader;
    const typed = optionText(turn, 'symbol') ?? '';
    // A contract that is listed no more can still be taken off.
    const listed = settingInForce(turn, LIST_NAME)
      .split(',')
      .find((symbol) => symbol !== '' && symbol === typed);
    const found = listed === undefined ? symbolOf(turn, typed) : { symbol: listed };
    if ('refusal' in found) return found.refusal;
    const heard = await ask(
      turn,
      { kind: 'set', name: change, value: found.symbol },
      (notice) => notice.event === 'setting' && notice['name'] === LIST_NAME,
    );
    if (heard === null) return refusedWith(reader, text('dc.act.noAnswer'));
    if (typeof heard['refused'] === 'string')
      return refusedWith(reader, text('dc.act.botRefused', { reason: symbolText(heard['refused']) }));
    const key = change === 'blacklistAdd' ? 'dc.blacklist.added' : 'dc.blacklist.removed';
    return answered(doneCard(reader, text(key, { symbol: symbolText(found.symbol) })));
  };
