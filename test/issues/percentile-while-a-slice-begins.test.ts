// A thread that begins a slice of a window writes over the oldest one. Whoever read a percentile at that moment was
// told that there is none, and an adaptive timeout or a hedge that was told so had no end: the attempt's timer, and
// that of the whole call, were never set.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LATENCY_VIEWS_AT, VIEW_BYTES, VIEW_EPOCH } from '../../assembly/layout.ts';
import type { HoldfastError } from '../../src/index.ts';
import { Policy } from '../../src/policy/policy.ts';
import { given, onBothEngines, pending } from '../support/given.ts';

type Scene = ReturnType<typeof given>;

/** Another thread begins a slice of the view during each of the next reads. */
function turned(scene: Scene, view: number, reads: number): { left: number } {
  const core = Policy.coreOf(scene.guarded) as unknown as { at: number; slot: never; kernels: object };
  const { plane } = core.slot as { plane: { i32: Int32Array } };
  const epoch = (core.at + LATENCY_VIEWS_AT + view * VIEW_BYTES + VIEW_EPOCH) >> 2;
  const { kernels } = core;
  const turns = { left: reads };
  core.kernels = Object.assign(Object.create(kernels), {
    viewPercentile: (...asked: unknown[]) => {
      if (turns.left === 0)
        return (kernels as never as Record<string, (...all: unknown[]) => number>).viewPercentile(...asked);
      turns.left--;
      Atomics.add(plane.i32, epoch, 8);
      return Number.NaN;
    },
  });
  return turns;
}

async function taking(scene: Scene, ms: number): Promise<void> {
  const call = pending();
  const answer = scene.guarded.execute(call.operation);
  await scene.clock.advance(ms);
  call.resolve('');
  await answer;
}

/** The error of a call that never ends by itself, when so much time has gone by. */
async function errorAfter(scene: Scene, ms: number): Promise<HoldfastError | undefined> {
  let found: HoldfastError | undefined;
  const never = () => new Promise<string>(() => {});
  scene.guarded.execute(never).catch((error) => {
    found = error;
  });
  await scene.clock.advance(ms);
  return found;
}

onBothEngines('a percentile that is read while another thread begins a slice', (engine) => {
  const adaptive = { percentile: 0.95, multiplier: 2, minMs: 50, maxMs: 5_000, windowMs: 60_000 };

  it('is asked for again, and the adaptive timeout is what it would have been', async () => {
    const scene = given(engine, { timeout: { attemptMs: 10_000, adaptive } });
    for (let i = 0; i < 30; i++) await taking(scene, 100);
    await scene.clock.advance(200);
    const turns = turned(scene, 1, 1);
    assert.equal(await errorAfter(scene, 190), undefined);
    assert.equal(turns.left, 0);
    assert.equal((await errorAfter(scene, 230))?.code, 'HF_TIMEOUT');
  });

  it('leaves an adaptive timeout as it was when no time is quiet, or at its longest', async () => {
    const scene = given(engine, { timeout: { attemptMs: 10_000, adaptive } });
    for (let i = 0; i < 30; i++) await taking(scene, 100);
    await scene.clock.advance(200);
    const turns = turned(scene, 1, 1_000);
    assert.equal((await errorAfter(scene, 5_001))?.code, 'HF_TIMEOUT');
    assert.ok(turns.left < 1_000);
  });

  it('means no hedge of that call, and its timeouts stand', async () => {
    const scene = given(engine, {
      timeout: { attemptMs: 1_000, totalMs: 2_000 },
      hedge: { delayMs: { percentile: 0.9, windowMs: 60_000 }, maxHedges: 1 },
    });
    for (let i = 0; i < 30; i++) await taking(scene, 100);
    await scene.clock.advance(200);
    turned(scene, 2, 1_000);
    assert.equal((await errorAfter(scene, 1_001))?.code, 'HF_TIMEOUT');
  });

  it('tells of no exhaustion that nobody has seen', async () => {
    const scene = given(engine, { latencyBudget: { percentile: 0.9, targetMs: 150, windowMs: 60_000 } });
    for (let i = 0; i < 30; i++) await taking(scene, 100);
    turned(scene, 0, 1_000);
    assert.equal(scene.guarded.latencyBudget?.exhausted, false);
    assert.ok(Number.isNaN(scene.guarded.latencyBudget?.p95Ms));
  });
});
