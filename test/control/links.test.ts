// The manager's side of the control channels, with threads that are played in this one: each answers as it is told.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { ThreadControls, type ThreadReport } from '../../src/control/thread-controls.ts';
import { ControlChannel } from '../../src/work/control-channel.ts';
import type { ManagerSide } from '../../src/work/control-sides.ts';
import type { Lane } from '../../src/work/lane.ts';
import { turns } from '../support/turns.ts';

const MANAGER: ManagerSide = {
  health: () => ({ ready: true, live: true, checks: [] }),
  snapshot: () => assert.fail('nobody asks'),
  degradation: () => 'degraded',
};
const STATS = { upMs: 1, heapUsedBytes: 2, policies: ['send'], calls: 3 };

/** Threads that join one by one, and what each was told, in order. */
function links(answers: object = {}) {
  const controls = new ThreadControls(MANAGER);
  const told: string[] = [];
  const ends: (() => void)[] = [];
  let rows = 0;
  const join = (own: object = {}) => {
    const { port1, port2 } = new MessageChannel();
    const row = ++rows;
    const far = new ControlChannel<ManagerSide>(
      port2,
      {
        ping: () => {},
        stats: () => STATS,
        drain: (drainMs: number) => void told.push(`${row} drain ${drainMs}`),
        chaos: (on: boolean) => void told.push(`${row} ${on ? 'struck' : 'spared'}`),
        ...answers,
        ...own,
      } as never,
      'manager',
    );
    const lane = { control: Promise.resolve(port1), plane: { row }, pulse: 7, running: undefined };
    controls.joined(lane as unknown as Lane);
    const leave = () => controls.left(lane as unknown as Lane);
    ends.push(leave, () => far.close(new Error('over')));
    return { lane: lane as { pulse: number; running: unknown; control: Promise<MessagePort> }, far, leave };
  };
  const end = () => {
    for (const each of ends) each();
  };
  /** Waits until something was told, and nothing more came with it. */
  const tells = async (...expected: string[]) => {
    await turns(() => told.length >= expected.length);
    await controls.reports(1_000);
    await controls.reports(1_000);
    assert.deepEqual(told.splice(0).sort(), expected.sort());
  };
  return { controls, told, join, tells, end };
}

describe('a report', () => {
  it('has the thread, its task, and what it says of itself', async () => {
    const { controls, join, end } = links();
    const { lane } = join();
    join();
    lane.running = { kind: { name: 'resize' } };
    const reports = await controls.reports(10_000);
    assert.deepEqual(
      reports.map(({ thread, task, stats }) => [thread, task, stats]),
      [
        [1, 'resize', STATS],
        [2, undefined, STATS],
      ],
    );
    for (const { answerMs = -1, silentMs } of reports) {
      assert.ok(answerMs >= 0 && answerMs < 10_000, `${answerMs}`);
      assert.ok(silentMs >= 0 && silentMs < 10_000, `${silentMs}`);
    }
    end();
    assert.deepEqual(await controls.reports(10_000), []);
  });

  it('of a thread that does not answer comes without what it would have said, in its time', async () => {
    const { controls, join, end } = links();
    join({ ping: () => new Promise(() => {}), stats: () => new Promise(() => {}) });
    const [{ thread, answerMs, stats }] = await controls.reports(20);
    assert.deepEqual([thread, answerMs, stats], [1, undefined, undefined]);
    end();
  });

  it('of a thread that leaves meanwhile is not waited for', async () => {
    const { controls, join, end } = links();
    const { leave } = join({ ping: () => new Promise(() => {}), stats: () => new Promise(() => {}) });
    const reports = controls.reports(600_000);
    await turns(() => true);
    await new Promise((resolve) => setImmediate(resolve));
    leave();
    const [{ answerMs, stats }] = await reports;
    assert.deepEqual([answerMs, stats], [undefined, undefined]);
    end();
  });

  it('of a thread whose channel never came is made without it', async () => {
    const controls = new ThreadControls(MANAGER);
    const lane = {
      control: Promise.reject(new Error('no port')),
      plane: { row: 9 },
      pulse: 0,
      running: undefined,
    } as unknown as Lane;
    controls.joined(lane);
    const [report] = await controls.reports(10_000);
    assert.deepEqual([report.thread, report.answerMs, report.stats], [9, undefined, undefined]);
    controls.left(lane);
    controls.left(lane);
    assert.deepEqual(await controls.reports(10_000), []);
  });

  it('says for how long a thread has not been seen to turn', async () => {
    const { controls, join, end } = links();
    const { lane } = join();
    const silentMs = async () => (await controls.reports(10_000))[0].silentMs;
    let before = await silentMs();
    await turns(() => true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok((await silentMs()) > before + 15);
    lane.pulse++;
    before = await silentMs();
    assert.equal(before, 0);
    end();
  });

  it('knows of a turn that came while nobody asked', async () => {
    const { controls, join, end } = links();
    const first = join();
    const { lane } = join();
    for (const each of [first.lane, lane]) each.pulse++;
    // The manager looks around four times a second.
    await new Promise((resolve) => setTimeout(resolve, 700));
    const reports: ThreadReport[] = await controls.reports(10_000);
    for (const { silentMs } of reports) assert.ok(silentMs > 0, `${silentMs}`);
    const movedMs = performance.now();
    for (const each of [first.lane, lane]) each.pulse++;
    await new Promise((resolve) => setTimeout(resolve, 700));
    for (const { silentMs } of await controls.reports(10_000)) {
      assert.ok(silentMs > 0 && silentMs < performance.now() - movedMs, `${silentMs}`);
    }
    end();
  });
});

describe('a drain', () => {
  it('lets each thread end what tasks have left behind, and waits for all of them', async () => {
    const { controls, told, join, end } = links();
    join();
    let over = () => {};
    const held = new Promise<void>((resolve) => {
      over = resolve;
    });
    join({ drain: (drainMs: number) => held.then(() => told.push(`2 has drained in ${drainMs}`)) });
    const drained = controls.drain(60_000).then(() => told.push('all'));
    await turns(() => told.length > 0);
    assert.deepEqual(told, ['1 drain 60000']);
    over();
    await drained;
    assert.deepEqual(told, ['1 drain 60000', '2 has drained in 60000', 'all']);
    end();
  });

  it('gives an answer a quarter of a second beyond the time, and no more', async () => {
    const { controls, told, join, end } = links();
    join({
      drain: () => new Promise<void>((resolve) => setTimeout(() => resolve(void told.push('late')), 50)),
    });
    await controls.drain(0);
    assert.deepEqual(told, ['late']);
    join({ drain: () => new Promise(() => {}) });
    await controls.drain(0);
    end();
  });
});

describe('chaos', () => {
  it('strikes all threads but one, until it is over', async () => {
    const { controls, join, tells, end } = links();
    for (let threads = 0; threads < 3; threads++) join();
    controls.chaos(false);
    await tells();
    controls.chaos(true);
    await tells('2 struck', '3 struck');
    controls.chaos(true);
    await tells();
    controls.chaos(false);
    await tells('2 spared', '3 spared');
    controls.chaos(true);
    await tells('2 struck', '3 struck');
    end();
  });

  it('strikes those that come, and spares another when the spared one goes', async () => {
    const { controls, join, tells, end } = links();
    const spared = join();
    controls.chaos(true);
    await tells();
    join();
    await tells('2 struck');
    join();
    await tells('3 struck');
    spared.leave();
    await tells('2 spared');
    end();
  });

  it('strikes nobody that comes when it is over, and is told once more to who did not answer', async () => {
    const { controls, told, join, tells, end } = links();
    join();
    let deaf = true;
    join({
      chaos: (on: boolean) => {
        told.push(`2 ${on ? 'struck' : 'spared'}`);
        if (deaf) throw new Error('not now');
      },
    });
    controls.chaos(true);
    await tells('2 struck');
    deaf = false;
    // It may have been struck for all anybody knows: it is told that it is over.
    controls.chaos(false);
    await tells('2 spared');
    join();
    await tells();
    end();
  });

  it('spares the one before it strikes another', async () => {
    const { controls, told, join, end } = links();
    let over = () => {};
    const held = new Promise<void>((resolve) => {
      over = resolve;
    });
    const first = join();
    join({ chaos: (on: boolean) => (on ? undefined : held.then(() => told.push('2 is spared'))) });
    controls.chaos(true);
    await controls.reports(1_000);
    await controls.reports(1_000);
    first.leave();
    await turns(() => true);
    join();
    await controls.reports(1_000);
    assert.equal(told.length, 0, 'the next one waits');
    over();
    await turns(() => told.includes('3 struck'));
    assert.deepEqual(told, ['2 is spared', '3 struck']);
    end();
  });
});

describe('a thread', () => {
  it('asks the manager by the same channel', async () => {
    const { join, end } = links();
    const { far } = join();
    assert.deepEqual(await far.ask('health', [], 10_000), { ready: true, live: true, checks: [] });
    assert.equal(await far.ask('degradation', ['mail'], 10_000), 'degraded');
    end();
  });
});
