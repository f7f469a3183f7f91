// App, backtest report: one page that needs nothing else: style, pictures and both languages are in it, and the switch between them
// works without a script.
import { textIn } from '../../text/catalogue.ts';
import type { ReportFigures } from '../figures.ts';
import type { TradeRow } from '../trade-rows.ts';
import { reportBody } from './sections.ts';

const STYLE = `
:root{--ink:#1b2430;--soft:#5b6878;--line:#d9dfe6;--paper:#fff;--tile:#f4f6f9;--mark:#1769aa;--fall:#c0392b}
@media (prefers-color-scheme:dark){:root{--ink:#e6ebf1;--soft:#9aa8b8;--line:#33404f;--paper:#12181f;--tile:#1b242e;--mark:#5aa9e6;--fall:#e57368}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,"Noto Sans TC","PingFang TC","Microsoft JhengHei",sans-serif}
main,.switch{max-width:980px;margin:0 auto;padding:0 16px}
.switch{padding-top:12px;text-align:right}
input[name=lang]{position:absolute;opacity:0}
.switch label{padding:4px 10px;border:1px solid var(--line);border-radius:6px;cursor:pointer}
#lang-en:checked~main .zh,#lang-zh:checked~main .en{display:none}
#lang-zh:checked~.switch .to-zh,#lang-en:checked~.switch .to-en{background:var(--mark);color:var(--paper)}
#lang-zh:focus-visible~.switch .to-zh,#lang-en:focus-visible~.switch .to-en{outline:3px solid var(--fall)}
h1{font-size:1.6rem;margin:.4em 0}h2{font-size:1.25rem;margin:2em 0 .4em;border-bottom:1px solid var(--line)}h3{font-size:1.05rem;margin:1.4em 0 .3em}
.verdict{font-weight:600;border-left:4px solid var(--mark);padding-left:12px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px}
.tile{background:var(--tile);border-radius:8px;padding:10px 12px}.tile span,.tile small{display:block;color:var(--soft);font-size:.82rem}.tile b{font-size:1.35rem}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(280px,1fr));gap:24px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:6px 8px;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
th:first-child,td:first-child{text-align:left}th{color:var(--soft);font-weight:600}
td small{display:block;color:var(--soft)}
details{margin:.8em 0}summary{cursor:pointer;color:var(--mark)}
pre{background:var(--tile);padding:10px;overflow-x:auto;border-radius:6px}
svg{width:100%;height:auto;display:block}svg text{fill:var(--soft);font-size:13px}
.curve{fill:none;stroke:var(--mark);stroke-width:2}.fall{fill:var(--fall);opacity:.35}
.grid{stroke:var(--line)}.dash{stroke:var(--soft);stroke-dasharray:4 4}.whisker{stroke:var(--ink);stroke-width:2}
.dot{fill:var(--mark)}.ring{fill:none;stroke:var(--fall);stroke-width:2}
@media (max-width:480px){body{font-size:15px}main,.switch{padding-left:12px;padding-right:12px}table{font-size:.78rem}th,td{padding:5px 4px}svg text{font-size:20px}}
`;

export function reportHtml(figures: ReportFigures, trades: readonly TradeRow[], command: string): string {
  const inLanguage = (language: 'zh-TW' | 'en', name: string): string =>
    `<article class="${name}" lang="${language}">${reportBody(figures, trades, command, textIn(language))}</article>`;
  return `<!doctype html>
<html lang="zh-TW"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>PerpScout backtest</title><style>${STYLE}</style></head>
<body><input type="radio" name="lang" id="lang-zh" checked><input type="radio" name="lang" id="lang-en">
<div class="switch"><label class="to-zh" for="lang-zh">中文</label> <label class="to-en" for="lang-en">English</label></div>
<main>
${inLanguage('zh-TW', 'zh')}
${inLanguage('en', 'en')}
</main></body></html>
`;
}
