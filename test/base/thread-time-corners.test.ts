import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runScript } from './run-script.ts';

it('a thread without a common clock measures where its time began, and adopts another one’s', async () => {
  const { lines, errors } = await runScript(new URL('./thread-time-script.ts', import.meta.url));
  assert.equal(lines.length, 1, errors);
  const { measured, moved, kept } = JSON.parse(lines[0]) as {
    measured: number[];
    moved: number;
    kept: number;
  };
  for (const difference of measured) assert.ok(difference < 5, `${difference}`);
  assert.ok(Math.abs(moved - 3_600_000) < 500, `${moved}`);
  assert.ok(kept >= 0 && kept < 500, `${kept}`);
});
