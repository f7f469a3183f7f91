// The floors of the house as data, and the inspection that holds every source file against them.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

export interface SourceFile {
  /** Path from the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Room {
  readonly prefix: string;
  /** Rooms whose files may be imported, besides the own room. */
  readonly sees: readonly string[];
  readonly packages: readonly string[];
  readonly pure: 'pure' | 'shell';
}

const CORE = 'src/core/';
const PORTS = 'src/ports/';

/** Adapters see their own folder only: each is listed once, with its packages. */
const ADAPTERS: readonly (readonly [string, readonly string[]])[] = [
  ['binance', ['axios', 'ws', 'zod', 'opossum']],
  ['candle-snapshot', []],
  ['chart', ['@napi-rs/canvas', 'technicalindicators']],
  ['clock', []],
  ['discord', ['discord.js', 'zod']],
  ['exchange-control', ['axios']],
  ['feature-log', []],
  ['journal', ['better-sqlite3']],
  ['log', ['pino']],
  ['model', []],
  ['sim-broker', []],
];

/** Rooms an adapter sees besides core and ports: the simulated venue is a pure machine that the simulated broker wraps. */
const SEEN_BESIDES: Readonly<Record<string, readonly string[]>> = { 'sim-broker': ['src/sim/'] };

/** Longest prefix wins. */
export const ROOMS: readonly Room[] = [
  { prefix: CORE, sees: [], packages: [], pure: 'pure' },
  { prefix: 'strategy/', sees: [CORE], packages: ['zod'], pure: 'pure' },
  { prefix: 'src/book/', sees: [CORE], packages: [], pure: 'pure' },
  { prefix: 'src/risk/', sees: [CORE, 'src/book/'], packages: [], pure: 'pure' },
  { prefix: 'src/sim/', sees: [CORE, 'src/book/'], packages: [], pure: 'pure' },
  { prefix: PORTS, sees: [CORE, 'src/book/', 'strategy/'], packages: [], pure: 'pure' },
  {
    prefix: 'services/',
    sees: [CORE, PORTS, 'strategy/', 'src/risk/', 'src/book/'],
    packages: ['p-limit', 'lru-cache'],
    pure: 'pure',
  },
  ...ADAPTERS.map(
    ([name, packages]): Room => ({
      prefix: `src/adapters/${name}/`,
      sees: [CORE, PORTS, ...(SEEN_BESIDES[name] ?? [])],
      packages,
      pure: 'shell',
    }),
  ),
  { prefix: 'src/emulator/', sees: [CORE, 'src/sim/'], packages: ['ws'], pure: 'shell' },
  {
    prefix: 'src/app/',
    sees: [CORE, PORTS, 'strategy/', 'src/risk/', 'src/book/', 'src/sim/', 'services/', 'src/adapters/', 'src/emulator/'],
    packages: ['zod', 'string-width', 'technicalindicators', 'tsx'],
    pure: 'shell',
  },
  { prefix: 'src/main.ts', sees: ['src/app/', PORTS], packages: [], pure: 'shell' },
  { prefix: 'src/perpscout.mjs', sees: ['src/main.ts'], packages: ['tsx'], pure: 'shell' },
];

export const MAX_LINES = 350;
export const MAX_MEAN_LINES = 150;
/** SHA-256 is a function of its text: the one node: import of a pure floor. */
const PURE_NODE_IMPORTS: Readonly<Record<string, readonly string[]>> = { 'src/core/digest.ts': ['node:crypto'] };

const AMBIENT: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\s*\(/, 'Date.now'],
  [/\bnew Date\s*\(\s*\)/, 'new Date()'],
  [/\bMath\.random\b/, 'Math.random'],
  [/\bprocess\s*(\.|\[)/, 'process'],
  [/\bperformance\s*\./, 'performance'],
  [/\bconsole\s*\./, 'console'],
  [/\b(setTimeout|setInterval|setImmediate|queueMicrotask)\s*\(/, 'a timer'],
  [/\bfetch\s*\(/, 'fetch'],
];

/** Rooms that may not know in which mode they run: another mode is another choice of ports, made in src/app. */
const MODELESS = ['strategy/', 'src/risk/', 'src/book/', 'services/'];
const MODE_QUESTIONS: readonly RegExp[] = [
  /(['"`])(sim|paper|testnet|backtest|replay)\1/,
  /\bMODE\b/,
  /\brunMode\b/,
  /\bis(Live|Paper|Sim|Testnet|Backtest|Replay)\b/,
];

const CODE = /\.(ts|mts|mjs|js)$/;

export function readSources(root: string, folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && CODE.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') })),
  );
}

const roomOf = (path: string): Room | undefined =>
  ROOMS.filter((room) => path.startsWith(room.prefix)).sort((a, b) => b.prefix.length - a.prefix.length)[0];

/** Comments and quoted text do not run: they are blanked, line by line, before ambient words are looked for. */
export function codeOnly(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (block) => block.replace(/[^\n]/g, ' '))
    .replace(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1')
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
}

const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1');

export function importsOf(text: string): string[] {
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s*['"]([^'"]+)['"]|import\s*\(\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

function importFault(file: SourceFile, room: Room, specifier: string): string | null {
  if (specifier.startsWith('.')) {
    const target = normalize(join(dirname(file.path), specifier)).replaceAll('\\', '/');
    const home = roomOf(target);
    if (home === room || room.sees.some((prefix) => target.startsWith(prefix))) return null;
    return `imports ${target}, which ${room.prefix} must not see`;
  }
  if (specifier.startsWith('node:')) {
    if (room.pure === 'shell' || PURE_NODE_IMPORTS[file.path]?.includes(specifier)) return null;
    return `imports ${specifier} on a pure floor`;
  }
  const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : (specifier.split('/')[0] ?? specifier);
  return room.packages.includes(name) ? null : `imports the package ${name}, which is not ${room.prefix}'s`;
}

function inspectFile(file: SourceFile): string[] {
  const room = roomOf(file.path);
  if (room === undefined) return [`${file.path}: stands in no room of the house`];
  const faults = importsOf(file.text).map((specifier) => importFault(file, room, specifier));
  const lines = file.text.split('\n').length;
  if (lines > MAX_LINES) faults.push(`has ${lines} lines, more than ${MAX_LINES}`);
  const words = MODELESS.includes(room.prefix) ? withoutComments(file.text) : '';
  if (MODE_QUESTIONS.some((question) => question.test(words))) faults.push('asks in which mode it runs');
  if (room.pure === 'pure') {
    const code = codeOnly(file.text);
    for (const [pattern, name] of AMBIENT) if (pattern.test(code)) faults.push(`uses ${name} on a pure floor`);
  }
  return faults.filter((fault) => fault !== null).map((fault) => `${file.path}: ${fault}`);
}

/** Import circles, each told once; type-only imports count too, since they tie rooms together in a reader's head. */
function cycles(files: readonly SourceFile[]): string[] {
  const known = new Map(files.map((file) => [file.path, file]));
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const file = known.get(path);
    if (file === undefined || state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      found.push(`import circle: ${[...trail.slice(trail.indexOf(path)), path].join(' → ')}`);
      return;
    }
    state.set(path, 'open');
    for (const specifier of importsOf(file.text)) {
      if (specifier.startsWith('.')) visit(normalize(join(dirname(path), specifier)).replaceAll('\\', '/'), [...trail, path]);
    }
    state.set(path, 'done');
  };
  for (const file of files) visit(file.path, []);
  return found;
}

/** Every fault of these files against the house; an empty list is a house in order. */
export const inspect = (files: readonly SourceFile[]): string[] => [...files.flatMap(inspectFile), ...cycles(files)];
