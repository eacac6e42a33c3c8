// Whoever asks for a check gets its answer, though nothing else keeps the process alive.
import { createHoldfast } from '../../../src/index.ts';

const holdfast = createHoldfast({
  memory: { policies: 1, threads: 1, keys: 0 },
  health: { builtIn: false, timeoutMs: 50 },
});
holdfast.health.add({ name: 'hangs', run: () => new Promise(() => {}) });
const { checks } = await holdfast.health.checkNow('hangs');
console.log(`${checks[0].state}: ${(checks[0].lastError as Error).message}`);
