import { readFileSync, writeFileSync } from 'node:fs';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { GlobalFonts } from '@napi-rs/canvas';
const html=readFileSync(process.argv[2],'utf8');
const style=/<style>([\s\S]*?)<\/style>/.exec(html)![1].replace(/@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g,'').replace(/var\(--(\w+)\)/g,(_,n)=>({ink:'#1b2430',soft:'#5b6878',line:'#d9dfe6',paper:'#fff',tile:'#f4f6f9',mark:'#1769aa',fall:'#c0392b'} as any)[n]);
const svgs=[...html.matchAll(/<svg[\s\S]*?<\/svg>/g)].map(m=>m[0]);
console.log(svgs.length);
const n=svgs.length/2; let y=0; const c=createCanvas(760,1200);const x=c.getContext('2d');x.fillStyle='#fff';x.fillRect(0,0,760,1200);
for(let i=n;i<2*n;i++){ const vb=/viewBox="0 0 (\d+) (\d+)"/.exec(svgs[i])!; const s=svgs[i].replace('<svg ',`<svg xmlns="http://www.w3.org/2000/svg" width="${vb[1]}" height="${vb[2]}" `).replace('<title>','<style>'+style.replace(/[<>]/g,'')+' text{font-family:sans-serif}</style><title>'); const im=await loadImage(Buffer.from(s)); x.drawImage(im,10,y); y+=Number(vb[2])+10;}
writeFileSync('/tmp/svg.png',c.toBuffer('image/png'));
