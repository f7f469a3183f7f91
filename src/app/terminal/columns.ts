// App, the terminal: columns in which a Chinese character is two cells wide.
import stringWidth from 'string-width';

/** Pads (or cuts, with …) to exactly `width` cells. */
export function padColumns(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  let shown = text;
  if (stringWidth(shown) > width) {
    while (stringWidth(shown) > width - 1) shown = shown.slice(0, -1);
    shown += '…';
  }
  const fill = ' '.repeat(Math.max(0, width - stringWidth(shown)));
  return align === 'left' ? shown + fill : fill + shown;
}

export const cellsOf = (text: string): number => stringWidth(text);
