// The catalogues are complete in both languages, and every closed list of the rooms has its words.
import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../src/app/cli/command.ts';
import { COMMANDS } from '../../src/app/commands.ts';
import en from '../../src/app/text/en.json' with { type: 'json' };
import zh from '../../src/app/text/zh-TW.json' with { type: 'json' };
import { REFUSAL_REASONS } from '../../src/risk/verdict.ts';

const placeholders = (sentence: string): string[] => (sentence.match(/\{\w+\}/g) ?? []).sort();

describe('the catalogues', () => {
  it('hold the same keys and the same placeholders in both languages', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
    for (const [key, sentence] of Object.entries(zh)) {
      expect([key, placeholders(en[key as keyof typeof en])]).toEqual([key, placeholders(sentence)]);
      expect(sentence.trim()).not.toBe('');
    }
  });

  it('have a sentence for each command and option', () => {
    for (const command of COMMANDS) {
      expect(Object.keys(zh)).toContain(`command.${command.name}`);
      for (const option of Object.values(optionsOf(command))) expect(Object.keys(zh)).toContain(option.text);
    }
  });

  it('have a word for each reason against an entry', () => {
    for (const reason of REFUSAL_REASONS) expect(Object.keys(zh)).toContain(`reason.${reason}`);
  });
});
