// App, `perpscout train`: the Python script as a child process. It tells one JSON object a line; what it refuses stands on its
// standard error, with the file and the line, and is the command line's fault (exit 2).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { StartError } from '../../ports/errors.ts';

export type TrainingEvent = { readonly event: string } & Readonly<Record<string, unknown>>;

const REFUSED = 2;
const KEPT_ERROR = 4_000;

/** Beside the sources, or one floor further up beside what was built of them. */
function scriptPath(): string {
  const places = ['../../../tools/train_xgboost.py', '../../../../tools/train_xgboost.py'];
  const found = places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) => existsSync(path));
  if (found === undefined) throw new StartError(1, 'tools/train_xgboost.py is missing; it belongs to the package');
  return found;
}

export async function runTraining(
  python: string,
  words: readonly string[],
  onEvent: (event: TrainingEvent) => void,
): Promise<void> {
  const child = spawn(python, [scriptPath(), ...words, '--events'], {
    // Threads that wait by spinning take a busy machine forty times as long.
    env: { ...process.env, OMP_WAIT_POLICY: 'PASSIVE', PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told = (told + text).slice(-KEPT_ERROR);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{')) onEvent(JSON.parse(line) as TrainingEvent);
  }
  const code = await ended;
  if (code === 0) return;
  if (code === REFUSED) throw new StartError(2, `the training refuses these rows: ${told.trim()}`);
  throw new StartError(1, `the training ended with ${code ?? 'a signal'}: ${told.trim()}`);
}
