// Adapters, discord: the commands as Discord registers them. English is the default text and stands under en-US and en-GB
// too; Traditional Chinese under zh-TW, its only key.
import { ApplicationCommandOptionType } from 'discord.js';
import type { CommandLeaf, CommandSpec, OptionSpec } from '../../ports/chat.ts';

type Worded = Pick<CommandLeaf, 'name' | 'names' | 'description'>;

const worded = ({ name, names, description }: Worded) => ({
  name,
  name_localizations: { 'zh-TW': names['zh-TW'], 'en-US': names.en, 'en-GB': names.en },
  description: description.en,
  description_localizations: { 'zh-TW': description['zh-TW'], 'en-US': description.en, 'en-GB': description.en },
});

function typeJson(type: OptionSpec['type']): Readonly<Record<string, unknown>> {
  switch (type.kind) {
    case 'text':
      return { type: ApplicationCommandOptionType.String };
    case 'suggested':
      return { type: ApplicationCommandOptionType.String, autocomplete: true };
    case 'whole':
      return { type: ApplicationCommandOptionType.Integer, min_value: type.min, max_value: type.max };
    case 'choice':
      return {
        type: ApplicationCommandOptionType.String,
        choices: type.choices.map(({ value, names }) => ({
          name: names.en,
          name_localizations: { 'zh-TW': names['zh-TW'], 'en-US': names.en, 'en-GB': names.en },
          value,
        })),
      };
  }
}

/** Discord wants the required ones first. */
const optionsJson = (options: readonly OptionSpec[]) =>
  options
    .toSorted((a, b) => Number(b.need === 'required') - Number(a.need === 'required'))
    .map((option) => ({ ...worded(option), ...typeJson(option.type), required: option.need === 'required' }));

export const commandJson = (spec: CommandSpec): Readonly<Record<string, unknown>> => ({
  ...worded(spec),
  type: 1,
  options:
    spec.kind === 'plain'
      ? optionsJson(spec.options)
      : spec.children.map((child) => ({
          ...worded(child),
          type: ApplicationCommandOptionType.Subcommand,
          options: optionsJson(child.options),
        })),
});

/** The leaf that a request names; null for a command this desk does not have. */
export function leafOf(specs: readonly CommandSpec[], name: string, child: string | null): CommandLeaf | null {
  const spec = specs.find((candidate) => candidate.name === name);
  if (spec === undefined) return null;
  if (spec.kind === 'plain') return child === null ? spec : null;
  return spec.children.find((candidate) => candidate.name === child) ?? null;
}
