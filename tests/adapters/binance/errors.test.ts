import { describe, expect, it } from 'vitest';
import {
  conditionalVerdict,
  orderVerdict,
  type Refusal,
  type Remedy,
  remedyOf,
  venueError,
} from '../../../src/adapters/binance/errors.ts';

const refused = (code: number | null, status = 400, text = ''): Refusal => ({ status, code, text });
const span = (low: number, high: number): number[] => Array.from({ length: high - low + 1 }, (_, i) => low + i);

// The table of binance-futures.md §9.1, class by class. F final, R retry, U unknown, OK done, S stop; our clock and "there
// already" and "not there" have words of their own.
const BY_CLASS: readonly (readonly [Remedy, readonly number[]])[] = [
  ['unknown', [-1000, -1006, -1007, -2012]],
  ['retry', [-1001, -1003, -1008, -1015, -1016, -1112, -1125, -4117, -4131, -4509, -5043]],
  ['stop', [-1002, -1011, -1022, -2014, -2015, -2017, -2023, -4087, -4088, -4109, -4189, -4192, -4400, -4401, -4402]],
  ['done', [-4046, -4059, -4171, -5027]],
  ['resync', [-1021, -5028]],
  ['absent', [-2011, -2013]],
  ['exists', [-4116, -4130]],
  [
    'final',
    [
      -1013,
      -1014,
      -1020,
      -1023,
      -1099,
      ...span(-1106, -1100),
      -1108,
      -1109,
      -1111,
      ...span(-1117, -1114),
      ...span(-1122, -1120),
      -1127,
      -1130,
      -1136,
      -2010,
      -2018,
      -2019,
      -2020,
      -2021,
      -2022,
      ...span(-2028, -2024),
      ...span(-4005, -4001),
      -4013,
      -4014,
      -4015,
      -4016,
      -4021,
      -4023,
      -4024,
      -4028,
      -4032,
      -4045,
      -4047,
      -4048,
      ...span(-4062, -4060),
      -4067,
      -4068,
      -4082,
      ...span(-4107, -4105),
      -4118,
      -4120,
      ...span(-4138, -4135),
      -4140,
      -4141,
      -4142,
      -4161,
      -4164,
      -4165,
      ...span(-4170, -4167),
      -4172,
      -4183,
      -4184,
      ...span(-4209, -4202),
      -4210,
      -4211,
      -4403,
      -4411,
      -4531,
      -5021,
      -5022,
      ...span(-5026, -5024),
      -5029,
      ...span(-5041, -5037),
      -5047,
    ],
  ],
];

describe('the meaning of a refusal', () => {
  it.each(BY_CLASS.flatMap(([remedy, codes]) => codes.map((code) => [code, remedy] as const)))('%i is %s', (code, remedy) => {
    expect(remedyOf(refused(code))).toBe(remedy);
  });

  it.each([
    [429, 'retry'],
    [418, 'retry'],
    [401, 'stop'],
    [403, 'stop'],
    [404, 'final'],
    [408, 'unknown'],
    [502, 'unknown'],
    [504, 'unknown'],
    [400, 'unknown'],
  ] as const)('HTTP %i without a venue code is %s', (status, remedy) => {
    expect(remedyOf(refused(null, status))).toBe(remedy);
  });

  it('makes a final refusal a final error and keeps the code', () => {
    const error = venueError('klines', refused(-1121, 400, 'Invalid symbol.'));
    expect([error.remedy, error.code, error.message]).toEqual(['final', -1121, 'klines: 400 -1121 Invalid symbol.']);
    expect(venueError('klines', refused(-1003, 429)).remedy).toBe('retry');
  });
});

// reliability.md §3.4, "Definitive reject list for an entry".
const DEFINITE = [
  -1013,
  ...span(-1130, -1100),
  -1111,
  -2010,
  -2014,
  -2015,
  -2018,
  -2019,
  -2020,
  -2021,
  -2022,
  -2023,
  -2027,
  -2028,
  ...span(-4005, -4003),
  ...span(-4016, -4013),
  ...span(-4025, -4023),
  -4061,
  -4118,
  -4120,
  -4131,
  -4140,
  -4164,
  -4189,
  -4192,
  ...span(-4403, -4400),
  -1021,
  -5028,
];

describe('the verdict on an order', () => {
  it.each(DEFINITE)('%i is a reject', (code) => {
    expect(orderVerdict(refused(code))).toBe('rejected');
  });

  it.each([-1000, -1001, -1003, -1006, -1007, -1015, -1016, -4116, -4046, -9999])(
    '%i is not on the list, so it is unknown',
    (code) => {
      expect(orderVerdict(refused(code))).toBe('unknown');
    },
  );

  it('reads the four 503s by their text', () => {
    expect(orderVerdict(refused(null, 503, 'Service Unavailable.'))).toBe('rejected');
    expect(orderVerdict(refused(-1008, 503, 'Request throttled by system-level protection.'))).toBe('rejected');
    expect(orderVerdict(refused(-1000, 503, 'Unknown error, please check your request or try again later.'))).toBe('unknown');
    expect(orderVerdict(refused(-1001, 503, 'Internal error; unable to process your request. Please try again.'))).toBe(
      'unknown',
    );
    expect(orderVerdict(refused(null, 503, '503 Service Unavailable'))).toBe('unknown');
  });

  it('does not believe a listed code that came with a server error, nor a page without a code', () => {
    expect(orderVerdict(refused(-2019, 502))).toBe('unknown');
    expect(orderVerdict(refused(null, 403, '<html>'))).toBe('unknown');
    expect(orderVerdict(refused(null, 408))).toBe('unknown');
  });

  it('knows the refusals that only conditional orders meet', () => {
    for (const code of [-4509, -4130, -4045, -4142, -4210, -2021]) expect(conditionalVerdict(refused(code))).toBe('rejected');
    expect(conditionalVerdict(refused(-4116))).toBe('unknown');
    expect(orderVerdict(refused(-4509))).toBe('unknown');
  });
});
