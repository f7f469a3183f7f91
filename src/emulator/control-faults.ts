// Emulator, the control door: a fault plan as it is posted.
import { asFields, type Fields, jsonFrom, optionalNumber, optionalText } from './control-fields.ts';
import { FAULT_SWITCHES, type FaultRule, type FaultSwitch } from './faults.ts';
import { sent } from './routes-orders.ts';
import { VenueRefusal } from './venue-error.ts';

export type PostedFaults = { readonly kind: 'clear' } | { readonly kind: 'arm'; readonly steps: readonly PostedFault[] };
/** A rule to arm, or an act of the venue to do at once. */
export type PostedFault =
  | { readonly kind: 'rule'; readonly rule: FaultRule }
  | { readonly kind: 'act'; readonly switch: FaultSwitch; readonly fields: Fields };

/** Where the catalogue's word for an act is not the act's own. */
const ACT_NAMES: Readonly<Record<string, string>> = { liq: 'liquidate' };

/** One rule, an array of rules, or {"clear":true}. */
export function faultsFrom(body: string): PostedFaults {
  const value = jsonFrom(body);
  if (Array.isArray(value)) return { kind: 'arm', steps: value.map((item) => stepFrom(asFields(item))) };
  const fields = asFields(value);
  return fields['clear'] === true ? { kind: 'clear' } : { kind: 'arm', steps: [stepFrom(fields)] };
}

function stepFrom(fields: Fields): PostedFault {
  const name = FAULT_SWITCHES.find((known) => known === fields['switch']);
  if (name === undefined)
    throw new VenueRefusal(-1130, `unknown switch ${JSON.stringify(fields['switch'])}; known are ${FAULT_SWITCHES.join(' ')}`);
  if (!name.startsWith('v.')) return { kind: 'rule', rule: ruleFrom(name, fields) };
  const act = name.slice('v.'.length);
  // The catalogue counts an outage in seconds.
  const outageMs = name === 'v.outage' ? optionalNumber(fields, 'value') : null;
  const lengthMs = outageMs === null ? {} : { durationMs: outageMs * 1_000 };
  return { kind: 'act', switch: name, fields: { ...fields, ...lengthMs, act: ACT_NAMES[act] ?? act } };
}

function ruleFrom(name: FaultSwitch, fields: Fields): FaultRule {
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
