// The model in use changes as a whole or not at all.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ModelShelf } from '../../../src/adapters/model/model-shelf.ts';
import { aModel, EXPECTED, modelFolder, writeModel } from '../../support/a-model.ts';

const folder = modelFolder();
afterEach(() => folder.remove());

function aShelf(): { readonly shelf: ModelShelf; readonly told: string[] } {
  const told: string[] = [];
  const shelf = new ModelShelf({
    dir: folder.dir,
    expected: EXPECTED,
    demand: 'promoted',
    onLoaded: ({ version }) => told.push(`loaded ${version}`),
    onRefused: (reason, kept) => told.push(`${reason.replace(folder.dir, 'DIR')} | ${kept}`),
  });
  return { shelf, told };
}

describe('the shelf', () => {
  it('has no model where there are no files, and says nothing about it', () => {
    rmSync(folder.dir, { recursive: true, force: true });
    const { shelf, told } = aShelf();
    shelf.open();
    shelf.refresh();
    expect([shelf.current(), told]).toEqual([null, []]);
  });

  it('looks at nothing before it was opened, and loads once', () => {
    writeModel(folder.dir, aModel('one'));
    const { shelf, told } = aShelf();
    for (let look = 0; look < 3; look++) shelf.refresh();
    expect(shelf.current()).toBeNull();
    shelf.open();
    for (let look = 0; look < 3; look++) shelf.refresh();
    expect(told).toEqual(['loaded one']);
  });

  it('takes new files once they stood still from one look to the next', () => {
    writeModel(folder.dir, aModel('one'));
    const { shelf, told } = aShelf();
    shelf.open();
    writeModel(folder.dir, aModel('two-two'));
    shelf.refresh();
    expect(shelf.current()?.version).toBe('one');
    shelf.refresh();
    shelf.refresh();
    expect([shelf.current()?.version, told]).toEqual(['two-two', ['loaded one', 'loaded two-two']]);
  });

  it('keeps the model in use when the new one is broken, and names the file and the field, once', () => {
    writeModel(folder.dir, aModel('one'));
    const { shelf, told } = aShelf();
    shelf.open();
    const broken = aModel('two');
    writeModel(folder.dir, { ...broken, meta: { ...broken.meta, rounds: 9 } });
    for (let look = 0; look < 4; look++) shelf.refresh();
    expect(shelf.current()?.version).toBe('one');
    expect(told).toEqual(['loaded one', 'DIR/model.meta.json: rounds is 9, model.json holds 2 | one']);
  });

  it('keeps the model in use when its files go away', () => {
    writeModel(folder.dir, aModel('one'));
    const { shelf } = aShelf();
    shelf.open();
    rmSync(folder.dir, { recursive: true });
    shelf.refresh();
    shelf.refresh();
    expect(shelf.current()?.version).toBe('one');
  });

  it('starts with the model before where the newest is broken', () => {
    writeModel(join(folder.dir, 'previous'), aModel('one'));
    writeModel(folder.dir, aModel('two'));
    writeFileSync(join(folder.dir, 'golden.json'), '{"rows"');
    const { shelf, told } = aShelf();
    shelf.open();
    expect(shelf.current()?.version).toBe('one');
    expect(told).toEqual([expect.stringMatching(/^DIR\/golden\.json: is not whole JSON .*\| null$/s), 'loaded one']);
  });
});
