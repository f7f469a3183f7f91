// The fake Discord's judgement of what it is sent: the documented limits (reference discord.md §5), answered as Discord does,
// with code 50035 and a tree of `_errors`. Lengths are counted in code points.

export interface Complaint {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
}

export interface Json {
  readonly [name: string]: unknown;
}

const MIB = 1_048_576;
export const MAX_FILE_BYTES = 10 * MIB;
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

export const lengthOf = (text: string): number => [...text].length;
export const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isJson) : []);

/** Collects complaints under one root path. */
class Judge {
  readonly complaints: Complaint[] = [];

  add(path: Complaint['path'], code: string, message: string): void {
    this.complaints.push({ path, code, message });
  }

  text(holder: Json, path: Complaint['path'], name: string, limit: { readonly least: number; readonly most: number }): number {
    const value = holder[name];
    if (value === undefined || value === null) {
      if (limit.least > 0) this.add([...path, name], 'BASE_TYPE_REQUIRED', 'This field is required');
      return 0;
    }
    const text = String(value);
    if (lengthOf(text) > limit.most)
      this.add([...path, name], 'BASE_TYPE_MAX_LENGTH', `Must be ${limit.most} or fewer in length.`);
    if (lengthOf(text.trim()) < limit.least) this.add([...path, name], 'BASE_TYPE_REQUIRED', 'This field is required');
    return lengthOf(text);
  }

  count(list: readonly unknown[], path: Complaint['path'], least: number, most: number): void {
    if (list.length >= least && list.length <= most) return;
    this.add(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${least} and ${most} in length.`);
  }
}

function judgeEmbed(judge: Judge, embed: Json, path: Complaint['path']): number {
  let total = judge.text(embed, path, 'title', { least: 0, most: 256 });
  total += judge.text(embed, path, 'description', { least: 0, most: 4096 });
  if (isJson(embed['footer'])) total += judge.text(embed['footer'], [...path, 'footer'], 'text', { least: 1, most: 2048 });
  if (isJson(embed['author'])) total += judge.text(embed['author'], [...path, 'author'], 'name', { least: 1, most: 256 });
  const fields = listOf(embed['fields']);
  judge.count(fields, [...path, 'fields'], 0, 25);
  fields.forEach((field, index) => {
    total += judge.text(field, [...path, 'fields', index], 'name', { least: 1, most: 256 });
    total += judge.text(field, [...path, 'fields', index], 'value', { least: 1, most: 1024 });
  });
  const colour = embed['color'];
  if (colour !== undefined && !(Number.isInteger(colour) && Number(colour) >= 0 && Number(colour) <= 0xffffff))
    judge.add([...path, 'color'], 'NUMBER_TYPE_MAX', 'int value should be less than or equal to 16777215.');
  const stamp = embed['timestamp'];
  if (stamp !== undefined && Number.isNaN(Date.parse(String(stamp))))
    judge.add([...path, 'timestamp'], 'DATE_TIME_TYPE_PARSE', 'Could not parse. Should be ISO8601.');
  return total;
}

function judgeRow(judge: Judge, row: Json, path: Complaint['path'], ids: Set<string>): void {
  if (row['type'] !== 1) {
    judge.add([...path, 'type'], 'UNION_TYPE_CHOICES', 'Value of field "type" must be one of (1,).');
    return;
  }
  const parts = listOf(row['components']);
  judge.count(parts, [...path, 'components'], 1, 5);
  parts.forEach((part, index) => {
    const at = [...path, 'components', index];
    const id = String(part['custom_id'] ?? '');
    if (part['url'] === undefined) judge.text(part, at, 'custom_id', { least: 1, most: 100 });
    judge.text(part, at, 'label', { least: part['type'] === 2 ? 1 : 0, most: 80 });
    if (id !== '' && ids.has(id))
      judge.add([...at, 'custom_id'], 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
    ids.add(id);
    if (part['type'] === 3) judge.count(listOf(part['options']), [...at, 'options'], 1, 25);
  });
}

export interface SentFile {
  readonly name: string;
  readonly bytes: number;
}

export function judgeMessage(body: Json, files: readonly SentFile[], keep: 'create' | 'edit'): Complaint[] {
  const judge = new Judge();
  judge.text(body, [], 'content', { least: 0, most: 2000 });
  if (typeof body['nonce'] === 'string') judge.text(body, [], 'nonce', { least: 0, most: 25 });
  const embeds = listOf(body['embeds']);
  judge.count(embeds, ['embeds'], 0, 10);
  const total = embeds.reduce((sum, embed, index) => sum + judgeEmbed(judge, embed, ['embeds', index]), 0);
  if (total > 6000) judge.add(['embeds'], 'MAX_EMBED_SIZE_EXCEEDED', 'Embed size exceeds maximum size of 6000');
  const rows = listOf(body['components']);
  judge.count(rows, ['components'], 0, 5);
  const ids = new Set<string>();
  rows.forEach((row, index) => {
    judgeRow(judge, row, ['components', index], ids);
  });
  judge.count(files, ['attachments'], 0, 10);
  listOf(body['attachments']).forEach((file, index) => {
    judge.text(file, ['attachments', index], 'description', { least: 0, most: 1024 });
  });
  for (const [index, embed] of embeds.entries()) {
    const url = isJson(embed['image']) ? String(embed['image']['url']) : '';
    const name = url.startsWith('attachment://') ? url.slice('attachment://'.length) : null;
    if (name !== null && !files.some((file) => file.name === name))
      judge.add(['embeds', index, 'image', 'url'], 'ATTACHMENT_NOT_FOUND', `The referenced attachment was not found: ${name}`);
  }
  const empty = embeds.length === 0 && files.length === 0 && String(body['content'] ?? '') === '';
  if (empty && keep === 'create') judge.add([], 'EMPTY', 'Cannot send an empty message');
  return judge.complaints;
}

function judgeWords(judge: Judge, holder: Json, path: Complaint['path']): number {
  let total = 0;
  const names: Json = isJson(holder['name_localizations']) ? holder['name_localizations'] : {};
  for (const [where, name] of [
    ['name', holder['name']],
    ...Object.entries(names).map(([key, value]) => [`name_localizations.${key}`, value]),
  ]) {
    const text = String(name ?? '');
    if (!NAME.test(text) || text !== text.toLowerCase())
      judge.add([...path, ...String(where).split('.')], 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
  }
  const texts: Json = isJson(holder['description_localizations']) ? holder['description_localizations'] : {};
  judge.text(holder, path, 'description', { least: 1, most: 100 });
  for (const key of Object.keys(texts)) judge.text(texts, [...path, 'description_localizations'], key, { least: 1, most: 100 });
  const longest = (own: unknown, others: Json): number =>
    Math.max(lengthOf(String(own ?? '')), ...Object.values(others).map((text) => lengthOf(String(text))));
  total += longest(holder['name'], names) + longest(holder['description'], texts);
  return total;
}

function judgeOptions(judge: Judge, options: readonly Json[], path: Complaint['path']): number {
  judge.count(options, [...path, 'options'], 0, 25);
  let total = 0;
  let optionalSeen = false;
  const names = new Set<string>();
  options.forEach((option, index) => {
    const at = [...path, 'options', index];
    total += judgeWords(judge, option, at);
    if (names.has(String(option['name'])))
      judge.add([...at, 'name'], 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS', 'Option name already exists');
    names.add(String(option['name']));
    if (option['type'] === 1) total += judgeOptions(judge, listOf(option['options']), at);
    else if (option['required'] === true && optionalSeen)
      judge.add(
        at,
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
    if (option['type'] !== 1 && option['required'] !== true) optionalSeen = true;
    const choices = listOf(option['choices']);
    judge.count(choices, [...at, 'choices'], 0, 25);
    choices.forEach((choice, nth) => {
      total += judge.text(choice, [...at, 'choices', nth], 'name', { least: 1, most: 100 });
      total += lengthOf(String(choice['value']));
    });
  });
  return total;
}

export function judgeCommands(commands: readonly Json[]): Complaint[] {
  const judge = new Judge();
  judge.count(commands, [], 0, 100);
  const names = new Set<string>();
  commands.forEach((command, index) => {
    const total = judgeWords(judge, command, [index]) + judgeOptions(judge, listOf(command['options']), [index]);
    if (total > 8000)
      judge.add(
        [index],
        'APPLICATION_COMMAND_TOO_LARGE',
        'Command exceeds maximum size (8000) between names, descriptions and values',
      );
    if (names.has(String(command['name'])))
      judge.add([index, 'name'], 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique');
    names.add(String(command['name']));
  });
  return judge.complaints;
}

export function judgeForm(data: Json): Complaint[] {
  const judge = new Judge();
  const root = ['data'];
  judge.text(data, root, 'title', { least: 1, most: 45 });
  judge.text(data, root, 'custom_id', { least: 1, most: 100 });
  const parts = listOf(data['components']);
  judge.count(parts, [...root, 'components'], 1, 5);
  parts.forEach((part, index) => {
    const at = [...root, 'components', index];
    judge.text(part, at, 'label', { least: 1, most: 45 });
    judge.text(part, at, 'description', { least: 0, most: 100 });
    const input = isJson(part['component']) ? part['component'] : {};
    judge.text(input, [...at, 'component'], 'custom_id', { least: 1, most: 100 });
    judge.text(input, [...at, 'component'], 'value', { least: 0, most: 4000 });
    judge.text(input, [...at, 'component'], 'placeholder', { least: 0, most: 100 });
  });
  return judge.complaints;
}

export function judgeChoices(data: Json): Complaint[] {
  const judge = new Judge();
  const choices = listOf(data['choices']);
  judge.count(choices, ['data', 'choices'], 0, 25);
  choices.forEach((choice, index) => {
    judge.text(choice, ['data', 'choices', index], 'name', { least: 1, most: 100 });
    judge.text(choice, ['data', 'choices', index], 'value', { least: 1, most: 100 });
  });
  return judge.complaints;
}

interface Tree {
  [name: string]: Tree | { readonly code: string; readonly message: string }[];
}

/** Discord's body for a refused form: the complaints as a tree with `_errors` at the leaves. */
export function errorBody(complaints: readonly Complaint[]): Json {
  const empty = complaints.find((complaint) => complaint.code === 'EMPTY');
  if (empty !== undefined) return { message: empty.message, code: 50006 };
  const errors: Tree = {};
  for (const { path, code, message } of complaints) {
    let node = errors;
    for (const step of path) {
      const next = node[String(step)];
      const child: Tree = next === undefined || Array.isArray(next) ? {} : next;
      node[String(step)] = child;
      node = child;
    }
    const held = node['_errors'];
    node['_errors'] = [...(Array.isArray(held) ? held : []), { code, message }];
  }
  return { message: 'Invalid Form Body', code: 50035, errors };
}
