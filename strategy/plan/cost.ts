// Floor 1, room 4: what a round trip costs, in units of the risk. Of all choices measured this one matters most: a trade
// that pays more than COST_GATE_R of its risk is refused, not given a wider stop (contract §8.19).

export function costR(entry: number, risk: number, roundTripCostBps: number): number {
  return (entry * roundTripCostBps) / 10_000 / risk;
}
