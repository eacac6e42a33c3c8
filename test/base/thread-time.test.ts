import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runScript } from './run-script.ts';

async function given(...machine: (string | number)[]): Promise<Record<string, number>> {
  const { lines, errors } = await runScript(
    new URL('./thread-time-machine.ts', import.meta.url),
    ...machine.map(String),
  );
  assert.equal(lines.length, 1, errors);
  return JSON.parse(lines[0]);
}

const within = (value: number, least: number, most: number) =>
  assert.ok(value >= least && value <= most, `${value} is not from ${least} to ${most}`);

// Node plays every machine; the others do not let their clocks be replaced.
const isNode = !process.versions.bun && !process.versions.deno;

describe('the time of a thread', () => {
  it('is that of hrtime where that is common, to the microsecond, though the machine is busy', async () => {
    if (!isNode) return;
    const { nowMs, originMs, originTookMs, adoptedMs, thenMs } = await given('common', 1, 1.02);
    within(nowMs, -0.0011, 0.0011);
    assert.equal(originMs, 'NaN' as never, 'there is nothing to agree on');
    assert.deepEqual([originTookMs, adoptedMs], [0, 0]);
    within(thenMs, -0.0011, 0.0011);
  });

  it('is caught at a turn of the wall clock where nothing else is common, at once on a quiet machine', async () => {
    if (!isNode) return;
    const { nowMs, originMs, originTookMs, unmovedMs, adoptedMs, thenMs } = await given('nothing', 0, 1e9);
    within(nowMs, -1e-4, 1e-4);
    within(originMs, -0.003, 0.003);
    within(originTookMs, 0.01, 1.01);
    assert.equal(unmovedMs, 0);
    within(adoptedMs, 0.9, 1.01);
    within(thenMs, -0.003, 0.003);
  });

  it('is caught at the best turn on a busy machine', async () => {
    if (!isNode) return;
    const { originMs, originTookMs, thenMs } = await given('nothing', 3, 4.2);
    within(originMs, -0.003, 0.003);
    within(originTookMs, 3, 4.2);
    within(thenMs, -0.003, 0.003);
  });

  it('is that of the best of ten turns, though none was close and others came after it', async () => {
    if (!isNode) return;
    const { originMs, originTookMs, thenMs } = await given('nothing', 3, 4.2, 0.02);
    within(originMs, -0.041, 0.041);
    within(originTookMs, 9, 11.5);
    within(thenMs, -0.041, 0.041);
  });

  it('is as good as ten turns let it be on a machine that is busy all the time', async () => {
    if (!isNode) return;
    const { originMs, originTookMs, thenMs } = await given('nothing', 0, 0);
    within(originMs, -0.5, 0.5);
    within(originTookMs, 9, 11.5);
    within(thenMs, -0.5, 0.5);
  });
});
