// What a metric is: its description, and where its numbers are read when somebody scrapes.

import type { PolicyReading } from './policy-reading.ts';
import type { RuntimeReading } from './runtime-reading.ts';

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary';
export type Labels = Readonly<Record<string, string | number>>;

/** Takes one number. `suffix`: what is added to the metric's name, as `_sum`. */
export type Emit = (value: number, labels?: Labels, suffix?: string) => void;

/** A metric without its numbers: what dashboards and alert rules are made from. */
export interface Description {
  /** Without prefix. */
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labels: readonly string[];
}

/** Written for each policy that it applies to. The first label is the policy's name. */
export interface PolicyMetric extends Description {
  readonly of: 'policy';
  applies(reading: PolicyReading): boolean;
  read(reading: PolicyReading, emit: Emit): void;
}

/** Written once for the runtime. */
export interface RuntimeMetric extends Description {
  readonly of: 'runtime';
  read(reading: RuntimeReading, emit: Emit): void;
}

export type AnyMetric = PolicyMetric | RuntimeMetric;
