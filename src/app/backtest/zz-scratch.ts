import { klineFiles } from '../../emulator/market/recorded-source.ts';
import { runBacktest } from './backtest.ts';
import { loadSettings } from '../config.ts';
import { strategySettings, riskSettings, managementSettings } from '../strategy-settings.ts';
const dir='/work/shared/market-data/klines/1m_2025-05-04_2025-06-24';
const s=loadSettings({...process.env});
const silent={debug(){},info(){},warn(f:any,m:string){console.log('warn',m,JSON.stringify(f).slice(0,200))},error(f:any,m:string){console.log('error',m,JSON.stringify(f))}};
let st='';let t=performance.now();
const run=await runBacktest({files:klineFiles(dir).map(f=>dir+'/'+f),workers:2,strategies:s.STRATEGIES,strategy:strategySettings(s),risk:riskSettings(s),management:managementSettings(s),run:{runMode:'backtest',configHash:'x',codeVersion:'0',modelVersion:null},fromMs:null,toMs:null,funding:new Map(),balanceUsdt:10000,placebos:10,seed:1,logger:silent as any,onProgress:(g)=>{if(g!==st){console.log(g,Math.round(performance.now()-t));st=g;}}});
console.log('done',Math.round(performance.now()-t), process.cpuUsage());
const tr=run.portfolio.recorder.trades();
console.log(tr.length, run.portfolio.unfinished(), run.portfolio.equity.lastEquityUsdt, run.portfolio.equity.deepestFall, run.portfolio.settlements);
for(const x of tr.slice(0,12)) console.log(x.closed.symbol,x.closed.side,x.closed.exitClass,new Date(x.closed.openedMs).toISOString(),new Date(x.closed.closedMs).toISOString(),x.closed.averageEntry,x.closed.averageExit,x.closed.netR.toFixed(3),x.closed.feesUsdt,x.closed.fundingUsdt,x.stopMoves.length, x.fills.length);
const f:any={};for(const v of run.portfolio.fates.values()) f[v]=(f[v]??0)+1;console.log(f);
let bad=0,n=0;for(const r of run.results)for(const g of r.signals){const o=run.portfolio.recorder.outcomeOf(g.signal.id);n++;if((o===null)!==(g.sample===null)||o!==null&&Math.abs(o.netR-g.sample!.label.netR)>1e-12)bad++;}
console.log('labels differ',bad,'of',n);
