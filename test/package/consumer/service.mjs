// A service to be bundled: one policy, nothing else.

import { policy } from 'holdfast';

const guarded = policy({ circuitBreaker: { consecutiveFailures: 5 }, retry: { maxRetries: 1 } });
console.log(await guarded.execute(({ attempt }) => `attempt ${attempt}`));
