// What the runtime starts and stops besides itself.

import { OptionsError } from '../base/errors.ts';
import { readOptions } from '../base/options.ts';
import { show } from '../base/show.ts';

/** What a step of a component is told. */
export interface StepContext {
  /** Aborted when the step has taken too long, or is no longer wanted. */
  readonly signal: AbortSignal;
}

type Step = (context: StepContext) => unknown;

export interface ComponentOptions {
  name: string;
  /** Phases start upwards and stop downwards; 0 by default. */
  phase?: number;
  /** Components of the same or an earlier phase that must have started before. */
  dependsOn?: readonly string[];
  start?: Step;
  stop?: Step;
  /** Says by throwing, or by `false`, that the component is down. Becomes a health check of its name. */
  check?: Step;
  /** Called, with growing pauses, while the check says that the component is down. */
  recover?: Step;
  /** How long each step may take, in ms; 30 000 by default. */
  timeoutMs?: number;
}

export interface Component {
  name: string;
  phase: number;
  dependsOn: readonly string[];
  start: Step | undefined;
  stop: Step | undefined;
  check: Step | undefined;
  recover: Step | undefined;
  timeoutMs: number;
}

const KNOWN = ['name', 'phase', 'dependsOn', 'start', 'stop', 'check', 'recover', 'timeoutMs'];
const ABSENT = { optional: true } as const;

/** Reads a component's options. Throws an `OptionsError`. */
export function readComponent(options: ComponentOptions): Component {
  const name = readOptions('component', options, KNOWN).text('name');
  const o = readOptions(`components.${name}`, options, KNOWN);
  const component: Component = {
    name,
    phase: o.number('phase', { whole: true, atLeast: -1_000_000, atMost: 1_000_000, default: 0 }),
    dependsOn: o.array(
      'dependsOn',
      (item, path) => {
        if (typeof item === 'string' && item !== '' && item !== name) return item;
        throw new OptionsError({
          path,
          expected: 'the name of another component',
          received: show(item),
        });
      },
      { default: [] },
    ),
    start: o.fn<Step, typeof ABSENT>('start', ABSENT),
    stop: o.fn<Step, typeof ABSENT>('stop', ABSENT),
    check: o.fn<Step, typeof ABSENT>('check', ABSENT),
    recover: o.fn<Step, typeof ABSENT>('recover', ABSENT),
    timeoutMs: o.durationMs('timeoutMs', { above: 0, default: 30_000 }),
  };
  if (component.recover !== undefined && component.check === undefined) {
    o.refuse('check', 'a check, without which nobody knows when to recover');
  }
  return component;
}
