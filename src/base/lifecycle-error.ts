// What goes wrong when the runtime is started or stopped.

import { HoldfastError, nameError } from './holdfast-error.ts';

/** Which of the runtime's steps was refused or failed. */
export type LifecycleErrorCode =
  | 'HF_ALREADY_STARTED'
  | 'HF_NOT_STARTED'
  | 'HF_START_FAILED'
  | 'HF_STOP_FAILED';

/** What a lifecycle error is told. */
export interface LifecycleErrorFacts {
  code: LifecycleErrorCode;
  /** The phase and the component that failed, if it was one. */
  phase?: number;
  component?: string;
  /** What it failed with. */
  cause?: unknown;
  /** Everything that failed, where a failure did not end the matter: stopping goes on. */
  errors?: readonly unknown[];
}

/** The runtime was not in the state that was needed, or one of its components failed to start or stop. */
export class LifecycleError extends HoldfastError {
  declare readonly phase: number | undefined;
  declare readonly component: string | undefined;
  /** Everything that failed; empty when only `cause` did. */
  declare readonly errors: readonly unknown[];

  constructor(facts: LifecycleErrorFacts) {
    const { code, phase, component, cause, errors = [] } = facts;
    super(`lifecycle: ${say(facts)}`, { code, cause });
    this.phase = phase;
    this.component = component;
    this.errors = errors;
  }
}

nameError(LifecycleError, 'LifecycleError');

function say({ code, phase, component, errors }: LifecycleErrorFacts): string {
  if (code === 'HF_ALREADY_STARTED')
    return 'runtime is started already; it cannot be started again before a stop';
  if (code === 'HF_NOT_STARTED') return 'runtime is not started; call start() first';
  const who = component === undefined ? 'a component' : `component "${component}"`;
  const where = phase === undefined ? '' : ` of phase ${phase}`;
  if (code === 'HF_START_FAILED') return `${who}${where} did not start; what had started was stopped`;
  return errors !== undefined && errors.length > 1
    ? `${errors.length} components did not stop; the others did`
    : `${who}${where} did not stop; the others did`;
}
