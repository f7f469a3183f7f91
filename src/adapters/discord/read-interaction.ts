// Adapters, discord: an interaction off the gateway as what a person asked, before anyone asks whether they may.
import {
  type APIApplicationCommandInteractionDataOption,
  type APIInteraction,
  type APIModalSubmission,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ComponentType,
  InteractionType,
  MessageFlags,
} from 'discord.js';

export type Incoming = {
  readonly id: string;
  /** A secret of 15 minutes: whoever holds it may answer. */
  readonly token: string;
  readonly applicationId: string;
  readonly guildId: string | null;
  readonly user: { readonly id: string; readonly name: string; readonly roleIds: readonly string[] };
  readonly locale: string;
  /** Who sees the message that a button stands on. */
  readonly seenBy: 'one' | 'all';
} & (
  | {
      readonly kind: 'command';
      readonly name: string;
      readonly child: string | null;
      readonly options: Readonly<Record<string, string | number>>;
    }
  | {
      readonly kind: 'suggest';
      readonly name: string;
      readonly child: string | null;
      readonly option: string;
      readonly typed: string;
      readonly beside: Readonly<Record<string, string | number>>;
    }
  | { readonly kind: 'button'; readonly customId: string }
  | { readonly kind: 'form'; readonly customId: string; readonly values: Readonly<Record<string, string>> }
);

type Options = readonly APIApplicationCommandInteractionDataOption[];

function childOf(options: Options): { readonly child: string | null; readonly leaf: Options } {
  const first = options[0];
  return first?.type === ApplicationCommandOptionType.Subcommand
    ? { child: first.name, leaf: first.options ?? [] }
    : { child: null, leaf: options };
}

function valuesOf(options: Options): Record<string, string | number> {
  const values: Record<string, string | number> = {};
  for (const option of options) {
    if (!('value' in option)) continue;
    values[option.name] = typeof option.value === 'boolean' ? String(option.value) : option.value;
  }
  return values;
}

function formValues({ components }: APIModalSubmission): Record<string, string> {
  const values: Record<string, string> = {};
  for (const row of components) {
    const inputs =
      row.type === ComponentType.Label ? [row.component] : row.type === ComponentType.ActionRow ? row.components : [];
    for (const input of inputs) if (input.type === ComponentType.TextInput) values[input.custom_id] = input.value;
  }
  return values;
}

function common(raw: APIInteraction): Omit<Incoming, 'kind'> {
  const user = raw.member?.user ?? raw.user;
  const flags = 'message' in raw ? (raw.message?.flags ?? 0) : 0;
  return {
    id: raw.id,
    token: raw.token,
    applicationId: raw.application_id,
    guildId: raw.guild_id ?? null,
    user: { id: user?.id ?? '', name: user?.username ?? '', roleIds: raw.member?.roles ?? [] },
    locale: 'locale' in raw ? raw.locale : '',
    seenBy: (flags & MessageFlags.Ephemeral) === 0 ? 'all' : 'one',
  };
}

/** Null for kinds that this bot never offers. */
export function readInteraction(raw: APIInteraction): Incoming | null {
  switch (raw.type) {
    case InteractionType.ApplicationCommand: {
      if (raw.data.type !== ApplicationCommandType.ChatInput) return null;
      const { child, leaf } = childOf(raw.data.options ?? []);
      return { ...common(raw), kind: 'command', name: raw.data.name, child, options: valuesOf(leaf) };
    }
    case InteractionType.ApplicationCommandAutocomplete: {
      const { child, leaf } = childOf(raw.data.options);
      const focused = leaf.find((option) => 'focused' in option && option.focused === true);
      if (focused === undefined) return null;
      const { [focused.name]: typed = '', ...beside } = valuesOf(leaf);
      return {
        ...common(raw),
        kind: 'suggest',
        name: raw.data.name,
        child,
        option: focused.name,
        typed: String(typed),
        beside,
      };
    }
    case InteractionType.MessageComponent:
      return { ...common(raw), kind: 'button', customId: raw.data.custom_id };
    case InteractionType.ModalSubmit:
      return { ...common(raw), kind: 'form', customId: raw.data.custom_id, values: formValues(raw.data) };
    case InteractionType.Ping:
      return null;
  }
}
