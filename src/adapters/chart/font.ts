// Adapter chart: the one font. A machine without fonts draws nothing and says nothing, so the font comes with the package and
// its absence is an error. It has no arrows, circles or check marks: those are drawn as shapes.
import { createRequire } from 'node:module';
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
