import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Holdfast } from '../../src/index.ts';
import { errorOf, given, open, reached, type Tasks, words } from './given.ts';

const slow = { bulkhead: { maxConcurrent: 1 } };

describe('a task whose caller goes away', () => {
  let holdfast: Holdfast<string, Tasks>;

  before(async () => {
    holdfast = await given({ graceMs: 400 });
  });

  after(() => holdfast.stop());

  it('is not begun when it is aborted before', async () => {
    const bytes = new Uint8Array(8);
    const options = { signal: AbortSignal.abort(new Error('never mind')), transfer: [bytes.buffer] };
    assert.equal((await errorOf(holdfast.offload('length', bytes, options))).message, 'never mind');
    assert.equal(bytes.byteLength, 8, 'what it would have transferred is still here');
  });

  it('answers its caller at once, with the signal’s reason', async () => {
    const shared = words();
    const controller = new AbortController();
    const task = holdfast.offload('gate', shared, { signal: controller.signal });
    await reached(shared, 0, 1);
    controller.abort(new Error('gone'));
    assert.equal((await errorOf(task)).message, 'gone');
    open(shared);
    assert.equal(await holdfast.offload('echo', 1), 1);
    assert.equal(holdfast.workers?.lost, 0, 'it ended by itself within its grace');
  });

  it('sees in a busy loop that it is asked to stop', async () => {
    const before = holdfast.workers?.lost;
    const error = await errorOf(holdfast.offload('spin', 10_000, { timeoutMs: 20 }));
    assert.equal(error.code, 'HF_TIMEOUT');
    assert.equal(error.scope, 'task');
    assert.equal(await holdfast.offload('echo', 2), 2);
    assert.equal(holdfast.workers?.lost, before);
  });

  it('hears of it by its signal when its event loop turns, with the reason', async () => {
    const shared = words();
    const controller = new AbortController();
    const task = holdfast.offload('patient', shared, { signal: controller.signal });
    await reached(shared, 0, 1);
    controller.abort(new RangeError('enough'));
    await errorOf(task);
    await reached(shared, 2, 1);
    assert.equal(shared[3], 'RangeError: enough'.length);
    assert.equal(await holdfast.offload('echo', 3), 3);
  });

  it('loses its thread when it does not listen; the thread is replaced', async () => {
    const before = holdfast.workers?.lost ?? 0;
    const error = await errorOf(holdfast.offload('deaf', 3_000, { timeoutMs: 20 }));
    assert.equal(error.code, 'HF_TIMEOUT');
    assert.equal(await holdfast.offload('echo', 4), 4);
    assert.equal(holdfast.workers?.lost, before + 1);
  });

  it('keeps its place in the bulkhead until it has really ended', async () => {
    const patient = await given({ graceMs: 20_000 }, { policies: { slow } });
    const shared = words();
    const { bulkhead } = patient.policy('slow');
    const controller = new AbortController();
    const task = patient.offload('gate', shared, { policy: 'slow', signal: controller.signal });
    await reached(shared, 0, 1);
    controller.abort();
    assert.equal((await errorOf(task)).name, 'AbortError');
    assert.deepEqual([bulkhead?.active, bulkhead?.abandoned], [1, 1]);
    open(shared);
    await patient.offload('echo', 0);
    assert.deepEqual([bulkhead?.active, bulkhead?.abandoned], [0, 0]);
    await patient.stop();
  });

  it('is never begun when its deadline passes while it waits', async () => {
    const shared = words();
    const first = holdfast.offload('gate', shared);
    const late = holdfast.offload('mark', { words: shared, at: 4, value: 1 }, { timeoutMs: 15 });
    assert.equal((await errorOf(late)).code, 'HF_TIMEOUT');
    open(shared);
    await first;
    await holdfast.offload('echo', 0);
    assert.equal(shared[4], 0);
  });
});

describe('a pool of one with a queue of two (scenario 31)', () => {
  let holdfast: Holdfast<string, Tasks>;
  const opened: Int32Array[] = [];

  const occupied = async () => {
    const shared = words();
    opened.push(shared);
    const task = holdfast.offload('gate', shared);
    await reached(shared, 0, 1);
    return { shared, task };
  };

  before(async () => {
    holdfast = await given({ maxQueue: 2, graceMs: 2_000 });
    await holdfast.offload('echo', 0);
  });

  after(async () => {
    for (const shared of opened) open(shared);
    await holdfast.stop();
  });

  it('31: refuses the fourth', async () => {
    const { shared, task } = await occupied();
    const waiting = [2, 3].map((value) => holdfast.offload('echo', value));
    const error = await errorOf(holdfast.offload('echo', 4));
    assert.equal(error.code, 'HF_QUEUE_FULL');
    assert.equal(error.maxQueue, 2);
    open(shared);
    assert.deepEqual(await Promise.all([task, ...waiting]), [0, 2, 3]);
  });

  it('31: runs the third when the second and then the first are aborted', async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const shared = words();
    opened.push(shared);
    const one = holdfast.offload('gate', shared, { signal: first.signal });
    const two = holdfast.offload('mark', { words: shared, at: 4, value: 2 }, { signal: second.signal });
    const three = holdfast.offload('mark', { words: shared, at: 8, value: 3 });
    await reached(shared, 0, 1);
    second.abort();
    first.abort();
    assert.equal((await errorOf(two)).name, 'AbortError');
    assert.equal((await errorOf(one)).name, 'AbortError');
    open(shared);
    await three;
    assert.deepEqual([shared[4], shared[8], shared[9]], [0, 1, 3]);
  });

  it('31: lets running and queued tasks finish when it stops, and refuses the rest', async () => {
    const { shared, task } = await occupied();
    const queued = holdfast.offload('echo', 2);
    const stopped = holdfast.stop({ drainMs: 10_000 });
    assert.equal(holdfast.state, 'draining');
    assert.equal((await errorOf(holdfast.offload('echo', 3))).code, 'HF_DRAINING');
    open(shared);
    assert.deepEqual(await Promise.all([task, queued]), [0, 2]);
    await stopped;
    assert.deepEqual(holdfast.workers?.threads, { busy: 0, idle: 0, starting: 0, unended: 0 });
  });
});

describe('stopping', () => {
  it('aborts what is left when the drain is over', async () => {
    const holdfast = await given({ graceMs: 20 });
    const shared = words();
    const running = errorOf(holdfast.offload('gate', shared));
    const queued = errorOf(holdfast.offload('echo', 1));
    await reached(shared, 0, 1);
    await holdfast.stop({ drainMs: 10 });
    assert.equal((await running).code, 'HF_DRAINING');
    assert.equal((await queued).code, 'HF_DRAINING');
    open(shared);
  });

  it('lets a task of an admitted call use its policies to the end, and the runtime start again', async () => {
    const holdfast = await given({}, { policies: { send: { bulkhead: { maxConcurrent: 5 } } } });
    const shared = words();
    const task = holdfast.offload('gateThrough', { words: shared, policy: 'send' });
    await reached(shared, 0, 1);
    const stopped = holdfast.stop();
    assert.equal((await errorOf(holdfast.policy('send').execute(() => 1))).code, 'HF_DRAINING');
    open(shared);
    assert.equal(await task, 'through');
    await stopped;
    await holdfast.start();
    assert.equal(await holdfast.offload('echo', 1), 1);
    await holdfast.stop();
  });
});
