// A runtime that is started and has nothing to do: the process ends by itself.
import { createHoldfast, ping } from '../../src/index.ts';

const holdfast = createHoldfast({
  memory: { policies: 4, threads: 1, keys: 0 },
  policies: { send: { chaos: { error: { rate: 1 } } } },
});
holdfast.health.add(ping('slow', () => new Promise(() => {})));
holdfast.component({ name: 'ill', check: () => false, recover: () => {} });
await holdfast.start();
holdfast.chaos.enable();
holdfast.degradation.drive('ill', { check: 'ill' });
console.log('started');
