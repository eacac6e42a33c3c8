// What changes each metric of calls and breakers.

import { constant } from '../../../src/policy/backoff.ts';
import { boom, change, never, taking } from './change.ts';

const breaker = { circuitBreaker: { consecutiveFailures: 5 } };
const retry = { retry: { maxRetries: 2, backoff: constant({ baseMs: 100, jitter: 'none' as const }) } };

export const callChanges = {
  calls_total: change({}, 'calls_total{outcome="failure",policy="send"}', [0, 1], (send) =>
    send.execute(boom).catch(() => {}),
  ),
  call_duration_seconds: change(
    {},
    'call_duration_seconds_bucket{le="0.512",policy="send"}',
    [0, 1],
    (_, scene) => taking(scene, 300),
  ),
  retry_attempts_total: change(
    retry,
    'retry_attempts_total{attempt="2",policy="send"}',
    [0, 1],
    async (send, { clock }) => {
      const call = send.execute(boom).catch(() => {});
      await clock.advance(200);
      await call;
    },
  ),
  retry_success_total: change(
    retry,
    'retry_success_total{policy="send"}',
    [0, 1],
    async (send, { clock }) => {
      const call = send.execute(({ attempt }) => (attempt === 1 ? boom() : 'done'));
      await clock.advance(100);
      await call;
    },
  ),
  retry_failures_total: change(
    retry,
    'retry_failures_total{reason="exhausted",policy="send"}',
    [0, 1],
    async (send, { clock }) => {
      const call = send.execute(boom).catch(() => {});
      await clock.advance(200);
      await call;
    },
  ),
  retry_backoff_delay_seconds: change(
    retry,
    'retry_backoff_delay_seconds_sum{policy="send"}',
    [0, 0.2],
    async (send, { clock }) => {
      const call = send.execute(boom).catch(() => {});
      await clock.advance(200);
      await call;
    },
  ),
  timeouts_total: change(
    { timeout: { attemptMs: 50 } },
    'timeouts_total{scope="attempt",policy="send"}',
    [0, 1],
    async (send, { clock }) => {
      const call = send.execute(never).catch(() => {});
      await clock.advance(50);
      await call;
    },
  ),
  abandoned_operations: change(
    { timeout: { attemptMs: 50 } },
    'abandoned_operations{policy="send"}',
    [0, 1],
    async (send, { clock }) => {
      const call = send.execute(never).catch(() => {});
      await clock.advance(50);
      await call;
    },
  ),
  hedges_total: change(
    { hedge: { delayMs: 10 } },
    'hedges_total{policy="send"}',
    [0, 1],
    async (send, { clock }) => {
      const call = send.execute(({ attempt }) => (attempt === 1 ? never() : 'done'));
      await clock.advance(10);
      await call;
    },
  ),
  chaos_injections_total: change(
    { chaos: { error: { rate: 1 } } },
    'chaos_injections_total{kind="error",policy="send"}',
    [0, 1],
    async (send, { holdfast }) => {
      holdfast.chaos.enable();
      await send.execute(() => 'fine').catch(() => {});
    },
  ),
  circuit_breaker_state: change(breaker, 'circuit_breaker_state{name="send"}', [0, 3], (send) =>
    send.circuitBreaker?.isolate(),
  ),
  circuit_breaker_requests_total: change(
    breaker,
    'circuit_breaker_requests_total{result="rejected",name="send"}',
    [0, 1],
    (send) => {
      send.circuitBreaker?.open();
      send.tryAcquire();
    },
  ),
  circuit_breaker_failures_total: change(
    breaker,
    'circuit_breaker_failures_total{name="send"}',
    [0, 1],
    (send) => send.execute(boom).catch(() => {}),
  ),
  circuit_breaker_state_changes_total: change(
    breaker,
    'circuit_breaker_state_changes_total{from_state="closed",to_state="open",name="send"}',
    [0, 2],
    async (send) => {
      for (let call = 0; call < 5; call++) await send.execute(boom).catch(() => {});
      send.circuitBreaker?.close();
      send.circuitBreaker?.open();
    },
  ),
  circuit_breaker_request_duration_seconds: change(
    { ...breaker, ...retry },
    'circuit_breaker_request_duration_seconds_sum{name="send"}',
    [0, 0.5],
    // Two attempts of 250 ms with a pause of 100 ms between them, which is no request's.
    async (send, { clock }) => {
      const call = send.execute(async ({ attempt }) => {
        await new Promise<void>((resolve) => clock.setTimer(clock.now() + 250, resolve));
        return attempt === 1 ? boom() : 'done';
      });
      await clock.advance(600);
      await call;
    },
  ),
};
