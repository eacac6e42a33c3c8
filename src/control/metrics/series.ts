// A metric as a prom-client registry has it: read from shared memory when asked for, never kept.

import type { AnyMetric, Labels, MetricType } from './metric.ts';
import type { PolicyReading } from './policy-reading.ts';
import type { RuntimeReading } from './runtime-reading.ts';

/** One number of a metric, in prom-client's form. */
export interface Value {
  value: number;
  labels: Labels;
  sharedLabels?: Labels;
  metricName?: string;
}

export interface Values {
  name: string;
  help: string;
  type: MetricType;
  aggregator: string;
  values: Value[];
}

/** Where the numbers come from. */
export interface Sources {
  policies(): PolicyReading[];
  runtime: RuntimeReading;
}

const NONE: Labels = Object.freeze({});

export class Series {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly aggregator = 'sum';
  readonly metric: AnyMetric;
  readonly #sources: Sources;
  readonly #suffixed = new Map<string, string>();

  constructor(metric: AnyMetric, prefix: string, sources: Sources) {
    this.metric = metric;
    this.name = prefix + metric.name;
    this.help = metric.help;
    this.type = metric.type;
    this.#sources = sources;
  }

  /** All numbers now. */
  async get(): Promise<Values> {
    return this.take(this.metric.of === 'policy' ? this.#sources.policies() : []);
  }

  /** Numbers of these policies, or the runtime's. */
  take(policies: readonly PolicyReading[]): Values {
    const { metric, name, help, type, aggregator } = this;
    const values: Value[] = [];
    if (metric.of === 'runtime') {
      metric.read(this.#sources.runtime, (value, labels = NONE, suffix = '') => {
        values.push({ value, labels, metricName: this.#suffix(suffix) });
      });
    } else {
      for (const reading of policies) {
        if (!metric.applies(reading)) continue;
        const sharedLabels = reading.shared(metric.labels[0]);
        metric.read(reading, (value, labels = NONE, suffix = '') => {
          values.push({ value, labels, sharedLabels, metricName: this.#suffix(suffix) });
        });
      }
    }
    return { name, help, type, aggregator, values };
  }

  /** There is nothing here that could be reset: the memory counts. */
  reset(): void {}

  #suffix(suffix: string): string | undefined {
    if (suffix === '') return undefined;
    let name = this.#suffixed.get(suffix);
    if (name === undefined) {
      name = this.name + suffix;
      this.#suffixed.set(suffix, name);
    }
    return name;
  }
}
