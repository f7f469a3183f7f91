// Emulator, the control door: venue acts as they are posted, with defaults where people leave something out.
import { epochMs } from '../core/units.ts';
import { SIM_ACTS, type SimAct } from '../sim/acts.ts';
import { HEDGE_SIDES, sidePart } from '../sim/position-slot.ts';
import { decimalField, type Fields, numberField, optionalNumber, textField } from './control-fields.ts';
import type { Desk } from './desk.ts';
import { symbolNumber } from './symbol-number.ts';
import { VenueRefusal } from './venue-error.ts';

const DAY_MS = 86_400_000;

/** Acts of the door itself, beside those of the venue. */
export const DOOR_ACTS = ['ban', 'outage', 'gteLag'] as const;

export function actFrom(fields: Fields, desk: Desk): SimAct {
  const name = SIM_ACTS.find((known) => known === fields['act']);
  if (name === undefined) {
    throw new VenueRefusal(
      -1130,
      `unknown act ${JSON.stringify(fields['act'])}; known are ${[...SIM_ACTS, ...DOOR_ACTS].join(' ')}`,
    );
  }
  if (name === 'mode') return { act: name, mode: fields['mode'] === 'HEDGE' ? 'HEDGE' : 'ONE_WAY' };
  if (name === 'margin') return { act: name, deltaUsdt: decimalField(fields, 'deltaUsdt') };
  const symbol = desk.view.contract(symbolNumber(desk, textField(fields, 'symbol'))).symbol;
  switch (name) {
    case 'manualOpen':
      return { act: name, symbol, side: fields['side'] === 'SELL' ? 'SELL' : 'BUY', quantity: decimalField(fields, 'quantity') };
    case 'adl':
      return { act: name, symbol, ...sideField(fields), fraction: optionalNumber(fields, 'fraction') ?? 1 };
    case 'delist':
      return { act: name, symbol, deliveryMs: epochMs(optionalNumber(fields, 'deliveryMs') ?? desk.now() + DAY_MS) };
    case 'tick':
      return { act: name, symbol, tickSize: decimalField(fields, 'tickSize') };
    case 'funding':
      return { act: name, symbol, rate: decimalField(fields, 'rate') };
    case 'partial':
      return { act: name, symbol, fraction: optionalNumber(fields, 'fraction') ?? 0.5 };
    case 'thinBook':
      return { act: name, symbol, levelUsdt: numberField(fields, 'levelUsdt'), levels: numberField(fields, 'levels') };
    case 'manualClose':
    case 'manualFlip':
    case 'liquidate':
      return { act: name, symbol, ...sideField(fields) };
    case 'cancelStop':
    case 'settle':
    case 'halt':
    case 'resume':
    case 'orphans':
    case 'fullBook':
      return { act: name, symbol };
  }
}

/** Which of a contract's two positions is meant, in hedge mode. */
const sideField = (fields: Fields): ReturnType<typeof sidePart> =>
  sidePart(HEDGE_SIDES.find((known) => known === fields['positionSide']));
