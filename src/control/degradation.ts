// How far the service has been reduced: each component has a level, the highest
// is everybody's, in every thread.

import { HEADER_LEVEL } from '../../assembly/layout.ts';
import { DISPOSE } from '../base/dispose.ts';
import { ShedError } from '../base/errors.ts';
import { Emitter, type Listener, type ListenOptions, type Subscription } from '../base/events.ts';
import { refuseValue } from '../base/options.ts';
import type { StatePlane } from '../state/plane.ts';
import { type DriveOptions, type DriveSources, drive } from './drive.ts';
import { LEVELS, type Level } from './level.ts';

export interface LevelChange {
  component: string;
  from: Level;
  to: Level;
  /** The overall level afterwards. */
  overall: Level;
}

/** Work for each level; the one given nearest below the level in force is done. */
export interface Choices<T> {
  normal: () => T;
  degraded?: () => T;
  severelyDegraded?: () => T;
  emergency?: () => T;
}

/** Levels of components. Set on the main thread; the overall level is read by all. */
export class Degradation {
  readonly #plane: StatePlane;
  readonly #levels = new Map<string, Level>();
  readonly #events = new Emitter<{ change: LevelChange }>('degradation', ['change']);
  readonly #sources: DriveSources;
  readonly #driven = new Set<string>();

  constructor(plane: StatePlane, sources: DriveSources) {
    this.#plane = plane;
    this.#sources = sources;
  }

  /** Sets a component's level. Throws an `OptionsError` for what is no level. */
  set(component: string, level: Level): void {
    if (typeof component !== 'string') refuseValue('degradation.set(component)', 'a text', component);
    if (!LEVELS.includes(level)) refuseValue('degradation.set', `one of ${LEVELS.join(', ')}`, level);
    const from = this.#levels.get(component) ?? 'normal';
    this.#levels.set(component, level);
    const overall = this.#highest();
    Atomics.store(this.#plane.i32, HEADER_LEVEL >> 2, LEVELS.indexOf(overall));
    if (from !== level) this.#events.emit('change', { component, from, to: level, overall });
  }

  /** A component's level, or the highest of all. */
  level(component?: string): Level {
    return component === undefined ? this.#highest() : (this.#levels.get(component) ?? 'normal');
  }

  /**
   * Lets error budgets and health checks set a component's level: `degraded`, or the level asked for, while one
   * of the budgets is exhausted or one of the checks is down, `normal` otherwise. Disposing of what it gives
   * ends that and leaves the level as it is. Throws an `OptionsError`.
   */
  drive(component: string, options: DriveOptions): Subscription {
    if (this.#driven.has(component)) {
      refuseValue('degradation.drive(component)', 'a component that nothing drives yet', component);
    }
    const driving = drive(component, options, this.#sources, (level) => this.set(component, level));
    this.#driven.add(component);
    const dispose = () => {
      driving.dispose();
      this.#driven.delete(component);
    };
    return { dispose, [DISPOSE]: dispose };
  }

  /** Components that were ever set, with their levels. */
  components(): ReadonlyMap<string, Level> {
    return this.#levels;
  }

  on(event: 'change', listener: Listener<LevelChange>, options?: ListenOptions): Subscription {
    return this.#events.on(event, listener, options);
  }

  /**
   * Does the work given for the level in force, or for the nearest one below it.
   * In an emergency only the work given for it is done: without it a `ShedError`
   * (`HF_EMERGENCY`) is thrown.
   */
  select<T>(choices: Choices<T>): T {
    const level = this.#highest();
    if (level === 'emergency' && choices.emergency === undefined) throw new ShedError({ level });
    for (let index = LEVELS.indexOf(level); index > 0; index--) {
      const choice = choices[LEVELS[index]];
      if (choice !== undefined) return choice();
    }
    return choices.normal();
  }

  #highest(): Level {
    let highest = 0;
    for (const level of this.#levels.values()) highest = Math.max(highest, LEVELS.indexOf(level));
    return LEVELS[highest];
  }
}
