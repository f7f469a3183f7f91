// Adapter chart: pictures as PNG: candles with what the detectors saw, curves over time, and how reliable scores were. It draws
// what it is given and knows no language and no strategy.
import { type Canvas, createCanvas } from '@napi-rs/canvas';
import type { ChartLook, ChartRenderer, ChartSpec, CurveSpec, ReliabilitySpec } from '../../ports/chart.ts';
import { registerFont } from './font.ts';
import { frameOf, LabelBoard, priceScale, timeScale } from './layout.ts';
import { paintGrid, paintHeader } from './paint-axes.ts';
import { paintCandles, paintPanel } from './paint-candles.ts';
import { paintCurve } from './paint-curve.ts';
import { labelZones, paintBreaks, paintSweeps, paintZones } from './paint-marks.ts';
import { paintPlan, paintPlanFields } from './paint-plan.ts';
import { paintReliability } from './paint-reliability.ts';
import { fill, type Pen } from './pen.ts';
import { type Plot, plotOn, plotSize } from './plot.ts';
import { themeOf } from './theme.ts';

export class CanvasChartRenderer implements ChartRenderer {
  constructor() {
    registerFont();
  }

  async render(spec: ChartSpec): Promise<Uint8Array> {
    const frame = frameOf(spec.look.size);
    const canvas = createCanvas(frame.width, frame.height);
    const pen: Pen = {
      ink: canvas.getContext('2d'),
      spec,
      frame,
      theme: themeOf(spec.look),
      prices: priceScale(spec, frame.price),
      times: timeScale(spec.bars, frame.price),
      labels: new LabelBoard(frame.price),
    };
    fill(pen.ink, { x: 0, y: 0, width: frame.width, height: frame.height }, pen.theme.background);
    // Back to front: grid, zones and fields, candles, then everything that is read.
    paintHeader(pen);
    paintGrid(pen);
    paintZones(pen);
    paintPlanFields(pen);
    paintCandles(pen);
    paintPanel(pen);
    paintPlan(pen);
    labelZones(pen);
    paintBreaks(pen);
    paintSweeps(pen);
    return canvas.encode('png');
  }

  async curve(spec: CurveSpec): Promise<Uint8Array> {
    const { canvas, plot } = emptyPlot(spec.look);
    paintCurve(plot, spec);
    return canvas.encode('png');
  }

  async reliability(spec: ReliabilitySpec): Promise<Uint8Array> {
    const { canvas, plot } = emptyPlot(spec.look);
    paintReliability(plot, spec);
    return canvas.encode('png');
  }
}

function emptyPlot(look: ChartLook): { readonly canvas: Canvas; readonly plot: Plot } {
  const size = plotSize(look.size);
  const canvas = createCanvas(size.width, size.height);
  const plot = plotOn(canvas.getContext('2d'), themeOf(look), look.size);
  fill(plot.ink, { x: 0, y: 0, ...size }, plot.theme.background);
  return { canvas, plot };
}
