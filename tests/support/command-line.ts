// The command line inside the test's own process, for what is refused or shown before anything is opened: the same function that
// the command's process runs, with the words, the environment, the folder and the output of a test.
import { vi } from 'vitest';
import { runCommandLine } from '../../src/app/cli/command-line.ts';
import type { Ended } from './cli.ts';

/** One at a time: environment and folder belong to the whole process. */
export async function said(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  folder: string,
): Promise<Ended> {
  const [own, ownFolder] = [process.env, process.cwd()];
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    }),
  );
  process.env = { PATH: own['PATH'], ...environment };
  process.chdir(folder);
  try {
    return { code: await runCommandLine(words), ...written };
  } finally {
    process.chdir(ownFolder);
    process.env = own;
    for (const spy of spies) spy.mockRestore();
  }
}
