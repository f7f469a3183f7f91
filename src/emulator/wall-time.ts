// Emulator, time: the wall. Monotonic, for holds, frame limits and the oracle's clock; market time never comes from here.

export interface WallTime {
  /** Monotonic milliseconds. */
  now(): number;
  after(delayMs: number, callback: () => void): () => void;
}

export const systemWall: WallTime = {
  now: () => performance.now(),
  after: (delayMs, callback) => {
    // An immediate lets sockets be read and written between two slices; a timer of 0 ms would cost a whole one.
    if (delayMs <= 0) {
      const handle = setImmediate(callback);
      return () => clearImmediate(handle);
    }
    const handle = setTimeout(callback, delayMs);
    return () => clearTimeout(handle);
  },
};
