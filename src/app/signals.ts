// App: Ctrl-C and SIGTERM as the loop hears them.
import type { Bot } from './assemble.ts';

export interface Signals {
  /** Resolves at the first signal. */
  readonly asked: Promise<'interrupted'>;
  release(): void;
}

/** The first signal asks the loop to stop; the second leaves at once, which the journal survives. */
export function onSignals(bot: Bot, leaving: () => void): Signals {
  let count = 0;
  let tell: (word: 'interrupted') => void = () => undefined;
  const asked = new Promise<'interrupted'>((resolve) => {
    tell = resolve;
  });
  const stop = (signal: NodeJS.Signals): void => {
    count += 1;
    if (count > 1) {
      leaving();
      process.exit(130);
    }
    bot.queue.push({ kind: 'command', command: { kind: 'stop', reason: signal }, by: 'terminal' });
    tell('interrupted');
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    asked,
    release: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
