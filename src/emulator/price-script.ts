// Emulator, market: prices that somebody scripted over the source's. Inside the path the price is the script's; after its
// last point the source goes on, scaled so that it starts where the script ended.

export interface PathPoint {
  readonly atMs: number;
  readonly price: number;
}

/** One scripted stretch of one symbol; plain JSON, kept with the state. */
export interface ScriptedPath {
  readonly symbol: string;
  /** Ascending; at least one. */
  readonly points: readonly PathPoint[];
  /** Scale of the source's prices after the last point. */
  readonly ratioAfter: number;
}

const STEP_MS = 3_000;

export class PriceScript {
  readonly #bySymbol = new Map<string, ScriptedPath[]>();
  /** Ascending instants at which a scripted price is reached exactly. */
  #instants: number[] = [];

  constructor(paths: readonly ScriptedPath[] = []) {
    for (const path of paths) this.add(path);
  }

  add(path: ScriptedPath): void {
    const held = this.#bySymbol.get(path.symbol) ?? [];
    held.push(path);
    this.#bySymbol.set(path.symbol, held);
    this.#instants = [...new Set([...this.#instants, ...path.points.map((point) => point.atMs)])].sort((a, b) => a - b);
  }

  all(): readonly ScriptedPath[] {
    return [...this.#bySymbol.values()].flat();
  }

  /** First scripted instant after this one. */
  nextAfter(atMs: number): number {
    return this.#instants.find((instant) => instant > atMs) ?? Number.POSITIVE_INFINITY;
  }

  isInstant(atMs: number): boolean {
    return this.#instants.includes(atMs);
  }

  touches(symbol: string): boolean {
    return this.#bySymbol.has(symbol);
  }

  /** Start of the first scripted stretch of the symbol. */
  firstMs(symbol: string): number {
    return this.#bySymbol.get(symbol)?.[0]?.points[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** Instants inside [fromMs, toMs) at which the symbol's price may change apart from the 3 s grid. */
  instantsIn(symbol: string, fromMs: number, toMs: number): number[] {
    const paths = this.#bySymbol.get(symbol) ?? [];
    return paths.flatMap((path) => path.points.map((point) => point.atMs)).filter((at) => at >= fromMs && at < toMs);
  }

  /** The price at an instant, given what the source says; a later script replaces an earlier one from its start. */
  priceAt(symbol: string, atMs: number, sourcePrice: number): number {
    const path = this.#pathAt(symbol, atMs);
    if (path === null) return sourcePrice;
    const points = path.points;
    const last = points[points.length - 1] as PathPoint;
    // The last point's price holds for its own 3 s piece, so that the scripted end is really seen.
    if (atMs >= Math.max(last.atMs + 1, nextStep(last.atMs))) return sourcePrice * path.ratioAfter;
    return interpolate(points, lastChange(points, atMs));
  }

  #pathAt(symbol: string, atMs: number): ScriptedPath | null {
    const paths = this.#bySymbol.get(symbol);
    if (paths === undefined) return null;
    for (let i = paths.length - 1; i >= 0; i--) {
      const path = paths[i] as ScriptedPath;
      if ((path.points[0] as PathPoint).atMs <= atMs) return path;
    }
    return null;
  }
}

const nextStep = (atMs: number): number => atMs - (atMs % STEP_MS) + STEP_MS;

/** Prices are constant between changes: the last 3 s boundary or scripted point at or before the instant. */
function lastChange(points: readonly PathPoint[], atMs: number): number {
  let change = Math.max((points[0] as PathPoint).atMs, atMs - (atMs % STEP_MS));
  for (const point of points) if (point.atMs <= atMs) change = Math.max(change, point.atMs);
  return change;
}

function interpolate(points: readonly PathPoint[], atMs: number): number {
  let before = points[0] as PathPoint;
  for (const point of points) {
    if (point.atMs > atMs) {
      const share = (atMs - before.atMs) / (point.atMs - before.atMs);
      return before.price + (point.price - before.price) * share;
    }
    before = point;
  }
  return before.price;
}
