// App, Discord: every command and every button with who may use it and who sees the answer. Names and descriptions come from the
// catalogues; the English name is the key that travels.
import { TIMEFRAMES } from '../../core/timeframe.ts';
import type { ActionSpec, ChatRank, CommandLeaf, CommandSpec, OptionSpec } from '../../ports/chat.ts';
import { type Text, type TextKey, textIn } from '../text/catalogue.ts';
import { SPAN_NAMES } from './account-cards.ts';

const CHINESE = textIn('zh-TW');
const ENGLISH = textIn('en');
const inEach = (key: TextKey): Readonly<Record<'zh-TW' | 'en', string>> => ({ 'zh-TW': CHINESE(key), en: ENGLISH(key) });

type CommandName = Extract<TextKey, `dc.cmd.${string}.desc`> extends `dc.cmd.${infer Name}.desc` ? Name : never;
type OptionName = Extract<TextKey, `dc.opt.${string}.desc`> extends `dc.opt.${infer Name}.desc` ? Name : never;

const leaf = (
  name: CommandName,
  more: Pick<CommandLeaf, 'rank' | 'visibility'>,
  options: readonly OptionSpec[] = [],
): CommandLeaf => ({
  name,
  names: inEach(`dc.cmd.${name}`),
  description: inEach(`dc.cmd.${name}.desc`),
  options,
  ...more,
});
const plain = (...parts: Parameters<typeof leaf>): CommandSpec => ({ kind: 'plain', ...leaf(...parts) });
const group = (name: CommandName, children: readonly CommandLeaf[]): CommandSpec => ({
  kind: 'group',
  name,
  names: inEach(`dc.cmd.${name}`),
  description: inEach(`dc.cmd.${name}.desc`),
  children,
});

const option = (name: OptionName, need: OptionSpec['need'], type: OptionSpec['type']): OptionSpec => ({
  name,
  names: inEach(`dc.opt.${name}`),
  description: inEach(`dc.opt.${name}.desc`),
  need,
  type,
});
const SUGGESTED = { kind: 'suggested' } as const;
const TEXT = { kind: 'text' } as const;
const SYMBOL = option('symbol', 'required', SUGGESTED);
const PERIOD = option('period', 'optional', {
  kind: 'choice',
  choices: SPAN_NAMES.map((value) => ({ value, names: inEach(`dc.span.${value}`) })),
});
const TIMEFRAME = option('timeframe', 'optional', {
  kind: 'choice',
  choices: TIMEFRAMES.filter((name) => name !== '12h' && name !== '1d').map((value) => ({
    value,
    names: { 'zh-TW': value, en: value },
  })),
});
export const EXPORT_KINDS = ['trades', 'signals', 'outcomes', 'executions'] as const;
const KIND = option('kind', 'required', {
  kind: 'choice',
  choices: EXPORT_KINDS.map((value) => ({ value, names: inEach(`dc.kind.${value}`) })),
});

const PRIVATE = { rank: 'viewer', visibility: 'private' } as const;
const SHARED = { rank: 'viewer', visibility: 'public' } as const;
const TRADER = { rank: 'trader', visibility: 'private' } as const;
const TRADER_SHARED = { rank: 'trader', visibility: 'public' } as const;

export const COMMAND_SPECS: readonly CommandSpec[] = [
  plain('positions', PRIVATE),
  plain('balance', PRIVATE, [PERIOD]),
  plain('stats', PRIVATE, [PERIOD]),
  plain('status', PRIVATE),
  group('config', [
    leaf('view', PRIVATE),
    leaf('set', { rank: 'admin', visibility: 'private' }, [
      option('name', 'required', SUGGESTED),
      option('value', 'required', SUGGESTED),
    ]),
  ]),
  plain('scan', SHARED),
  plain('chart', SHARED, [SYMBOL, TIMEFRAME]),
  plain('why', SHARED, [SYMBOL, option('time', 'optional', TEXT)]),
  plain('trades', PRIVATE),
  plain('virtual', PRIVATE),
  plain('export', PRIVATE, [KIND, option('since', 'optional', TEXT)]),
  plain('pause', TRADER_SHARED, [option('reason', 'optional', TEXT)]),
  plain('resume', TRADER),
  plain('panic', TRADER_SHARED),
  plain('close', TRADER, [SYMBOL]),
  group('blacklist', [leaf('show', PRIVATE), leaf('add', TRADER, [SYMBOL]), leaf('remove', TRADER, [SYMBOL])]),
  plain('help', PRIVATE),
];

export const ACTION_SPECS: readonly ActionSpec[] = [
  { action: 'positions', rank: 'viewer', answer: 'update' },
  { action: 'showPositions', rank: 'viewer', answer: 'private' },
  { action: 'trades', rank: 'viewer', answer: 'update' },
  { action: 'virtual', rank: 'viewer', answer: 'update' },
  { action: 'scan', rank: 'viewer', answer: 'update' },
  { action: 'stats', rank: 'viewer', answer: 'update' },
  { action: 'balance', rank: 'viewer', answer: 'update' },
  { action: 'config', rank: 'viewer', answer: 'update' },
  { action: 'chart', rank: 'viewer', answer: 'private' },
  { action: 'why', rank: 'viewer', answer: 'private' },
  { action: 'breakEven', rank: 'trader', answer: 'private' },
  { action: 'closeHalf', rank: 'trader', answer: 'private' },
  { action: 'close', rank: 'trader', answer: 'private' },
  { action: 'entryOpen', rank: 'trader', answer: 'private' },
  { action: 'entrySkip', rank: 'trader', answer: 'private' },
];

/** Every leaf with the words that call it, for the help. */
export function spokenLeaves(
  text: Text,
): readonly { readonly name: string; readonly description: string; readonly rank: ChatRank }[] {
  return COMMAND_SPECS.flatMap((spec) => {
    const language = text.language;
    const leaves = spec.kind === 'plain' ? [spec] : spec.children;
    const prefix = spec.kind === 'plain' ? '' : `${spec.names[language]} `;
    return leaves.map(({ names, description, rank }) => ({
      name: prefix + names[language],
      description: description[language],
      rank,
    }));
  });
}
