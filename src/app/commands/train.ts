// App, `perpscout train`: trains the filter's model from training rows by the Python script of tools/, and says what to install where
// this machine cannot. A model that its own gate refuses is a result like any other: exit code 0.
import { StartError } from '../../ports/errors.ts';
import type { ParsedArgs } from '../cli/command.ts';
import { loadSettings } from '../config.ts';
import { type Text, textIn } from '../text/catalogue.ts';
import { findPython } from '../train/python.ts';
import { trainingLine } from '../train/training-lines.ts';
import { runTraining } from '../train/training-run.ts';

/** Options that go to the script as they are. */
const PASSED_ON = ['kind', 'label', 'schema', 'blind', 'judge-from', 'seed'] as const;

export async function run(args: ParsedArgs): Promise<number> {
  const settings = loadSettings(process.env);
  const text = textIn(settings.APP_LANG);
  const folders = (args.text('in') ?? settings.ML_LOG_DIR).split(',').filter((folder) => folder !== '');
  const out = args.text('out') ?? settings.ML_MODEL_DIR;
  if (out === '') throw new StartError(2, 'perpscout train: --out DIR is missing, and ML_MODEL_DIR is not set');
  args.oneOf('kind', ['xgboost', 'logistic']);
  args.oneOf('label', ['y', 'excess']);
  args.instant('judge-from');
  args.integer('seed', 0, 2 ** 31 - 1);
  const python = readyPython(text);
  const passed = PASSED_ON.flatMap((name) => (args.text(name) === null ? [] : [`--${name}`, args.text(name) ?? '']));
  const lines = args.has('json') ? process.stderr : process.stdout;
  await runTraining(python, [...folders.flatMap((folder) => ['--in', folder]), '--out', out, ...passed], (event) => {
    if (args.has('json')) process.stdout.write(`${JSON.stringify(event)}\n`);
    const line = trainingLine(event, text);
    if (line !== null) lines.write(`${line}\n`);
  });
  return 0;
}

function readyPython(text: Text): string {
  const found = findPython();
  if (found.kind === 'ready') return found.command;
  for (const key of ['train.install.why', 'train.install.debian', 'train.install.pip', 'train.install.then'] as const)
    process.stderr.write(`${text(key)}\n`);
  const reason = found.kind === 'none' ? 'there is no python3 here' : `${found.command} lacks ${found.missing.join(', ')}`;
  throw new StartError(78, `training is not possible: ${reason}`);
}
