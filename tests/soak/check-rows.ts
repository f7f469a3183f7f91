// Soak: training rows and secrets: I4 and I6. One complete row for each closed trade, real or virtual; the files rebuilt from the
// database equal those that were written; no key appears anywhere.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseCsv } from '../../src/adapters/feature-log/csv-text.ts';
import { type Check, FaultList } from './check.ts';
import type { Evidence } from './evidence.ts';

export interface Written {
  /** Events of the run's own stdout. */
  readonly closedEvents: readonly string[];
  readonly signalEvents: readonly string[];
  readonly rowFolder: string;
  readonly rebuiltFolder: string;
}

const MANDATORY: Readonly<Record<string, readonly string[]>> = {
  executions:
    'signal_id trade_id symbol side leverage entry_average exit_average qty_filled fee_usdt funding_usdt pnl_net_usdt t_open_ms t_close_ms exit_reason r_net_real quality'.split(
      ' ',
    ),
  outcomes:
    'signal_id trade_id symbol side outcome y r_gross r_net mfe_r mae_r bars_held t_entry_ms t_exit_ms entry_price exit_price exit_reason'.split(
      ' ',
    ),
  signals:
    'signal_id symbol side setup ts_bar_close_ms ts_data_max_ms entry_ref_price sl_price tp_price rule_score rank_in_minute taken'.split(
      ' ',
    ),
};

type Cells = Readonly<Record<string, string>>;

const rowFiles = (folder: string, stream: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith(`${stream}-v`) && name.endsWith('.csv'))
    .sort();

function readRows(folder: string, stream: string): Cells[] {
  return rowFiles(folder, stream).flatMap((name) => {
    const [head = [], ...body] = parseCsv(readFileSync(join(folder, name), 'utf8'));
    return body.map((cells) => Object.fromEntries(head.map((column, i) => [column, cells[i] ?? ''])));
  });
}

export function checkRows(evidence: Evidence, written: Written): readonly Check[] {
  const rows = Object.fromEntries(Object.keys(MANDATORY).map((stream) => [stream, readRows(written.rowFolder, stream)]));
  return [
    oneRowEach(
      'closed trades',
      (rows['executions'] ?? []).map((row) => row['trade_id'] ?? ''),
      [
        ['the database', evidence.journal.closed.map((row) => String(row['trade_id']))],
        ['the events', written.closedEvents],
        [
          'settled trades',
          evidence.journal.intents
            .filter(({ state }) => state === 'journaled' || state === 'swept')
            .map((row) => String(row['trade_id'])),
        ],
      ],
    ),
    oneRowEach(
      'signals',
      (rows['signals'] ?? []).map((row) => row['signal_id'] ?? ''),
      [
        ['the database', evidence.journal.signals.map((row) => String(row['signal_id']))],
        ['the events', written.signalEvents],
      ],
    ),
    oneRowEach(
      'outcomes',
      (rows['outcomes'] ?? []).map((row) => row['signal_id'] ?? ''),
      [['the database', evidence.journal.outcomeRows.map((row) => String(row['signal_id']))]],
    ),
    everySignalFollowed(evidence),
    everyOutcomeCompleted(evidence),
    complete(rows),
    causal(rows['signals'] ?? []),
    sameFiles(written),
  ];
}

function oneRowEach(what: string, ids: readonly string[], others: readonly (readonly [string, readonly string[]])[]): Check {
  const faults = new FaultList();
  const mine = new Set(ids);
  if (mine.size !== ids.length) faults.add(`${ids.length - mine.size} rows stand twice`);
  for (const [name, list] of others) {
    const theirs = new Set(list);
    for (const id of theirs) if (!mine.has(id)) faults.add(`${id} of ${name} has no row`);
    for (const id of mine) if (!theirs.has(id)) faults.add(`the row of ${id} is unknown to ${name}`);
  }
  return {
    id: 'I4',
    what: `one row each: ${what} (${others.map(([name]) => name).join(', ')})`,
    seen: ids.length,
    faults: faults.all,
    needs: 'mayBeEmpty',
  };
}

/** Each signal is either still being followed or has its outcome. */
function everySignalFollowed({ journal }: Evidence): Check {
  const faults = new FaultList();
  const done = new Set(journal.outcomes.map((row) => String(row['signal_id'])));
  const open = new Set(journal.virtuals.map((row) => String(row['signal_id'])));
  for (const { signal_id } of journal.signals) {
    const id = String(signal_id);
    if (done.has(id) === open.has(id))
      faults.add(`${id} is ${done.has(id) ? 'both followed and done' : 'neither followed nor done'}`);
  }
  return {
    id: 'I4',
    what: 'every signal is followed or has its outcome',
    seen: journal.signals.length,
    faults: faults.all,
    needs: 'mayBeEmpty',
  };
}

/** Bars of the longest label: until they have passed an outcome may wait for its row. */
const LONGEST_LABEL_MS = 721 * 60_000;

function everyOutcomeCompleted({ journal, state }: Evidence): Check {
  const faults = new FaultList();
  const told = new Set(journal.outcomeRows.map((row) => String(row['signal_id'])));
  for (const { signal_id, exit, entry_ms } of journal.outcomes) {
    if (told.has(String(signal_id))) continue;
    if (exit !== 'timeout' || state.clock.nowMs - Number(entry_ms) > LONGEST_LABEL_MS)
      faults.add(`the outcome of ${String(signal_id)} (${String(exit)}) has no row`);
  }
  return {
    id: 'I4',
    what: 'every outcome has its row, at the latest after 720 bars',
    seen: journal.outcomes.length,
    faults: faults.all,
    needs: 'mayBeEmpty',
  };
}

function complete(rows: Readonly<Record<string, readonly Cells[]>>): Check {
  const faults = new FaultList();
  let seen = 0;
  for (const [stream, columns] of Object.entries(MANDATORY)) {
    for (const row of rows[stream] ?? []) {
      seen += 1;
      for (const column of columns)
        if ((row[column] ?? '') === '') faults.add(`${stream} ${row['signal_id']}: ${column} is empty`);
    }
  }
  return { id: 'I4', what: 'no mandatory column is empty', seen, faults: faults.all, needs: 'mayBeEmpty' };
}

function causal(signals: readonly Cells[]): Check {
  const faults = new FaultList();
  for (const row of signals) {
    if (Number(row['ts_data_max_ms']) > Number(row['ts_bar_close_ms']))
      faults.add(`${row['signal_id']} used data of ${row['ts_data_max_ms']}, its bar closed at ${row['ts_bar_close_ms']}`);
  }
  return {
    id: 'I10',
    what: 'no signal knew anything from after its bar',
    seen: signals.length,
    faults: faults.all,
    needs: 'mayBeEmpty',
  };
}

function sameFiles({ rowFolder, rebuiltFolder }: Written): Check {
  const faults = new FaultList();
  const isRow = (name: string): boolean => /^(signals|outcomes|executions)-v.*\.(csv|schema\.json)$/.test(name);
  const [mine, rebuilt] = [rowFolder, rebuiltFolder].map((folder) => new Set(readdirSync(folder).filter(isRow)));
  const names = new Set([...(mine ?? []), ...(rebuilt ?? [])]);
  for (const name of names) {
    if (mine?.has(name) !== true || rebuilt?.has(name) !== true)
      faults.add(`${name} was ${mine?.has(name) === true ? 'written but not rebuilt' : 'rebuilt but never written'}`);
    else if (!readFileSync(join(rowFolder, name)).equals(readFileSync(join(rebuiltFolder, name)))) faults.add(`${name} differs`);
  }
  return { id: 'CSV', what: 'CSV rebuilt from the database = CSV written, byte for byte', seen: names.size, faults: faults.all };
}

const FRAGMENT = 12;

/** Neither the key nor the secret nor any 12 characters of them, in no file of the bot and nothing it printed. */
export function checkSecrets(
  secrets: readonly string[],
  places: { readonly folders: readonly string[]; readonly texts: readonly string[] },
): Check {
  const fragments = secrets.flatMap((secret) => [
    ...Array.from({ length: Math.max(0, secret.length - FRAGMENT + 1) }, (_, i) => secret.slice(i, i + FRAGMENT)),
    Buffer.from(secret).toString('base64').slice(0, 24),
    Buffer.from(secret).toString('hex').slice(0, 24),
  ]);
  const faults = new FaultList();
  let seen = 0;
  const search = (where: string, text: Buffer): void => {
    seen += 1;
    if (fragments.some((fragment) => text.includes(fragment))) faults.add(`${where} contains a part of a key`);
  };
  for (const folder of places.folders) {
    for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, entry);
      if (statSync(path).isFile()) search(path, readFileSync(path));
    }
  }
  places.texts.forEach((text, i) => {
    search(`output ${i + 1}`, Buffer.from(text));
  });
  return { id: 'I6', what: 'no part of a key in files or output', seen, faults: faults.all };
}
