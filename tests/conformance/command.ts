// Conformance, the command without its process: arguments in, text and an exit code out. 0 all cells agree, 1 some differ, 2 it could
// not be asked.
import type { Difference } from './compare.ts';
import { type FolderReport, foldersOf, RefusedFolder, runFolder } from './run-folder.ts';

const HELP = `Compares the detectors with reference tables, cell by cell.

  npm run conformance -- DIR [DIR...] [--json]

DIR holds input.csv (Date,Open,High,Low,Close,Volume) and tables <detector>__<param>=<value>[__...].csv, or folders of that kind.
  fvg__join=1  swing__L=5  bos_choch__L=5__close_break=1  ob__L=5__close_mitigation=0  liquidity__L=5__range=0.01
  prev_high_low__tf=4h  sessions__London_tz=UTC+3  sessions__Custom_2215_0330  retracements__L=5
Exit: 0 no cell differs, 1 some differ, 2 a folder or a table's name is not understood.
`;

const shown = (value: number | null): string => (value === null ? 'empty' : String(value));
const firstText = ({ row, column, expected, got }: Difference): string =>
  `first at row ${row}, ${column}: expected ${shown(expected)}, got ${shown(got)}`;

function reportText(report: FolderReport): string {
  const lines = report.files.map(({ file, cells, differing, first }) => {
    const verdict = first === null ? '' : `  ${firstText(first)}`;
    return `${String(cells).padStart(9)} cells ${String(differing).padStart(7)} differ  ${file}${verdict}`;
  });
  return `${report.folder}: ${report.bars} bars\n${lines.join('\n')}\n`;
}

/** Where results (stdout) and complaints (stderr) go. */
export interface Sink {
  readonly out: (text: string) => void;
  readonly complain: (text: string) => void;
}

function run(folders: readonly string[], form: 'json' | 'text', sink: Sink): number {
  const reports = folders.flatMap(foldersOf).map((folder) => runFolder(folder));
  const files = reports.reduce((sum, report) => sum + report.files.length, 0);
  const cells = reports.reduce((sum, report) => sum + report.cells, 0);
  const differing = reports.reduce((sum, report) => sum + report.differing, 0);
  if (form === 'json') sink.out(`${JSON.stringify({ cells, differing, files, folders: reports })}\n`);
  else sink.out(`${reports.map(reportText).join('\n')}\n${cells} cells in ${files} tables compared, ${differing} differ\n`);
  return differing === 0 ? 0 : 1;
}

export function conformance(args: readonly string[], sink: Sink): number {
  if (args.includes('--help') || args.includes('-h')) {
    sink.out(HELP);
    return 0;
  }
  const unknown = args.find((arg) => arg.startsWith('-') && arg !== '--json');
  const folders = args.filter((arg) => !arg.startsWith('-'));
  if (unknown !== undefined || folders.length === 0) {
    sink.complain(unknown === undefined ? `no folder was named\n\n${HELP}` : `unknown option ${unknown}; see --help\n`);
    return 2;
  }
  try {
    return run(folders, args.includes('--json') ? 'json' : 'text', sink);
  } catch (error) {
    if (!(error instanceof RefusedFolder)) throw error;
    sink.complain(`${error.message}\n`);
    return 2;
  }
}
