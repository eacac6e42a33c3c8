// A thread that was told that chaos is over, and has refused to hear it, is not told by and by.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { ThreadControls } from '../../src/control/thread-controls.ts';
import { ControlChannel } from '../../src/work/control-channel.ts';
import type { ManagerSide } from '../../src/work/control-sides.ts';
import type { Lane } from '../../src/work/lane.ts';
import { turns } from '../support/turns.ts';

const MANAGER: ManagerSide = {
  health: () => ({ ready: true, live: true, checks: [] }),
  snapshot: () => assert.fail('nobody asks'),
  degradation: () => 'degraded',
};

/** Threads that join one by one, and what each was told of chaos; they hear it unless they are deaf to its end. */
function links() {
  const controls = new ThreadControls(MANAGER);
  const told: string[] = [];
  const ends: (() => void)[] = [];
  const join = (deaf = false) => {
    const { port1, port2 } = new MessageChannel();
    const row = ends.length + 1;
    const chaos = (on: boolean) => {
      told.push(`${row} ${on ? 'struck' : 'spared'}`);
      if (deaf && !on) throw new Error('not heard');
    };
    const side = { ping: () => {}, stats: () => ({}), drain: () => {}, chaos };
    const far = new ControlChannel<ManagerSide>(port2, side as never, 'manager');
    const lane = { control: Promise.resolve(port1), plane: { row }, pulse: 7, running: undefined };
    const leave = () => controls.left(lane as unknown as Lane);
    controls.joined(lane as unknown as Lane);
    ends.push(() => {
      leave();
      far.close(new Error('over'));
    });
    return leave;
  };
  /** What was told since the last look, after everything that was sent has come. */
  const heard = async (atLeast = 0) => {
    await turns(() => told.length >= atLeast);
    for (let round = 0; round < 3; round++) await controls.reports(1_000);
    return told.splice(0);
  };
  const end = () => {
    for (const each of ends) each();
  };
  return { controls, join, heard, end };
}

/** Two threads, of which the second still takes itself for struck. */
async function withOneDeaf() {
  const scene = links();
  scene.join();
  scene.join(true);
  scene.controls.chaos(true);
  assert.deepEqual(await scene.heard(1), ['2 struck']);
  scene.controls.chaos(false);
  assert.deepEqual(await scene.heard(1), ['2 spared']);
  return scene;
}

describe('a thread that did not hear that chaos is over', () => {
  it('is not told again because the same is said again', async () => {
    const { controls, heard, end } = await withOneDeaf();
    controls.chaos(false);
    assert.deepEqual(await heard(), []);
    end();
  });

  it('is not told again because another thread comes, or goes', async () => {
    const { join, heard, end } = await withOneDeaf();
    const leave = join();
    assert.deepEqual(await heard(), []);
    leave();
    assert.deepEqual(await heard(), []);
    end();
  });
});
