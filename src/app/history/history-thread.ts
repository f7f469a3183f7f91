// App, questions about the past: the thread's side. Its connection cannot write, and it is opened anew for each question, so that
// no read transaction outlives an answer and the log of the database can be cut back.
import { parentPort, workerData } from 'node:worker_threads';
import { openForReading } from '../../adapters/journal/database.ts';
import { answer, type Question } from './answers.ts';

export interface Asked {
  readonly id: number;
  readonly question: Question;
}

export type Reply =
  | { readonly id: number; readonly kind: 'answer'; readonly value: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly reason: string };

function replyTo(path: string, { id, question }: Asked): Reply {
  try {
    const db = openForReading(path);
    try {
      return { id, kind: 'answer', value: answer(db, question) };
    } finally {
      db.close();
    }
  } catch (error) {
    return { id, kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

if (parentPort !== null) {
  const port = parentPort;
  const { path } = workerData.given as { path: string };
  port.on('message', (asked: Asked) => port.postMessage(replyTo(path, asked)));
}
