// App, Discord: the house of the chat: the desk that answers people and the herald that turns notices into cards.

import type { Notice } from '../../core/notice.ts';
import { epochMs } from '../../core/units.ts';
import type { Card, ChatRequest, Desk, Reply } from '../../ports/chat.ts';
import type { ChatContext, ChatHouse } from '../chat-house.ts';
import { eventLine } from '../terminal/event-line.ts';
import { textIn } from '../text/catalogue.ts';

const plain = (title: string): Card => ({
  title,
  description: null,
  colour: 0x5b7083,
  fields: [],
  footer: null,
  atMs: null,
  image: null,
  buttons: [],
  files: [],
});

export function openHouse({ settings, outlet, wallClock }: ChatContext): ChatHouse {
  const text = textIn(settings.APP_LANG);
  const desk: Desk = {
    commands: () => [],
    actions: () => [],
    answer: async ({ language }: ChatRequest): Promise<Reply> => ({
      kind: 'refused',
      card: plain(textIn(language)('dc.unknownCommand')),
    }),
    suggest: () => [],
    form: () => ({ title: '', fields: [] }),
  };
  const publish = (notice: Notice): void => {
    const line = eventLine(notice, text);
    if (line === null) return;
    const urgency = notice.severity === 'critical' ? 'critical' : 'normal';
    const card = { ...plain(line), atMs: epochMs(wallClock.epoch()) };
    outlet.post({ id: `${notice.event}:${notice.at}:${line}`, card, urgency, sound: 'on', mergeKey: null, panel: null });
  };
  return { desk, herald: { publish, flush: async () => undefined }, onMinute: () => undefined, close: async () => undefined };
}
