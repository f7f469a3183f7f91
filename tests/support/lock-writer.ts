// Support program: holds the write lock of a database until it is killed; says "held" when it does.
import Database from 'better-sqlite3';

const db = new Database(process.argv[2] ?? '');
db.exec('BEGIN IMMEDIATE');
process.stdout.write('held\n');
setInterval(() => undefined, 60_000);
