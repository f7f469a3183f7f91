// Adapters, discord: a form as Discord's modal: labels with text inputs.
import { ComponentType, TextInputStyle } from 'discord.js';
import type { Form } from '../../ports/chat.ts';
import { cut } from './fit-card.ts';

const MAX = { title: 42, label: 42, description: 95, fields: 5, value: 3_800 } as const;

export const formJson = (form: Form, customId: string): Readonly<Record<string, unknown>> => ({
  custom_id: customId,
  title: cut(form.title, MAX.title),
  components: form.fields.slice(0, MAX.fields).map((field) => ({
    type: ComponentType.Label,
    label: cut(field.label, MAX.label),
    ...(field.description === null ? {} : { description: cut(field.description, MAX.description) }),
    component: {
      type: ComponentType.TextInput,
      custom_id: field.id,
      style: field.size === 'line' ? TextInputStyle.Short : TextInputStyle.Paragraph,
      required: field.need === 'required',
      ...(field.value === '' ? {} : { value: cut(field.value, MAX.value) }),
    },
  })),
});
