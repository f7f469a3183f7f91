// Every error code of the venue's list (binance-futures.md §9.1) for the routes of this exchange: from its natural cause, or
// with the reason why nothing here can cause it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { sharedDir } from '../support/shared-data.ts';
import { anExchange, type TestBot } from './an-exchange.ts';
import { DOOR_CAUSES } from './error-causes-doors.ts';
import { ORDER_CAUSES } from './error-causes-orders.ts';

const OTHER_ACCOUNT =
  'a state of the account at the venue (permission, identity check, region, discipline) that this account never has';
const INSTANT = 'an instant here: nobody can come in between';

/** Codes that nothing here causes; all can be injected with res.code. */
const UNREACHABLE: Readonly<Record<number, string>> = {
  [-1000]: 'the venue’s own failure; 503 with this code is the switch res.503u',
  [-1001]: 'the venue’s own failure',
  [-1002]: 'a key without the right: the one key here has all of them (wrong keys meet -2014, -2015)',
  [-1006]: 'the venue’s own message bus',
  [-1007]: 'the venue’s own backend; the switch res.1007',
  [-1008]: 'overload of the venue; the switch res.1008',
  [-1011]: 'an address outside a white list: everybody is 127.0.0.1',
  [-1016]: 'maintenance of the venue',
  [-1099]: 'answered by -2014, -2015 and 404',
  [-1108]: 'no route here takes an asset',
  [-1109]: 'the account follows from the key',
  [-2010]: 'the venue names the precise reason instead',
  [-2012]: 'cancels of a batch are judged one by one: each has its own -2011',
  [-2017]: OTHER_ACCOUNT,
  [-2023]: INSTANT,
  [-2026]: 'every type offered here can be reduce-only',
  [-4087]: OTHER_ACCOUNT,
  [-4088]: OTHER_ACCOUNT,
  [-4105]: 'POSITION_RISK_CONTROL is NONE for every contract of this market',
  [-4106]: 'POSITION_RISK_CONTROL is NONE for every contract of this market',
  [-4107]: 'POSITION_RISK_CONTROL is NONE for every contract of this market',
  [-4117]: INSTANT,
  [-4142]: 'the algo service says -2021 for the same thing',
  [-4168]: 'multi-assets mode is refused before it can conflict (-4167)',
  [-4169]: 'multi-assets mode is refused before it can conflict (-4167)',
  [-4170]: 'multi-assets mode is refused before it can conflict (-4167)',
  [-4172]: 'multi-assets mode is refused before it can conflict (-4167)',
  [-4189]: OTHER_ACCOUNT,
  [-4192]: OTHER_ACCOUNT,
  [-4210]: 'the multiplier for triggers is not published',
  [-4211]: 'the multiplier for triggers is not published',
  [-4400]: OTHER_ACCOUNT,
  [-4401]: OTHER_ACCOUNT,
  [-4402]: OTHER_ACCOUNT,
  [-4403]: OTHER_ACCOUNT,
  [-4531]: 'there is no COIN-M account to keep in step with',
  [-5043]: INSTANT,
  ...Object.fromEntries([-4202, -4203, -4204, -4205, -4206, -4207, -4208, -4209].map((code) => [code, OTHER_ACCOUNT])),
};
/** Needs 10,000 changes of one order or a MARKET that rests: shown in the room of the machine, not over the road. */
const IN_THE_MACHINE: Readonly<Record<number, string>> = {
  [-5025]: '../sim/order-changes.test.ts',
  [-5026]: '../sim/order-changes.test.ts',
};

const CAUSES = [...DOOR_CAUSES, ...ORDER_CAUSES];

describe('each code from its natural cause', () => {
  let bot: TestBot;
  afterEach(() => bot.close());

  it.each(CAUSES)('$code ($status): $cause', async ({ code, status, options, provoke }) => {
    bot = await anExchange(options);
    const answer = await provoke(bot);
    expect({ code: answer.body['code'], status: answer.status }).toEqual({ code, status });
  });
});

describe('the list of codes', () => {
  const reference = sharedDir('reference');

  it('has no code both caused and called unreachable', () => {
    const caused = new Set(CAUSES.map((cause) => cause.code));
    expect(
      Object.keys(UNREACHABLE)
        .map(Number)
        .filter((code) => caused.has(code)),
    ).toEqual([]);
  });

  it.skipIf(reference === null)('leaves out no code of the venue’s table', () => {
    const text = readFileSync(join(reference ?? '', 'binance-futures.md'), 'utf8');
    const table = text.slice(text.indexOf('### 9.1'), text.indexOf('### 9.2'));
    const cells = [...table.matchAll(/^\| (-\d[^|]*)\|/gm)].map((match) => match[1] ?? '');
    const known = new Set([
      ...CAUSES.map((cause) => cause.code),
      ...Object.keys({ ...UNREACHABLE, ...IN_THE_MACHINE }).map(Number),
    ]);
    const listed = cells.flatMap(codesOf);
    expect(listed.length).toBeGreaterThan(100);
    expect(listed.filter((code) => !known.has(code))).toEqual([]);
  });
});

/** "-4001..-4005, -4013" as its numbers. */
function codesOf(cell: string): number[] {
  return cell.split(',').flatMap((part) => {
    const [from = 0, to = from] = part.split('..').map((word) => Number(word.trim()));
    return Array.from({ length: from - to + 1 }, (_, i) => from - i);
  });
}
