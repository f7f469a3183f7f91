// App, Discord: the house of the chat: the desk that answers people and the herald that turns notices into cards, built on the
// bot's own rooms. Pictures are drawn in a thread of their own.
import { memoryUsage, uptime } from 'node:process';
import { threadUrl, WorkerChartRenderer } from '../../adapters/chart/worker-renderer.ts';
import type { SymbolId } from '../../core/units.ts';
import type { ChatContext, ChatHouse } from '../chat-house.ts';
import { SMALL_THREAD, startThread } from '../worker-thread.ts';
import { ChatSettings } from './chat-settings.ts';
import { BotDesk } from './desk.ts';
import { Herald } from './herald.ts';
import { liveMarket } from './live-market.ts';
import { LiveSetups } from './live-setups.ts';
import type { DeskParts, ProcessHealth } from './parts.ts';
import { StatusWatch } from './status-watch.ts';
import type { DeskRoom } from './turn.ts';

export function openHouse(context: ChatContext): ChatHouse {
  const charts = new WorkerChartRenderer(() => startThread(threadUrl(), null, SMALL_THREAD));
  const room: DeskRoom = {
    parts: partsOf(context, charts),
    chat: new ChatSettings(context.store.settings),
    watch: new StatusWatch(),
  };
  const herald = new Herald(room, context.outlet, context.logger);
  return {
    desk: new BotDesk(room),
    herald,
    onMinute: (overview) => herald.onMinute(overview),
    close: () => charts.close(),
  };
}

function partsOf(context: ChatContext, charts: WorkerChartRenderer): DeskParts {
  const { settings, bot, opened, outlet, store, history, wallClock } = context;
  const source = {
    symbols: () => bot.data.symbols(),
    setupsOf: (symbols: readonly SymbolId[]) => bot.strategy.setupsOf(symbols),
  };
  const setups = new LiveSetups(source, wallClock);
  return {
    settings,
    speed: opened.speed,
    overview: () => bot.monitoring.overview(opened.venue.clock.now(), bot.execution.liveState()),
    traces: bot.traces.traces,
    rateOf: (setup, score) => bot.execution.liveState().hitRates.rateOf(setup, score),
    market: liveMarket(bot.data, bot.strategy, bot.onDemand),
    setups: () => setups.best(),
    submit: (command, by) => bot.queue.push({ kind: 'command', command, by }),
    history,
    charts,
    store: store.settings,
    audit: store.audit,
    health: () => healthOf(context),
    chat: () => outlet.health(),
    wallClock,
  };
}

function healthOf({ opened, version }: ChatContext): ProcessHealth {
  const { venue } = opened;
  const { marketBreaker, entryBreaker, clock } = venue.health();
  return {
    version,
    uptimeMs: uptime() * 1000,
    rssBytes: memoryUsage().rss,
    weightUsed: venue.feed.weightUsed(),
    breakers: { market: marketBreaker, entry: entryBreaker },
    clockOffsetMs: clock?.offsetMs ?? null,
  };
}
