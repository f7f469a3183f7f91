// Draws a card as Discord shows it, for the docs and for eyes: colour bar, title, markdown lines, fields in columns, picture, footer
// and buttons, dark or light, on a desktop or 390 px wide. It is a drawing of ours and no copy of Discord's own look.
import { createCanvas, loadImage, type SKRSContext2D } from '@napi-rs/canvas';
import { FONT_FAMILY, registerFont } from '../../src/adapters/chart/font.ts';
import { inFont } from '../../src/adapters/chart/pen.ts';
import type { Card, CardButton, CardField } from '../../src/ports/chat.ts';
import { widthIn, writeIn } from './card-signs.ts';

export interface CardLook {
  readonly theme: 'dark' | 'light';
  readonly device: 'desktop' | 'phone';
  /** For `<t:…:R>` stamps. */
  readonly nowMs: number;
}

const THEMES = {
  dark: {
    page: '#313338',
    card: '#2b2d31',
    text: '#dbdee1',
    strong: '#f2f3f5',
    faint: '#949ba4',
    button: '#4e5058',
    chip: '#1e1f22',
  },
  light: {
    page: '#ffffff',
    card: '#f2f3f5',
    text: '#313338',
    strong: '#060607',
    faint: '#5c5e66',
    button: '#e3e5e8',
    chip: '#e3e5e8',
  },
} as const;
const BUTTONS = { primary: '#5865f2', success: '#248046', danger: '#da373c' } as const;
/** Pixels on the device; drawn half as large again. */
const WIDTHS = { desktop: 520, phone: 390 } as const;
const SCALE = 1.5;
const PAD = 16;

interface Run {
  readonly text: string;
  readonly style: 'plain' | 'bold' | 'code' | 'small';
}

const relative = (seconds: number, nowMs: number): string => {
  const minutes = Math.round((nowMs / 1000 - seconds) / 60);
  if (minutes < 0) return `${-minutes} 分鐘後`;
  return minutes < 60 ? `${minutes} 分鐘前` : `${Math.round(minutes / 60)} 小時前`;
};

/** The few marks that our cards use. */
function runsOf(line: string, nowMs: number): Run[] {
  const small = line.startsWith('-# ');
  const plain: Run['style'] = small ? 'small' : 'plain';
  const text = (small ? line.slice(3) : line).replace(/<t:(\d+):(\w)>/g, (_, seconds: string, style: string) =>
    style === 'R'
      ? relative(Number(seconds), nowMs)
      : new Date(Number(seconds) * 1000).toISOString().slice(0, 16).replace('T', ' '),
  );
  return text
    .split(/(\*\*.+?\*\*|`[^`]+`)/)
    .filter((part) => part !== '')
    .map((part): Run => {
      if (part.startsWith('**')) return { text: unescaped(part.slice(2, -2)), style: 'bold' };
      if (part.startsWith('`')) return { text: part.slice(1, -1), style: 'code' };
      return { text: unescaped(part), style: plain };
    });
}

const unescaped = (text: string): string => text.replace(/\\([\\*_~`|>#[\]()<@:-])/g, '$1');
const drawable = (text: string): string => inFont(text).replaceAll('\ufe0f', '');

class Sheet {
  readonly ink: SKRSContext2D;
  readonly theme: (typeof THEMES)['dark' | 'light'];
  readonly nowMs: number;
  y = 0;

  constructor(ink: SKRSContext2D, look: CardLook) {
    this.ink = ink;
    this.theme = THEMES[look.theme];
    this.nowMs = look.nowMs;
  }

  #font(px: number): void {
    this.ink.font = `${px}px "${FONT_FAMILY}"`;
    this.ink.textBaseline = 'middle';
  }

  /** Wrapped text from `this.y` on, or measured only; returns the height. */
  paragraph(
    text: string,
    box: { readonly x: number; readonly width: number; readonly y: number },
    ink: 'draw' | 'measure',
  ): number {
    let y = box.y;
    for (const line of text.split('\n')) y += this.#line(runsOf(line, this.nowMs), { ...box, y }, ink);
    return y - box.y;
  }

  #line(
    runs: readonly Run[],
    box: { readonly x: number; readonly width: number; readonly y: number },
    ink: 'draw' | 'measure',
  ): number {
    let x = box.x;
    let y = box.y;
    const height = runs[0]?.style === 'small' ? 17 : 20;
    for (const run of runs) {
      const px = run.style === 'small' ? 11.5 : 14;
      this.#font(px);
      for (const word of drawable(run.text).split(/(?<=[\s　])|(?<=[\u3000-\u9fff\uff00-\uffef])|(?=[\u3000-\u9fff])/)) {
        const width = widthIn(this.ink, word, px);
        if (x + width > box.x + box.width && x > box.x) {
          x = box.x;
          y += height;
        }
        if (ink === 'draw') this.#word(word, { x, y: y + height / 2, width, px, style: run.style });
        x += width;
      }
    }
    return y + height - box.y;
  }

  #word(
    word: string,
    at: { readonly x: number; readonly y: number; readonly width: number; readonly px: number; readonly style: Run['style'] },
  ): void {
    const { ink, theme } = this;
    if (at.style === 'code') {
      ink.fillStyle = theme.chip;
      ink.fillRect(at.x - 1, at.y - 9, at.width + 2, 18);
    }
    ink.fillStyle = at.style === 'bold' ? theme.strong : at.style === 'small' ? theme.faint : theme.text;
    writeIn(ink, word, at);
    // The one weight of the font stands in for bold.
    if (at.style === 'bold') writeIn(ink, word, { ...at, x: at.x + 0.45 });
  }

  title(
    text: string,
    px: number,
    box: { readonly x: number; readonly width: number; readonly y: number },
    ink: 'draw' | 'measure',
  ): number {
    this.#font(px);
    const lines: string[] = [''];
    for (const letter of drawable(text)) {
      const next = `${lines.at(-1)}${letter}`;
      if (widthIn(this.ink, next, px) > box.width) lines.push(letter);
      else lines[lines.length - 1] = next;
    }
    for (const [i, line] of lines.entries()) {
      if (ink === 'measure') continue;
      this.ink.fillStyle = this.theme.strong;
      for (const nudge of [0, 0.45]) writeIn(this.ink, line, { x: box.x + nudge, y: box.y + px * 0.75 + i * px * 1.4, px });
    }
    return lines.length * px * 1.4;
  }

  buttons(
    row: readonly CardButton[],
    box: { readonly x: number; readonly width: number; readonly y: number },
    ink: 'draw' | 'measure',
  ): number {
    this.#font(13);
    let { x, y } = box;
    for (const { label, style, state } of row) {
      const words = drawable(label);
      const width = Math.min(box.width, widthIn(this.ink, words, 13) + 28);
      if (x + width > box.x + box.width && x > box.x) {
        x = box.x;
        y += 40;
      }
      if (ink === 'draw') {
        this.ink.globalAlpha = state === 'off' ? 0.45 : 1;
        this.ink.fillStyle = style === 'secondary' ? this.theme.button : BUTTONS[style];
        this.ink.beginPath();
        this.ink.roundRect(x, y, width, 32, 4);
        this.ink.fill();
        this.ink.fillStyle = style === 'secondary' ? this.theme.strong : '#ffffff';
        writeIn(this.ink, words, { x: x + 14, y: y + 16, px: 13 });
        this.ink.globalAlpha = 1;
      }
      x += width + 8;
    }
    return y + 40 - box.y;
  }
}

/** Rows of fields: up to three side by side on a desktop, one below the other on a phone. */
function fieldRows(fields: readonly CardField[], device: CardLook['device']): CardField[][] {
  const rows: CardField[][] = [];
  const most = device === 'phone' ? 1 : 3;
  for (const field of fields) {
    const last = rows.at(-1);
    const joins = field.place === 'row' && last !== undefined && last.length < most && last[0]?.place === 'row';
    if (joins) last.push(field);
    else rows.push([field]);
  }
  return rows;
}

async function paint(sheet: Sheet, card: Card, look: CardLook, ink: 'draw' | 'measure'): Promise<number> {
  const width = WIDTHS[look.device] - 2 * PAD;
  const inner = { x: PAD + 16, width: width - 32 };
  let y = PAD + 12;
  y += sheet.title(card.title, 16, { ...inner, y }, ink) + 4;
  if (card.description !== null) y += sheet.paragraph(card.description, { ...inner, y }, ink) + 6;
  for (const row of fieldRows(card.fields, look.device)) {
    const column = inner.width / Math.max(1, row[0]?.place === 'row' && look.device === 'desktop' ? 3 : 1);
    const heights = row.map((field, i) => {
      const box = { x: inner.x + i * column, width: column - 8 };
      const head = sheet.title(field.name, 13.5, { ...box, y }, ink);
      return head + sheet.paragraph(field.value, { ...box, y: y + head }, ink);
    });
    y += Math.max(...heights) + 8;
  }
  const file = card.files.find(({ name }) => name === card.image);
  if (file !== undefined) {
    const image = await loadImage(Buffer.from(file.bytes));
    const height = (inner.width * image.height) / image.width;
    if (ink === 'draw') sheet.ink.drawImage(image, inner.x, y, inner.width, height);
    y += height + 8;
  }
  if (card.footer !== null) y += sheet.paragraph(`-# ${card.footer}`, { ...inner, y }, ink);
  return y + 8;
}

export async function drawCard(card: Card, look: CardLook): Promise<Buffer> {
  registerFont();
  const theme = THEMES[look.theme];
  const width = WIDTHS[look.device];
  const probe = new Sheet(createCanvas(10, 10).getContext('2d'), look);
  const bottom = await paint(probe, card, look, 'measure');
  const box = { x: PAD, width: width - 2 * PAD };
  let end = bottom + 8;
  for (const row of card.buttons) end += probe.buttons(row, { ...box, y: end }, 'measure');
  const canvas = createCanvas(width * SCALE, Math.ceil(end + PAD) * SCALE);
  const ink = canvas.getContext('2d');
  ink.scale(SCALE, SCALE);
  ink.fillStyle = theme.page;
  ink.fillRect(0, 0, width, end + PAD);
  ink.fillStyle = theme.card;
  ink.fillRect(PAD, PAD, width - 2 * PAD, bottom - PAD);
  ink.fillStyle = `#${card.colour.toString(16).padStart(6, '0')}`;
  ink.fillRect(PAD, PAD, 4, bottom - PAD);
  const sheet = new Sheet(ink, look);
  await paint(sheet, card, look, 'draw');
  let y = bottom + 8;
  for (const row of card.buttons) y += sheet.buttons(row, { ...box, y }, 'draw');
  return canvas.encode('png');
}
