// App, Discord: the desk: who answers which command, button and confirmation. The chat has checked rank and repetition before.
import { symbolId } from '../../core/units.ts';
import type { ActionSpec, CardChoice, ChatRequest, CommandSpec, Desk, Form, Reply, SuggestRequest } from '../../ports/chat.ts';
import { ACTION_SPECS, COMMAND_SPECS } from './command-specs.ts';
import * as acts from './desk-acts.ts';
import * as config from './desk-config.ts';
import * as reads from './desk-reads.ts';
import { suggestFrom, suggestSymbols } from './suggestions.ts';
import { type Answerer, type DeskRoom, refusedWith, turnOf } from './turn.ts';

const COMMANDS: ReadonlyMap<string, Answerer> = new Map<string, Answerer>([
  ['positions', reads.positions],
  ['balance', reads.balance],
  ['stats', reads.stats],
  ['status', reads.status],
  ['config view', config.configView],
  ['config set', config.configSet],
  ['scan', reads.scan],
  ['chart', reads.chart],
  ['why', reads.why],
  ['trades', reads.trades],
  ['virtual', reads.virtual],
  ['export', reads.exportFiles],
  ['pause', acts.pause],
  ['resume', acts.resumePreview],
  ['panic', acts.panic],
  ['close', acts.closeCommand],
  ['blacklist show', config.blacklistShow],
  ['blacklist add', config.blacklistChange('blacklistAdd')],
  ['blacklist remove', config.blacklistChange('blacklistRemove')],
  ['help', reads.help],
]);

const BUTTONS: ReadonlyMap<string, Answerer> = new Map<string, Answerer>([
  ['positions', reads.positions],
  ['showPositions', reads.positions],
  ['trades', reads.trades],
  ['virtual', reads.virtual],
  ['scan', reads.scan],
  ['stats', reads.stats],
  ['balance', reads.balance],
  ['config', config.configView],
  ['chart', reads.chart],
  ['why', reads.why],
  ['breakEven', acts.previewOf('breakEven')],
  ['closeHalf', acts.previewOf('closeHalf')],
  ['close', acts.previewOf('close')],
  ['entryOpen', acts.entryPreview],
  ['entrySkip', acts.entrySkip],
]);

const CONFIRMED: ReadonlyMap<string, Answerer> = new Map<string, Answerer>([
  ['breakEven', acts.confirmedOf('breakEven')],
  ['closeHalf', acts.confirmedOf('closeHalf')],
  ['close', acts.confirmedOf('close')],
  ['resume', acts.resumeConfirmed],
  ['entryOpen', acts.entryConfirmed],
  ['configSet', config.configConfirmed],
]);

export class BotDesk implements Desk {
  readonly #room: DeskRoom;

  constructor(room: DeskRoom) {
    this.#room = room;
  }

  commands(): readonly CommandSpec[] {
    return COMMAND_SPECS;
  }

  actions(): readonly ActionSpec[] {
    return ACTION_SPECS;
  }

  async answer(request: ChatRequest): Promise<Reply> {
    const turn = turnOf(this.#room, request);
    const answerer = answererOf(request);
    return answerer === undefined ? refusedWith(turn.reader, turn.reader.text('dc.unknownCommand')) : answerer(turn);
  }

  suggest({ command, child, option, typed, beside }: SuggestRequest): readonly CardChoice[] {
    const { parts, watch } = this.#room;
    if (option === 'symbol') {
      if (command === 'blacklist' && child === 'remove')
        return suggestFrom(config.settingInForce(this.#room, 'BLACKLIST').split(',').filter(Boolean), typed);
      const open = parts.overview().positions.map(({ symbol }) => symbol);
      return suggestSymbols(
        {
          symbols: command === 'close' ? open : parts.market.symbols(),
          open,
          rankedToday: watch.rankedToday(),
          volumeOf: (symbol) => parts.market.quoteVolume24hUsdt(symbolId(symbol)),
        },
        typed,
      );
    }
    if (command === 'config' && option === 'name') return suggestFrom(config.CHANGEABLE, typed);
    if (command === 'config' && option === 'value')
      return suggestFrom(config.valuesFor(this.#room, String(beside['name'] ?? '')), typed);
    return [];
  }

  /** No button of ours opens a form. */
  form(): Form {
    return { title: '', fields: [] };
  }
}

function answererOf(request: ChatRequest): Answerer | undefined {
  switch (request.kind) {
    case 'command':
      return COMMANDS.get(request.child === null ? request.name : `${request.name} ${request.child}`);
    case 'button':
      return BUTTONS.get(request.action);
    case 'confirmed':
      return CONFIRMED.get(request.action);
    case 'form':
      return undefined;
  }
}
