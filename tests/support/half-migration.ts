// Support program: runs the second layout's migration up to the moment before its commit, then dies as by kill -9.
import Database from 'better-sqlite3';
import { MIGRATIONS } from '../../src/adapters/journal/tables.ts';

const db = new Database(process.argv[2] ?? '');
db.exec('BEGIN IMMEDIATE');
db.exec(MIGRATIONS[1] ?? '');
db.exec('PRAGMA user_version = 2');
process.kill(process.pid, 'SIGKILL');
