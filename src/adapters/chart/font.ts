// Adapter chart: the one font. A machine without fonts draws nothing and says nothing, so the font comes with the package and
// its absence is an error. It has no arrows, circles or check marks: those are drawn as shapes.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { GlobalFonts } from '@napi-rs/canvas';

const FILE = '@fontsource/noto-sans-tc/files/noto-sans-tc-chinese-traditional-400-normal.woff2';
export const FONT_FAMILY = 'PerpScout Noto Sans TC';

/** Where the font lies on this machine; throws where the package is not installed. */
export const fontPath = (): string => createRequire(import.meta.url).resolve(FILE);

/** Registers the font once; throws where it cannot be read. */
export function registerFont(): void {
  if (GlobalFonts.has(FONT_FAMILY)) return;
  const path = fontPath();
  if (GlobalFonts.registerFromPath(path, FONT_FAMILY) === null) throw new Error(`the chart font at ${path} cannot be registered`);
}

/** One part of the package's font: a file and the characters it holds. */
interface Part {
  readonly file: string;
  readonly ranges: readonly (readonly [number, number])[];
}

const RANGE = /U\+([0-9A-F]+)(?:-([0-9A-F]+))?/gi;
/** What the one file surely has, so that most text needs no look: everything below the first Chinese sign. */
const FIRST_CJK = 0x2e80;
let parts: readonly Part[] | null = null;
const familyOf = new Map<string, string | null>();

function partsOfFont(): readonly Part[] {
  parts ??= readFileSync(join(dirname(fontPath()), '..', '400.css'), 'utf8')
    .split('@font-face')
    .flatMap((face) => {
      const file = /files\/([\w-]+-400-normal\.woff2)/.exec(face)?.[1];
      const ranges = [...(/unicode-range:([^;]*)/.exec(face)?.[1] ?? '').matchAll(RANGE)].map((found): [number, number] => {
        const from = Number.parseInt(found[1] ?? '0', 16);
        return [from, found[2] === undefined ? from : Number.parseInt(found[2], 16)];
      });
      return file === undefined || ranges.length === 0 ? [] : [{ file, ranges }];
    });
  return parts;
}

function registeredFamily(letter: string): string | null {
  const code = letter.codePointAt(0) ?? 0;
  const part = partsOfFont().find(({ ranges }) => ranges.some(([from, to]) => code >= from && code <= to));
  if (part === undefined) return null;
  const family = `${FONT_FAMILY} ${part.file}`;
  if (GlobalFonts.has(family)) return family;
  return GlobalFonts.registerFromPath(join(dirname(fontPath()), part.file), family) === null ? null : family;
}

/**
 * Names of contracts are also written in simplified signs, which the one file lacks; they lie in small parts beside it, registered
 * when a text needs them. The families to draw this text with, best first, as CSS.
 */
export function familiesFor(text: string): string {
  const families = new Set([FONT_FAMILY]);
  for (const letter of text) {
    if ((letter.codePointAt(0) ?? 0) < FIRST_CJK) continue;
    let family = familyOf.get(letter);
    if (family === undefined) {
      family = registeredFamily(letter);
      familyOf.set(letter, family);
    }
    if (family !== null) families.add(family);
  }
  return [...families].map((family) => `"${family}"`).join(', ');
}
