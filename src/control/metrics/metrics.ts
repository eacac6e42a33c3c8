/**
 * The metrics of a runtime in a prom-client registry. Nothing on the path of a
 * call knows of them: each scrape reads shared memory. A policy that is removed
 * has no series any more; keys never become labels.
 */

import { createRequire } from 'node:module';
import type { Registry } from 'prom-client';
import { OptionsError } from '../../base/errors.ts';
import { readOptions, readSafely } from '../../base/options.ts';
import { METRICS } from './list.ts';
import type { AnyMetric } from './metric.ts';
import { Series, type Sources } from './series.ts';

export type { Registry };

export interface MetricsOptions {
  /** A registry of one's own to write to; a new one by default. */
  registry?: Registry;
  /** Before every name; `holdfast_` by default. */
  prefix?: string;
}

export interface MetricsSettings {
  registry: Registry | undefined;
  prefix: string;
}

/** Reads the option `metrics`. Throws an `OptionsError`. */
export function readMetricsOptions(options: unknown): MetricsSettings {
  const o = readOptions('metrics', options ?? {}, ['registry', 'prefix']);
  const registry = o.get('registry') as Registry | undefined;
  const methods = ['registerMetric', 'getMetricsAsString', 'getSingleMetric'] as const;
  const fits = readSafely('metrics.registry', () =>
    methods.every((name) => typeof (registry as never)?.[name] === 'function'),
  );
  if (registry !== undefined && !fits) {
    o.refuse('registry', "prom-client's Registry");
  }
  const prefix = o.get('prefix') ?? 'holdfast_';
  if (typeof prefix !== 'string' || !/^([a-zA-Z_:][a-zA-Z0-9_:]*)?$/.test(prefix)) {
    o.refuse('prefix', 'a prefix of letters, digits, _ and :, not beginning with a digit');
  }
  return { registry, prefix: prefix as string };
}

/**
 * A new registry of prom-client's, loaded at once: `holdfast.metrics` is no promise.
 *
 * Where there is a `require`, as in what a bundler makes, a bundler has seen the call and put the registry in; the
 * runtimes' own modules have none and make one. The registry is loaded by itself: the package's front door loads
 * everything else it has too, which takes twenty times as long as all of this library.
 */
function newRegistry(): Registry {
  const OwnRegistry: new () => Registry =
    typeof require === 'function'
      ? require('prom-client/lib/registry.js')
      : createRequire(import.meta.url)('prom-client/lib/registry.js');
  return new OwnRegistry();
}

/** How many policies are serialised between two turns of the event loop. */
const SLICE = 25;

export class Metrics {
  #registry: Registry | undefined;
  readonly #prefix: string;
  readonly #sources: Sources;

  /** Throws an `OptionsError` when the registry has one of the names already. */
  constructor({ registry, prefix }: MetricsSettings, sources: Sources) {
    this.#prefix = prefix;
    this.#sources = sources;
    if (registry !== undefined) this.#registry = this.#filled(registry);
  }

  /** The user's, or one of our own: made when it is first asked for, since it takes a tenth of a start to load. */
  get registry(): Registry {
    this.#registry ??= this.#filled(newRegistry());
    return this.#registry;
  }

  /**
   * The text of all metrics in the registry, in pieces that each take a few milliseconds to make. Whoever asks
   * for the next piece decides when.
   */
  async *pieces(): AsyncGenerator<string, void, void> {
    const policies = this.#sources.policies();
    for (const metric of this.registry.getMetricsAsArray() as unknown[]) {
      const slices =
        metric instanceof Series && metric.metric.of === 'policy' ? Math.ceil(policies.length / SLICE) : 1;
      for (let slice = 0; slice < Math.max(slices, 1); slice++) {
        const text = await this.#text(
          metric,
          slices > 1 ? policies.slice(slice * SLICE, (slice + 1) * SLICE) : undefined,
        );
        // Help and type are said once, before the first series.
        const body = slice === 0 ? text : text.split('\n').slice(2).join('\n');
        if (body !== '') yield `${body}\n`;
      }
    }
  }

  #text(metric: unknown, policies: Parameters<Series['take']>[0] | undefined): Promise<string> {
    const part = policies === undefined ? metric : { get: () => (metric as Series).take(policies) };
    return (
      this.registry as unknown as { getMetricsAsString(metric: unknown): Promise<string> }
    ).getMetricsAsString(part);
  }

  #filled(registry: Registry): Registry {
    for (const metric of METRICS) this.#register(metric, registry);
    return registry;
  }

  #register(metric: AnyMetric, registry: Registry): void {
    const series = new Series(metric, this.#prefix, this.#sources);
    if (registry.getSingleMetric(series.name) !== undefined) {
      throw new OptionsError({
        path: 'metrics.registry',
        expected:
          'a registry without metrics of these names: give each runtime a prefix or a registry of its own',
        received: `one that has "${series.name}"`,
      });
    }
    registry.registerMetric(series as never);
  }
}
