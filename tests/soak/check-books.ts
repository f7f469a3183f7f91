// Soak: the bot's books against the exchange's: I3, I11, I17 to the eighth decimal.
import { type Check, FaultList } from './check.ts';
import { equalTo8, exact, shown, sum, times } from './decimal.ts';
import { type Evidence, own } from './evidence.ts';

const OPEN_STATES = new Set(['working', 'openNaked', 'protected', 'exiting']);

export function checkBooks(evidence: Evidence): readonly Check[] {
  return [samePositions(evidence), sameOrders(evidence), sameWallet(evidence), fillsOnce(evidence), exactPnl(evidence)];
}

function samePositions({ journal, state }: Evidence): Check {
  const faults = new FaultList();
  const ours = new Map<string, bigint>();
  for (const { symbol, action, qty } of journal.fills) {
    const moved = action === 'buy' ? exact(String(qty)) : -exact(String(qty));
    ours.set(String(symbol), (ours.get(String(symbol)) ?? 0n) + moved);
  }
  const theirs = new Map(state.positions.map(({ symbol, signedQty }) => [symbol, exact(signedQty)]));
  for (const symbol of new Set([...ours.keys(), ...theirs.keys()])) {
    const [a, b] = [ours.get(symbol) ?? 0n, theirs.get(symbol) ?? 0n];
    if (a !== b) faults.add(`${symbol}: the database adds up to ${shown(a)}, the exchange holds ${shown(b)}`);
  }
  const open = new Set(
    journal.intents.filter(({ state: name }) => OPEN_STATES.has(String(name))).map(({ symbol }) => String(symbol)),
  );
  for (const symbol of theirs.keys()) if (!open.has(symbol)) faults.add(`${symbol}: a position that no open trade answers for`);
  return { id: 'I3', what: 'positions: database = exchange', seen: ours.size, faults: faults.all, needs: 'mayBeEmpty' };
}

function sameOrders({ state }: Evidence): Check {
  const faults = new FaultList();
  const held = new Set(state.positions.map(({ symbol }) => symbol));
  const resting = [
    ...own(state.openOrders, (order) => order.clientOrderId).map(([order, id]) => ({ symbol: order.symbol, role: id.role })),
    ...own(state.openAlgoOrders, (algo) => algo.clientAlgoId).map(([algo, id]) => ({ symbol: algo.symbol, role: id.role })),
  ];
  for (const { symbol, role } of resting)
    if (!held.has(symbol)) faults.add(`${symbol}: an order of ours (${role}) rests without a position`);
  for (const symbol of held)
    if (!resting.some((order) => order.symbol === symbol && (order.role === 'a' || order.role === 'w')))
      faults.add(`${symbol}: a position without a stop at the end`);
  return {
    id: 'I3',
    what: 'orders: each position has its stop, nothing else rests',
    seen: resting.length,
    faults: faults.all,
    needs: 'mayBeEmpty',
  };
}

const FUNDING = 'FUNDING_FEE';

function sameWallet({ journal, income, state, startBalance }: Evidence): Check {
  const booked = sum(journal.fills.map(({ realized_pnl, fee }) => exact(String(realized_pnl)) - exact(String(fee))));
  const funding = sum(income.filter(({ incomeType }) => incomeType === FUNDING).map((row) => exact(row.income)));
  const expected = exact(startBalance) + booked + funding;
  const found = walletOf(state.balance);
  const same = found !== null && equalTo8(expected, exact(found), journal.fills.length + 1);
  const faults = same ? [] : [`the database expects ${shown(expected)} USDT, the exchange holds ${found}`];
  return {
    id: 'I3',
    what: 'wallet: start + realised − fees + funding = exchange',
    seen: journal.fills.length,
    faults,
    detail: `${found} USDT`,
    needs: 'mayBeEmpty',
  };
}

/** The exchange tells balances as a list of assets or as one object. */
function walletOf(balance: unknown): string | null {
  const rows = (Array.isArray(balance) ? balance : [balance]) as readonly Record<string, unknown>[];
  const usdt = rows.find((row) => row['asset'] === 'USDT') ?? rows[0];
  const found = usdt?.['walletBalance'] ?? usdt?.['wallet'] ?? usdt?.['balance'];
  return found === undefined ? null : String(found);
}

function fillsOnce({ journal, ledger }: Evidence): Check {
  const faults = new FaultList();
  const keyOf = (symbol: unknown, id: unknown): string => `${String(symbol)} ${String(id)}`;
  const ours = new Map(journal.fills.map((fill) => [keyOf(fill['symbol'], fill['trade_no']), fill]));
  const theirs = own(ledger.fills, (fill) => fill.clientOrderId);
  for (const [fill] of theirs) {
    const booked = ours.get(keyOf(fill.symbol, fill.id));
    if (booked === undefined) faults.add(`${fill.symbol}: fill ${fill.id} of ${fill.clientOrderId} is not in the database`);
    else if (exact(String(booked['qty'])) !== exact(fill.qty) || exact(String(booked['price'])) !== exact(fill.price))
      faults.add(
        `${fill.symbol}: fill ${fill.id} was booked as ${booked['qty']} at ${booked['price']}, it was ${fill.qty} at ${fill.price}`,
      );
  }
  if (ours.size !== theirs.length) faults.add(`the database holds ${ours.size} fills, the exchange made ${theirs.length} for us`);
  return { id: 'I11', what: 'each fill is booked exactly once', seen: theirs.length, faults: faults.all, needs: 'mayBeEmpty' };
}

/** Buys and sells at their own prices, fees and funding, in integers; the exchange rounds each fill at the eighth decimal. */
function exactPnl({ journal, ledger, income }: Evidence): Check {
  const faults = new FaultList();
  const fills = own(ledger.fills, (fill) => fill.clientOrderId);
  for (const row of journal.closed) {
    const mine = fills.filter(([, { tradeId }]) => tradeId === row['trade_id']).map(([fill]) => fill);
    const first = Math.min(...mine.map(({ atMs }) => atMs));
    const last = Math.max(...mine.map(({ atMs }) => atMs));
    const traded = sum(
      mine.map((fill) => (fill.side === 'SELL' ? 1n : -1n) * times(fill.price, fill.qty) - exact(fill.commission)),
    );
    const funded = income.filter(
      ({ incomeType, symbol, time }) => incomeType === FUNDING && symbol === row['symbol'] && time >= first && time <= last,
    );
    const expected = traded + sum(funded.map((entry) => exact(entry.income)));
    const booked = exact(String(row['net_pnl_usdt']));
    if (!equalTo8(expected, booked, mine.length + 1))
      faults.add(`${row['symbol']} ${row['trade_id']}: booked ${shown(booked)}, the ledger says ${shown(expected)}`);
  }
  return {
    id: 'I17',
    what: 'net PnL of each closed trade, to the eighth decimal',
    seen: journal.closed.length,
    faults: faults.all,
    needs: 'mayBeEmpty',
  };
}
