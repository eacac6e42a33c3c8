// Holdfast: what the package offers on the main thread, and for one protected call.

export type { Clock } from './base/clock.ts';
export type { DiagnosticMessages } from './base/diagnostics.ts';
export {
  BulkheadFullError,
  BulkheadTimeoutError,
  ChaosError,
  CircuitOpenError,
  DrainingError,
  HoldfastError,
  LifecycleError,
  OptionsError,
  PoisonedTaskError,
  QueueFullError,
  RateLimitedError,
  RejectedError,
  ShedError,
  TaskModuleError,
  ThrottledError,
  TimeoutError,
  UnknownPolicyError,
  UnknownTaskError,
  WorkerLostError,
} from './base/errors.ts';
export type { Listener, ListenOptions, Subscription } from './base/events.ts';
export type { Random } from './base/random.ts';
export type { ChaosEnd, ChaosExperiment, ChaosRequest } from './control/chaos-switch.ts';
export type { ComponentOptions, StepContext } from './control/component.ts';
export type { Choices, Degradation, LevelChange } from './control/degradation.ts';
export type { DriveOptions } from './control/drive.ts';
export type { CheckContext, HealthCheck } from './control/health/check.ts';
export { type CompositeOptions, composite } from './control/health/composite.ts';
export type { Health, HealthChange, HealthStatus } from './control/health/health.ts';
export type { HealthOptions } from './control/health/health-options.ts';
export { type HttpOptions, http } from './control/health/http.ts';
export { ping } from './control/health/ping.ts';
export { type TcpOptions, tcp } from './control/health/tcp.ts';
export { type ThresholdOptions, threshold } from './control/health/threshold.ts';
export type { CheckRole, CheckState, CheckStatus } from './control/health/watched-check.ts';
export type { Holdfast, StopOptions } from './control/holdfast.ts';
export type { Level } from './control/level.ts';
export type { LifecycleChange, LifecycleState } from './control/lifecycle-state.ts';
export type { MetricsOptions } from './control/metrics/metrics.ts';
export type { SignalOptions } from './control/process-signals.ts';
export type { HoldfastOptions, MemoryOptions } from './control/runtime-options.ts';
export type { ThreadReport } from './control/thread-controls.ts';
export type { PolicyView } from './control/views.ts';
export type { AdminOptions, AdminServer } from './control/wings.ts';
export { createHoldfast } from './create-holdfast.ts';
export type { RuntimeHandle } from './policy/attached.ts';
export { constant, decorrelated, exponential, fibonacci, fromList, linear } from './policy/backoff.ts';
export type { BreakerCounts, CircuitBreakerPart, Isolation } from './policy/breaker-part.ts';
export type { CallEvents, PolicyEvents, SharedEvents } from './policy/events.ts';
export { type PolicySettings, policy } from './policy/make-policy.ts';
export type * from './policy/options/policy-options.ts';
export type {
  BulkheadPart,
  BurnAlert,
  ErrorBudgetPart,
  LatencyBudgetPart,
  RateLimiterPart,
} from './policy/parts.ts';
export { type PoliciesModule, policiesOf } from './policy/policies-of.ts';
export type { Policy } from './policy/policy.ts';
export {
  type LimiterAcquireOptions,
  type LimiterUpdate,
  type RateLimiter,
  rateLimiter,
  type StandaloneLimiterOptions,
} from './policy/rate-limiter.ts';
export type { PolicySnapshot } from './policy/snapshot.ts';
export type {
  Backoff,
  BreakerState,
  CallContext,
  ExecuteOptions,
  Operation,
  Outcome,
  Permit,
  PolicyOutcome,
  Refusal,
  RefusedBy,
  Settlement,
} from './policy/types.ts';
export { type AnyPolicy, wrap } from './policy/wrap.ts';
export type { ManagerHealth, ManagerLevel, ThreadStats } from './work/control-sides.ts';
export type { OffloadOptions } from './work/offload.ts';
export type { PoolStats } from './work/pool-stats.ts';
export type { TaskCounts } from './work/task-kind.ts';
export type { TaskManager } from './work/task-manager.ts';
export { type TaskContext, type TasksModule, tasksOf } from './work/tasks.ts';
export type { CompartmentOptions, ResourceLimits, WorkersOptions } from './work/worker-options.ts';
