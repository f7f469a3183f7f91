// Adapter chart: the colours. Colour never speaks alone: sides and levels are written as well; which colour a rising candle
// has is the reader's choice.
import type { Side } from '../../core/units.ts';
import type { ChartLook } from '../../ports/chart.ts';

export interface Theme {
  readonly background: string;
  readonly panel: string;
  readonly grid: string;
  readonly text: string;
  readonly faint: string;
  /** Behind labels that stand on candles. */
  readonly plate: string;
  readonly rising: string;
  readonly falling: string;
  readonly entry: string;
  readonly stop: string;
  readonly target: string;
  readonly sweep: string;
  readonly long: string;
  readonly short: string;
  /** Text on a filled label. */
  readonly onFill: string;
}

const GREEN = { dark: '#26a69a', light: '#0b8f7d' } as const;
const RED = { dark: '#ef5350', light: '#d32f2f' } as const;

const BASE = {
  dark: {
    background: '#12161f',
    panel: '#171c27',
    grid: '#262d3b',
    text: '#e6e9ef',
    faint: '#98a1b3',
    plate: '#12161fcc',
    entry: '#d7dce6',
    stop: '#ff8a65',
    target: '#64b5f6',
    sweep: '#ffd54f',
    long: '#5c9dff',
    short: '#c678dd',
    onFill: '#10141c',
  },
  light: {
    background: '#ffffff',
    panel: '#f7f8fa',
    grid: '#e3e6ec',
    text: '#1b2230',
    faint: '#5d6778',
    plate: '#ffffffd9',
    entry: '#3a4354',
    stop: '#d84315',
    target: '#1565c0',
    sweep: '#b26a00',
    long: '#1e63d6',
    short: '#8e24aa',
    onFill: '#ffffff',
  },
} as const;

export function themeOf({ theme, rising }: ChartLook): Theme {
  const [up, down] = rising === 'green' ? [GREEN, RED] : [RED, GREEN];
  return { ...BASE[theme], rising: up[theme], falling: down[theme] };
}

export const sideColour = (theme: Theme, side: Side): string => (side === 'long' ? theme.long : theme.short);
