import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { UnknownPolicyError, WorkerLostError } from '../../src/base/errors.ts';
import { createHoldfast, type HoldfastOptions, tasksOf } from '../../src/index.ts';
import { ControlChannel } from '../../src/work/control-channel.ts';
import { errorOf, open, reached, words } from '../work/given.ts';

const tasks = tasksOf<typeof import('./channel-tasks.ts')>(new URL('./channel-tasks.ts', import.meta.url));

async function running(threads = 1, policies: HoldfastOptions['policies'] = {}) {
  const holdfast = createHoldfast({
    memory: { policies: 4, threads: 16, keys: 0 },
    health: { builtIn: false },
    policies: { send: { circuitBreaker: { consecutiveFailures: 5 } }, ...policies },
    workers: { tasks, minThreads: threads, maxThreads: threads },
  });
  await holdfast.start();
  return holdfast;
}

describe('a task', () => {
  it('asks the manager how the service is, for a snapshot of a policy and for levels', async () => {
    await using holdfast = await running();
    holdfast.health.add({ name: 'database', kind: 'ping', run: () => {} });
    await holdfast.health.checkNow();
    holdfast.degradation.set('search', 'degraded');
    holdfast.degradation.set('mail', 'severelyDegraded');
    holdfast.policy('send').circuitBreaker?.open();
    const { health, snapshot, level, highest } = await holdfast.offload('ask', 'search');
    assert.deepEqual(health, {
      ready: true,
      live: true,
      checks: [{ name: 'database', kind: 'ping', state: 'up' }],
    });
    assert.equal(snapshot.circuitBreaker?.state, 'open');
    assert.deepEqual([level, highest], ['degraded', 'severelyDegraded']);
  });

  it('is told whole what the manager cannot do', async () => {
    await using holdfast = await running();
    const error = await errorOf(holdfast.offload('askAbout', 'sent'));
    assert.ok(error instanceof UnknownPolicyError);
    assert.match(error.message, /"send"/);
  });
});

describe('the threads', () => {
  it('say what they have and what they use, each for itself', async () => {
    await using holdfast = await running(2);
    assert.equal(await holdfast.offload('use', 'send'), true);
    const reports = await holdfast.threads(10_000);
    assert.deepEqual(
      reports.map(({ task, stats }) => [task, stats?.calls]),
      [
        [undefined, 0],
        [undefined, 0],
      ],
    );
    assert.deepEqual(
      reports.flatMap(({ stats }) => stats?.policies ?? []),
      ['send'],
    );
    assert.equal(new Set(reports.map(({ thread }) => thread)).size, 2);
    for (const { answerMs, stats } of reports) {
      assert.ok(answerMs !== undefined && answerMs >= 0 && answerMs < 10_000);
      assert.ok((stats?.heapUsedBytes ?? 0) > 100_000 && (stats?.upMs ?? 0) > 0);
    }
  });

  it('are seen to live by the memory, and not waited for when they do not look up', async () => {
    await using holdfast = await running();
    const shared = words();
    const task = holdfast.offload('deaf', shared);
    await reached(shared, 0, 1);
    let report = (await holdfast.threads(50))[0];
    const first = report.silentMs;
    for (let tries = 0; tries < 100 && report.silentMs < 400; tries++) [report] = await holdfast.threads(50);
    assert.ok(report.silentMs > first && report.silentMs >= 400, `${report.silentMs} ms`);
    assert.deepEqual([report.task, report.answerMs, report.stats], ['deaf', undefined, undefined]);
    open(shared);
    await task;
    [report] = await holdfast.threads(10_000);
    assert.ok(report.stats !== undefined);
    for (let tries = 0; tries < 10_000 && report.silentMs >= 400; tries++)
      [report] = await holdfast.threads(10_000);
    assert.ok(report.silentMs < 400, `${report.silentMs} ms`);
  });

  it('are none where there are no workers, and none when the runtime has stopped', async () => {
    const without = createHoldfast({ memory: { policies: 1, threads: 1, keys: 0 } });
    assert.deepEqual(await without.threads(), []);
    const holdfast = await running();
    await holdfast.stop();
    assert.deepEqual(await holdfast.threads(), []);
    await holdfast.start();
    assert.ok((await holdfast.threads(10_000))[0].stats !== undefined);
    await holdfast.stop();
  });
});

describe('the admin server', () => {
  it('tells of the threads', async () => {
    await using holdfast = await running();
    const { url } = await holdfast.admin({ port: 0 });
    const reports = (await (await fetch(`${url}/threads`)).json()) as Record<string, unknown>[];
    assert.deepEqual(Object.keys(reports[0]).sort(), ['answerMs', 'silentMs', 'stats', 'thread']);
  });
});

describe('a stop', () => {
  it('waits for calls that tasks have left behind', async () => {
    const holdfast = await running();
    const shared = words();
    await holdfast.offload('leaveCall', shared);
    await reached(shared, 0, 1);
    const stopped = holdfast.stop({ drainMs: 20_000 });
    setTimeout(() => open(shared), 50);
    await stopped;
    assert.equal(shared[2], 1);
  });

  it('aborts them when the time is over', async () => {
    const holdfast = await running();
    const shared = words();
    await holdfast.offload('leaveCall', shared);
    await reached(shared, 0, 1);
    await holdfast.stop({ drainMs: 50 });
    assert.equal(shared[2], 2);
  });
});

describe('a channel', () => {
  const ends = (near: object = {}) => {
    const { port1, port2 } = new MessageChannel();
    const far = new ControlChannel<{ add(a: number, b: number): number }>(port1, {}, 'the other side');
    return { far, near: new ControlChannel(port2, near as never, 'this side'), port2 };
  };

  it('gives an answer its time', async () => {
    const { far, near } = ends({ add: () => new Promise(() => {}) });
    const error = await errorOf(far.ask('add', [1, 2], 20));
    assert.equal(error.message, 'the other side: answer took longer than 20 ms');
    assert.deepEqual([error.code, error.scope, error.timeoutMs], ['HF_TIMEOUT', 'answer', 20]);
    for (const end of [far, near]) end.close(new Error('over'));
  });

  it('that is closed answers what was asked, and what is asked afterwards', async () => {
    const { far, near } = ends({ add: () => new Promise(() => {}) });
    const lost = new WorkerLostError({ reason: 'it is gone' });
    const asked = errorOf(far.ask('add', [1, 2], 60_000));
    far.close(lost);
    assert.equal(await asked, lost);
    assert.equal(await errorOf(far.ask('add', [1, 2], 60_000)), lost);
    near.close(lost);
  });

  it('reaches what the other side answers to, and nothing else of it', async () => {
    const own = { add: (a: number, b: number) => a + b };
    const { far, near } = ends(own);
    assert.equal(await far.ask('add', [1, 2], 10_000), 3);
    for (const name of ['toString', 'constructor', '__proto__', 'nothing']) {
      assert.ok((await errorOf(far.ask(name as 'add', [1, 2], 10_000))) instanceof Error, name);
    }
    for (const end of [far, near]) end.close(new Error('over'));
  });
});
