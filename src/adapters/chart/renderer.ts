// Adapter chart: the picture of a signal as PNG. It draws what it is given and knows no language and no strategy.
import { createCanvas } from '@napi-rs/canvas';
import type { ChartRenderer, ChartSpec } from '../../ports/chart.ts';
import { registerFont } from './font.ts';
import { frameOf, LabelBoard, priceScale, timeScale } from './layout.ts';
import { paintGrid, paintHeader } from './paint-axes.ts';
import { paintCandles, paintPanel } from './paint-candles.ts';
import { labelZones, paintBreaks, paintSweeps, paintZones } from './paint-marks.ts';
import { paintPlan, paintPlanFields } from './paint-plan.ts';
import { fill, type Pen } from './pen.ts';
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
}
