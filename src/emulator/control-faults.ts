// Emulator, the control door: a fault plan as it is posted.
import { asFields, type Fields, jsonFrom, optionalNumber, optionalText } from './control-fields.ts';
import { FAULT_SWITCHES, type FaultRule } from './faults.ts';
import { sent } from './routes-orders.ts';
import { VenueRefusal } from './venue-error.ts';

export type PostedFaults = { readonly kind: 'clear' } | { readonly kind: 'arm'; readonly rules: readonly FaultRule[] };

/** One rule, an array of rules, or {"clear":true}. */
export function faultsFrom(body: string): PostedFaults {
  const value = jsonFrom(body);
  if (Array.isArray(value)) return { kind: 'arm', rules: value.map((item) => ruleFrom(asFields(item))) };
  const fields = asFields(value);
  return fields['clear'] === true ? { kind: 'clear' } : { kind: 'arm', rules: [ruleFrom(fields)] };
}

function ruleFrom(fields: Fields): FaultRule {
  const name = FAULT_SWITCHES.find((known) => known === fields['switch']);
  if (name === undefined)
    throw new VenueRefusal(-1130, `unknown switch ${JSON.stringify(fields['switch'])}; known are ${FAULT_SWITCHES.join(' ')}`);
  return {
    switch: name,
    ...sent('value', optionalNumber(fields, 'value')),
    ...sent('method', optionalText(fields, 'method')),
    ...sent('path', optionalText(fields, 'path')),
    ...sent('symbol', optionalText(fields, 'symbol')),
    ...sent('count', optionalNumber(fields, 'count')),
    ...sent('probability', optionalNumber(fields, 'probability')),
    ...sent('durationMs', optionalNumber(fields, 'durationMs')),
  };
}
