// Adapters, discord: a card as the body of a message. One embed, action rows of buttons, files; nobody is ever mentioned.
import { type APIEmbed, ButtonStyle, ComponentType, MessageFlags } from 'discord.js';
import type { Card, CardButton } from '../../ports/chat.ts';
import { toCustomId } from './custom-id.ts';
import { fitCard } from './fit-card.ts';

export interface OutgoingFile {
  readonly name: string;
  readonly data: Buffer;
}

export interface Outgoing {
  readonly body: Readonly<Record<string, unknown>>;
  readonly files: readonly OutgoingFile[];
}

const STYLES: Readonly<Record<CardButton['style'], ButtonStyle>> = {
  primary: ButtonStyle.Primary,
  secondary: ButtonStyle.Secondary,
  success: ButtonStyle.Success,
  danger: ButtonStyle.Danger,
};

export interface RawButton {
  readonly customId: string;
  readonly label: string;
  readonly style: CardButton['style'];
  readonly state: CardButton['state'];
}

const toRaw = ({ action, args, label, style, state }: CardButton): RawButton => ({
  customId: toCustomId({ kind: 'action', action, args }),
  label,
  style,
  state,
});

const rowJson = (row: readonly RawButton[]) => ({
  type: ComponentType.ActionRow,
  components: row.map(({ customId, label, style, state }) => ({
    type: ComponentType.Button,
    style: STYLES[style],
    label,
    custom_id: customId,
    disabled: state === 'off',
  })),
});

function embedOf(card: Card): APIEmbed {
  return {
    title: card.title,
    color: card.colour,
    ...(card.description === null ? {} : { description: card.description }),
    ...(card.fields.length === 0
      ? {}
      : { fields: card.fields.map(({ name, value, place }) => ({ name, value, inline: place === 'row' })) }),
    ...(card.footer === null ? {} : { footer: { text: card.footer } }),
    ...(card.atMs === null ? {} : { timestamp: new Date(card.atMs).toISOString() }),
    ...(card.image === null ? {} : { image: { url: `attachment://${card.image}` } }),
  };
}

/** `edit` names every file that is to stay, so that pictures of the card before do not pile up. */
export function messageJson(unfitted: Card, extraRows: readonly (readonly RawButton[])[] = []): Outgoing {
  const card = fitCard(unfitted);
  const rows = [...card.buttons.map((row) => row.map(toRaw)), ...extraRows];
  return {
    body: {
      embeds: [embedOf(card)],
      components: rows.map(rowJson),
      attachments: card.files.map((file, id) => ({
        id: String(id),
        filename: file.name,
        ...(file.description === null ? {} : { description: file.description }),
      })),
      allowed_mentions: { parse: [] },
    },
    files: card.files.map(({ name, bytes }) => ({ name, data: Buffer.from(bytes) })),
  };
}

export const silently = (outgoing: Outgoing): Outgoing => ({
  ...outgoing,
  body: { ...outgoing.body, flags: MessageFlags.SuppressNotifications },
});
