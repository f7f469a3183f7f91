// Adapters, binance: what the account is allowed and set to. "Already so" is a success; a refusal names its code.
import type { AccountConfig, LeverageBracket, SettingResult, SymbolConfig } from '../../core/orders.ts';
import { type SymbolId, symbolId } from '../../core/units.ts';
import { VenueError } from '../../ports/errors.ts';
import { reasonOf, type VenueContext } from './context.ts';
import { describeRefusal, remedyOf, venueError } from './errors.ts';
import type { Answer } from './request.ts';
import { accountRead, change } from './requests.ts';
import { accountConfigSchema, balanceSchema, bracketSchema, symbolConfigSchema } from './wire-account.ts';

export async function readConfig(context: VenueContext): Promise<AccountConfig | null> {
  const answer = await accountRead(context, { path: '/fapi/v1/accountConfig', weight: 5 });
  const parsed = answer.kind === 'ok' ? accountConfigSchema.safeParse(answer.body) : null;
  if (!parsed?.success) return null;
  const { canTrade, dualSidePosition, multiAssetsMargin } = parsed.data;
  return { canTrade, hedgeMode: dualSidePosition, multiAssets: multiAssetsMargin };
}

export async function readSymbolConfig(context: VenueContext, symbol: SymbolId): Promise<SymbolConfig | null> {
  const answer = await accountRead(context, { path: '/fapi/v1/symbolConfig', params: { symbol }, weight: 5 });
  const rows = answer.kind === 'ok' ? symbolConfigSchema.array().safeParse(answer.body) : null;
  const row = rows?.success ? rows.data.find((each) => each.symbol === symbol) : undefined;
  if (row === undefined) return null;
  // CROSSED here, cross in streams and older answers: only one word means isolated.
  return { symbol, marginType: row.marginType.toUpperCase() === 'ISOLATED' ? 'isolated' : 'cross', leverage: row.leverage };
}

export async function readBrackets(context: VenueContext): Promise<ReadonlyMap<SymbolId, readonly LeverageBracket[]> | null> {
  const answer = await accountRead(context, { path: '/fapi/v1/leverageBracket', weight: 1 });
  if (answer.kind !== 'ok') {
    context.logger.warn({ reason: reasonOf(answer) }, 'leverage brackets could not be read');
    return null;
  }
  const rows: unknown[] = Array.isArray(answer.body) ? answer.body : [answer.body];
  const brackets = new Map<SymbolId, readonly LeverageBracket[]>();
  for (const row of rows) {
    const parsed = bracketSchema.safeParse(row);
    if (!parsed.success) {
      context.counts.add('unreadable bracket');
      continue;
    }
    brackets.set(
      symbolId(parsed.data.symbol),
      parsed.data.brackets
        .map((b) => ({
          maxLeverage: b.initialLeverage,
          notionalFloorUsdt: b.notionalFloor,
          notionalCapUsdt: b.notionalCap,
          maintenanceMarginRate: b.maintMarginRatio,
          cumulativeUsdt: b.cum,
        }))
        .sort((a, b) => a.notionalFloorUsdt - b.notionalFloorUsdt),
    );
  }
  return brackets;
}

export async function setLeverage(context: VenueContext, symbol: SymbolId, leverage: number): Promise<SettingResult> {
  return settled(await change(context, { method: 'POST', path: '/fapi/v1/leverage', params: { symbol, leverage }, weight: 1 }));
}

export async function setIsolated(context: VenueContext, symbol: SymbolId): Promise<SettingResult> {
  const params = { symbol, marginType: 'ISOLATED' };
  return settled(await change(context, { method: 'POST', path: '/fapi/v1/marginType', params, weight: 1 }));
}

function settled(answer: Answer): SettingResult {
  if (answer.kind === 'ok') return { kind: 'set' };
  if (answer.kind !== 'refused') return { kind: 'unknown', reason: reasonOf(answer) };
  const remedy = remedyOf(answer);
  if (remedy === 'done') return { kind: 'set' };
  if (remedy === 'final' || remedy === 'stop') {
    return { kind: 'rejected', code: answer.code ?? -answer.status, reason: describeRefusal(answer) };
  }
  return { kind: 'unknown', reason: describeRefusal(answer) };
}

/** The venue numbers accounts by alias; it is the same in every balance row. */
export async function readAccountAlias(context: VenueContext): Promise<string> {
  const answer = await accountRead(context, { path: '/fapi/v3/balance', weight: 5 });
  if (answer.kind === 'refused') throw venueError('balance', answer);
  const rows = answer.kind === 'ok' ? balanceSchema.array().safeParse(answer.body) : null;
  const first = rows?.success ? rows.data[0] : undefined;
  if (first === undefined) {
    throw new VenueError(`balance: ${answer.kind === 'ok' ? 'no account alias' : reasonOf(answer)}`, { remedy: 'retry' });
  }
  return first.accountAlias;
}
