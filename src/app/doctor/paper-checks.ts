// App, `perpscout doctor`: the simulated account of paper mode, as the next start will find it.
import { StartError } from '../../ports/errors.ts';
import type { Settings } from '../config.ts';
import { paperPath } from '../data-files.ts';
import { PaperAccountFile } from '../paper/account-file.ts';
import { bad, type Finding, ok } from './finding.ts';

export function checkPaperAccount(settings: Settings): Finding {
  try {
    const kept = new PaperAccountFile(paperPath(settings)).load();
    if (kept === null) return ok('balance', `${settings.PAPER_BALANCE} USDT · PAPER_BALANCE`);
    const { wallet, positions } = kept.account;
    return ok('balance', `${Number(wallet).toFixed(2)} USDT · ${positions.length} positions · ${kept.market}`);
  } catch (error) {
    if (error instanceof StartError) return bad('balance', error.message, 'paperAccount', 78);
    throw error;
  }
}
