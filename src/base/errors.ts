// Everything that Holdfast throws.

export type { TimeoutScope } from './faults.ts';
export {
  ChaosError,
  TaskModuleError,
  TimeoutError,
  UnknownPolicyError,
  UnknownTaskError,
  WorkerLostError,
} from './faults.ts';
export { type ErrorCode, HoldfastError } from './holdfast-error.ts';
export { LifecycleError, type LifecycleErrorCode } from './lifecycle-error.ts';
export { OptionsError } from './options-error.ts';
export {
  BulkheadFullError,
  BulkheadTimeoutError,
  CircuitOpenError,
  DrainingError,
  type OpenCircuitState,
  PoisonedTaskError,
  QueueFullError,
  RateLimitedError,
  type RefusingStrategy,
  RejectedError,
  ShedError,
  ThrottledError,
} from './rejections.ts';
