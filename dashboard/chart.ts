// A chart of the last minutes.

import uPlot from 'uplot';
import { el } from './dom.ts';
import { type History, SECONDS } from './history.ts';

type Line = keyof History['lines'];

export interface ChartLine {
  line: Line;
  label: string;
  /** A custom property of the page's style. */
  colour: string;
  fill?: boolean;
}

export class Chart {
  readonly element: HTMLElement;
  readonly #lines: readonly ChartLine[];
  #plot: uPlot | undefined;

  constructor(label: string, lines: readonly ChartLine[]) {
    this.#lines = lines;
    this.element = el('div', { class: 'chart', role: 'img', 'aria-label': label });
    new ResizeObserver(() => this.#resize()).observe(this.element);
  }

  draw(history: History, second: number, atMs: number): void {
    if (this.element.clientWidth === 0) return;
    const now = Math.floor(atMs / 1000);
    const times = Array.from({ length: SECONDS }, (_, index) => now - SECONDS + 1 + index);
    const data = [times, ...this.#lines.map(({ line }) => history.recent(line, second))] as uPlot.AlignedData;
    if (this.#plot === undefined) this.#plot = this.#make(data);
    else this.#plot.setData(data);
  }

  /** Colours come from the style, which changes with the time of day: the plot is made anew. */
  restyle(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #make(data: uPlot.AlignedData): uPlot {
    const colour = (name: string) => getComputedStyle(this.element).getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--quiet'),
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
    };
    const options: uPlot.Options = {
      width: this.element.clientWidth,
      height: 120,
      legend: { show: true, live: false },
      cursor: { y: false, drag: { x: false, y: false } },
      scales: { y: { range: (_plot, _min, max) => [0, Math.max(max ?? 0, 1)] } },
      axes: [
        { ...axis, size: 28, space: 70, values: '{HH}:{mm}:{ss}' },
        { ...axis, size: 44 },
      ],
      series: [
        {},
        ...this.#lines.map(({ label, colour: name, fill }) => ({
          label,
          stroke: colour(name),
          width: 1.5,
          points: { show: false },
          fill: fill ? `${colour(name)}22` : undefined,
        })),
      ],
    };
    return new uPlot(options, data, this.element);
  }

  #resize(): void {
    const width = this.element.clientWidth;
    if (width > 0 && this.#plot !== undefined) this.#plot.setSize({ width, height: 120 });
  }
}
