// Adapters, binance: may this key do what we need, and nothing we do not want? For the start and for `doctor`.
import { reasonOf, type VenueContext } from './context.ts';
import { remedyOf } from './errors.ts';
import { accountRead } from './requests.ts';
import { accountConfigSchema, restrictionsSchema } from './wire-account.ts';

export type KeyCheck =
  | {
      readonly kind: 'ok';
      readonly canTrade: boolean;
      /** Null where the venue offers no such answer (its demo refuses every /sapi call). */
      readonly restrictions: { readonly futures: boolean; readonly withdrawals: boolean; readonly ipList: boolean } | null;
    }
  | { readonly kind: 'refused'; readonly code: number | null; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string };

export async function checkKey(context: VenueContext): Promise<KeyCheck> {
  const answer = await accountRead(context, { path: '/fapi/v1/accountConfig', weight: 5 });
  if (answer.kind === 'refused') {
    const reason = reasonOf(answer);
    return remedyOf(answer) === 'stop' ? { kind: 'refused', code: answer.code, reason } : { kind: 'unreachable', reason };
  }
  if (answer.kind !== 'ok') return { kind: 'unreachable', reason: answer.reason };
  const config = accountConfigSchema.safeParse(answer.body);
  if (!config.success) return { kind: 'unreachable', reason: 'accountConfig has an unknown shape' };
  return { kind: 'ok', canTrade: config.data.canTrade, restrictions: await readRestrictions(context) };
}

type Restrictions = Extract<KeyCheck, { readonly kind: 'ok' }>['restrictions'];

async function readRestrictions(context: VenueContext): Promise<Restrictions> {
  const answer = await accountRead(context, { path: `${context.permissionsUrl}/sapi/v1/account/apiRestrictions`, weight: 1 });
  const parsed = answer.kind === 'ok' ? restrictionsSchema.safeParse(answer.body) : null;
  if (!parsed?.success) return null;
  const { enableFutures, enableWithdrawals, ipRestrict } = parsed.data;
  return { futures: enableFutures, withdrawals: enableWithdrawals, ipList: ipRestrict };
}
