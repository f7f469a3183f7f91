// Services, room 6: grants a trade's wishes. Each becomes one supervised request whose answer comes back as an input of the
// same trade; a failure that nobody foresaw counts as "unknown", never as "did not happen".
import type { Instant, PositionRead, TradeInput, Wish } from '../../src/book/lifecycle-types.ts';
import type { CancelResult, FindResult, OrderState, PlaceResult, SettingResult } from '../../src/core/orders.ts';
import type { SymbolId } from '../../src/core/units.ts';
import type { Broker } from '../../src/ports/broker.ts';
import type { Dispatcher } from '../dispatcher.ts';

export type RequestWish = Exclude<Wish, { kind: 'book' | 'tell' }>;

export interface RequestContext {
  readonly broker: Broker;
  readonly dispatcher: Dispatcher;
  readonly symbol: SymbolId;
  readonly now: Instant;
  readonly hear: (input: TradeInput) => void;
  /** Null, or why the quote of this moment forbids the entry. */
  readonly quoteFault: (symbol: SymbolId) => Promise<string | null>;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const unknown = (error: unknown): { readonly kind: 'unknown'; readonly reason: string } => ({
  kind: 'unknown',
  reason: reasonOf(error),
});

/** ISOLATED and the leverage, set and then read back: an entry at an unverified leverage is not sent (contract §8.9). */
export async function prepareSymbol(broker: Broker, symbol: SymbolId, leverage: number): Promise<SettingResult> {
  const isolated = await broker.setIsolated(symbol);
  if (isolated.kind !== 'set') return isolated;
  const set = await broker.setLeverage(symbol, leverage);
  if (set.kind !== 'set') return set;
  const config = await broker.symbolConfig(symbol);
  if (config === null) return { kind: 'unknown', reason: 'the symbol configuration could not be read back' };
  if (config.marginType === 'isolated' && config.leverage === leverage) return { kind: 'set' };
  return { kind: 'unknown', reason: `asked for isolated ${leverage}×, the venue says ${config.marginType} ${config.leverage}×` };
}

function change(wish: Extract<RequestWish, { kind: ChangeKind }>, context: RequestContext): void {
  const { broker, dispatcher, symbol, hear } = context;
  const label = `${wish.kind} ${symbol}`;
  switch (wish.kind) {
    case 'prepareSymbol':
      dispatcher.send<SettingResult>({
        label,
        call: async () => {
          const [settings, fault] = await Promise.all([prepareSymbol(broker, symbol, wish.leverage), context.quoteFault(symbol)]);
          return fault === null ? settings : { kind: 'rejected', code: 0, reason: fault };
        },
        apply: (result) => hear({ kind: 'settings', result }),
        onFailure: unknown,
      });
      return;
    case 'placeEntry':
      dispatcher.send<PlaceResult>({
        label,
        call: () => broker.place(wish.order),
        apply: (result) => hear({ kind: 'entryAnswer', result }),
        onFailure: unknown,
      });
      return;
    case 'placeResting':
      dispatcher.send<PlaceResult>({
        label,
        call: () => broker.placeConditional(wish.order),
        apply: (result) => hear({ kind: 'restingAnswer', clientId: wish.order.clientId, result }),
        onFailure: unknown,
      });
      return;
    case 'close':
      dispatcher.send<PlaceResult>({
        label,
        call: () => broker.place(wish.order),
        apply: (result) => hear({ kind: 'closeAnswer', clientId: wish.order.clientId, result }),
        onFailure: unknown,
      });
      return;
    case 'cancel':
      dispatcher.send<CancelResult>({
        label,
        call: () => broker.cancelConditional(symbol, wish.clientId),
        apply: (result) => hear({ kind: 'cancelAnswer', clientId: wish.clientId, result }),
        onFailure: unknown,
      });
      return;
  }
}

function read(wish: Exclude<RequestWish, { kind: ChangeKind }>, context: RequestContext): void {
  const { broker, dispatcher, symbol, hear, now: asked } = context;
  const label = `${wish.kind} ${symbol}`;
  switch (wish.kind) {
    case 'find':
      dispatcher.send<FindResult<OrderState>>({
        label,
        call: () => broker.find(symbol, wish.clientId),
        apply: (result) => hear({ kind: 'found', clientId: wish.clientId, result }),
        onFailure: unknown,
      });
      return;
    case 'readPosition':
      dispatcher.send<PositionRead>({
        label,
        call: () => broker.position(symbol),
        apply: (result) => hear({ kind: 'positionRead', result, asked }),
        onFailure: unknown,
      });
      return;
    case 'readConditionals':
      dispatcher.send({
        label,
        call: () => broker.openConditionals(symbol),
        apply: (list) => hear({ kind: 'conditionalsRead', list, asked }),
        onFailure: () => null,
      });
      return;
    case 'readFills':
      dispatcher.send({
        label,
        call: () => broker.fills(symbol, wish.fromMs),
        apply: (fills) => hear({ kind: 'fillsRead', fills, asked }),
        onFailure: () => null,
      });
      return;
    case 'readIncome':
      dispatcher.send({
        label,
        call: async () => (broker.income === undefined ? [] : broker.income(symbol, wish.fromMs, wish.toMs)),
        apply: (rows) => hear({ kind: 'incomeRead', rows }),
        onFailure: () => null,
      });
      return;
    case 'readFunding':
      dispatcher.send({
        label,
        call: () => broker.funding(symbol, wish.fromMs, wish.toMs),
        apply: (rows) => hear({ kind: 'fundingRead', rows }),
        onFailure: () => null,
      });
      return;
  }
}

type ChangeKind = 'prepareSymbol' | 'placeEntry' | 'placeResting' | 'close' | 'cancel';
const CHANGES: readonly string[] = ['prepareSymbol', 'placeEntry', 'placeResting', 'close', 'cancel'] satisfies ChangeKind[];
const isChange = (wish: RequestWish): wish is Extract<RequestWish, { kind: ChangeKind }> => CHANGES.includes(wish.kind);

export function request(wish: RequestWish, context: RequestContext): void {
  if (isChange(wish)) change(wish, context);
  else read(wish, context);
}
