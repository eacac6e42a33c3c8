// The faults that scripts/seed-faults.mjs plants, and the tests that should notice.
//
// `from` stands exactly once in `file`. `unseen`: why no test can see the fault.
import { BREAKER_FAULTS } from './seeded-faults-breaker.mjs';
import { LIMITER_FAULTS } from './seeded-faults-limiter.mjs';

export const AREAS = {
  breaker: [
    'test/scenarios/circuit-breaker.test.ts',
    'test/policy/breaker.test.ts',
    'test/policy/snapshot-breaker.test.ts',
  ],
  limiter: [
    'test/policy/rate-limiter.test.ts',
    'test/policy/rate-limiter-keys.test.ts',
    'test/policy/call.test.ts',
    'test/policy/bad-days-time.test.ts',
    'test/policy/snapshot.test.ts',
  ],
};

export const FAULTS = [...BREAKER_FAULTS, ...LIMITER_FAULTS];
