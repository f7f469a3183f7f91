// App, `perpscout doctor`: checks everything that a start of this mode needs and says what to do. It changes nothing: the probe
// order it places where that is allowed is cancelled at once. Exit code: what a start would end with, or 0.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../adapters/clock/system.ts';
import { StartError } from '../../ports/errors.ts';
import type { ParsedArgs } from '../cli/command.ts';
import { loadSettings, type Settings } from '../config.ts';
import { checkDiscord } from '../doctor/discord-checks.ts';
import { doctorLines } from '../doctor/doctor-report.ts';
import { bad, exitCodeOf, type Finding } from '../doctor/finding.ts';
import { checkDatabase, checkDataFolder, checkFont, checkModelFolder, checkNode, checkSqlite } from '../doctor/machine-checks.ts';
import { checkPaperAccount } from '../doctor/paper-checks.ts';
import { checkVenue } from '../doctor/venue-checks.ts';
import { quietLogger } from '../log.ts';
import { textIn } from '../text/catalogue.ts';
import { binanceOf, joinSim, loopbackExchange, spawnSim, type VenueTools } from '../venue.ts';

export async function run(args: ParsedArgs): Promise<number> {
  const loaded = loadSettings(process.env);
  const settings: Settings = { ...loaded, MODE: args.oneOf('mode', ['sim', 'paper', 'testnet', 'live']) ?? loaded.MODE };
  const findings: Finding[] = [
    checkNode(process.version),
    checkSqlite(),
    checkDataFolder(settings.DATA_DIR),
    checkDatabase(settings),
    checkFont(),
    checkModelFolder(settings.ML_MODEL_DIR),
  ];
  findings.push(...(await venueFindings(settings, args.text('exchange'))), ...(await checkDiscord(settings)));
  if (args.has('json')) for (const finding of findings) process.stdout.write(`${JSON.stringify(finding)}\n`);
  else process.stdout.write(`${doctorLines(findings, textIn(settings.APP_LANG)).join('\n')}\n`);
  return exitCodeOf(findings);
}

async function venueFindings(settings: Settings, exchangeUrl: string | null): Promise<Finding[]> {
  const tools: VenueTools = { wallClock: systemClock, logger: quietLogger(settings) };
  const { MODE: mode } = settings;
  if (mode === 'testnet' || mode === 'live') {
    if (settings.BINANCE_API_KEY === '' || settings.BINANCE_API_SECRET === '') return [bad('key', '∅', 'keyMissing', 77)];
    const { venue, restUrl } = binanceOf(mode, settings, tools);
    return checkVenue({ venue, settings, wallClock: systemClock, restUrl }).finally(() => venue.stop());
  }
  if (mode === 'paper' && exchangeUrl === null && !onThisMachine(settings)) {
    const { venue, restUrl } = binanceOf('live', settings, tools);
    const found = await checkVenue({ venue, settings, wallClock: systemClock, restUrl }).finally(() => venue.stop());
    return [...found, checkPaperAccount(settings)];
  }
  const home = mkdtempSync(join(tmpdir(), 'perpscout-doctor-'));
  try {
    const opened =
      (mode === 'paper' && exchangeUrl === null ? await loopbackExchange(settings, tools) : null) ??
      (await openSim(exchangeUrl, { ...process.env, DATA_DIR: home }, tools));
    const { venue, restUrl } = opened;
    if (mode === 'sim') await opened.pacer.attach();
    const found = await checkVenue({ venue, settings, wallClock: systemClock, restUrl }).finally(() => opened.close());
    return mode === 'paper' ? [...found, checkPaperAccount(settings)] : found;
  } catch (error) {
    if (error instanceof StartError) return [bad('venue', error.message, 'venue', 69)];
    throw error;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const onThisMachine = ({ BINANCE_REST_URL }: Settings): boolean => BINANCE_REST_URL.startsWith('http:');

/** An exchange of its own in a folder of its own, so that a look at the machine does not touch a running bot's market. */
function openSim(
  url: string | null,
  environment: Readonly<Record<string, string | undefined>>,
  tools: VenueTools,
): ReturnType<typeof spawnSim> {
  if (url === null) return spawnSim(['--speed', '1'], environment, tools);
  if (!URL.canParse(url))
    throw new StartError(2, `perpscout doctor: --exchange is "${url}"; allowed: the rest URL that perpscout exchange prints`);
  const rest = url.replace(/\/+$/, '');
  return joinSim(rest, rest.replace(/^http/, 'ws'), tools, null);
}
