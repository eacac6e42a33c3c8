import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createHoldfast, type Holdfast, HoldfastError, OptionsError, tasksOf } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { errorOf, given, type Tasks, tasks } from './given.ts';
import { LimitError } from './tasks.ts';

describe('offloading a task', () => {
  let holdfast: Holdfast<string, Tasks>;

  before(async () => {
    holdfast = await given(
      { errors: [LimitError] },
      {
        policies: {
          send: { circuitBreaker: { consecutiveFailures: 3 }, timeout: { attemptMs: 60_000 } },
          again: { retry: { maxRetries: 2, backoff: () => 0 } },
        },
      },
    );
  });

  after(() => holdfast.stop());

  it('gives what the task returned or resolved to, as a structured clone', async () => {
    assert.equal(await holdfast.offload('later', 1), 1);
    assert.deepEqual(
      await holdfast.offload('echo', new Map([['a', [1n, new Date(0)]]])),
      new Map([['a', [1n, new Date(0)]]]),
    );
    assert.equal(await holdfast.offload('echo', undefined), undefined);
  });

  it('shares a shared buffer instead of copying it', async () => {
    const shared = new Int32Array(new SharedArrayBuffer(64));
    await holdfast.offload('mark', { words: shared, at: 0, value: 7 });
    assert.deepEqual([...shared.slice(0, 2)], [1, 7]);
  });

  it('hands over what is to be transferred', async () => {
    const bytes = new Uint8Array(1_000);
    assert.equal(await holdfast.offload('length', bytes, { transfer: [bytes.buffer] }), 1_000);
    assert.equal(bytes.byteLength, 0);
  });

  it('tells the task of its policy, its attempt and the time it has left', async () => {
    assert.deepEqual(await holdfast.offload('facts'), { attempt: 1, policy: '', limited: false });
    const facts = await holdfast.offload('facts', undefined, { policy: 'send' });
    assert.deepEqual(facts, { attempt: 1, policy: 'send', limited: true });
  });

  it('runs each attempt of a policy as a task of its own', async () => {
    const shared = new Int32Array(new SharedArrayBuffer(64));
    const error = await errorOf(holdfast.offload('failMarked', shared, { policy: 'again' }));
    assert.equal(error.message, 'attempt 3');
    assert.equal(shared[0], 3);
  });

  it('lets a task use a policy: the same one, with the same state', async () => {
    const send = holdfast.policy('send');
    assert.equal(await holdfast.offload('through', 'send'), 'from the worker');
    assert.equal(await holdfast.offload('tripBreaker', 'send'), 'open');
    assert.equal(send.circuitBreaker?.state, 'open');
    const refused = await errorOf(holdfast.offload('echo', 1, { policy: 'send' }));
    assert.equal(refused.code, 'HF_CIRCUIT_OPEN');
    send.circuitBreaker?.close();
  });

  it('gives a worker’s own refusal back as what it is', async () => {
    holdfast.policy('send').circuitBreaker?.open();
    const refused = await errorOf(holdfast.offload('through', 'send'));
    assert.ok(HoldfastError.is(refused));
    assert.equal(refused.code, 'HF_CIRCUIT_OPEN');
    assert.equal(refused.policy, 'send');
    holdfast.policy('send').circuitBreaker?.close();
  });

  it('brings errors back whole: class, cause, own data', async () => {
    const error = await errorOf(holdfast.offload('fail', 'above'));
    assert.ok(error instanceof RangeError);
    assert.equal(error.message, 'above');
    assert.ok(error.cause instanceof TypeError);
    const own = await errorOf(holdfast.offload('overLimit', 9));
    assert.ok(own instanceof LimitError);
    assert.equal(own.limit, 9);
  });

  it('names the module when a result cannot be cloned', async () => {
    const error = await errorOf(holdfast.offload('uncloneable'));
    assert.equal(error.code, 'HF_TASK_MODULE');
    assert.match(error.message, /tasks\.ts.*"uncloneable" returned what cannot be cloned/);
    assert.equal(await holdfast.offload('echo', 1), 1, 'the thread goes on');
  });

  it('says which task has an input that cannot be cloned, and runs the others of its message', async () => {
    const tasks = [1, () => {}, 3].map((input) => holdfast.offload('echo', input));
    const [first, second, third] = await Promise.allSettled(tasks);
    assert.deepEqual([first.status, third.status], ['fulfilled', 'fulfilled']);
    assert.match(String((second as PromiseRejectedResult).reason), /input of task "echo"/);
  });

  it('says so when an input’s buffer is no longer there, and runs the others of its message', async () => {
    const gone = new Uint8Array(8);
    structuredClone(gone, { transfer: [gone.buffer] });
    const alone = await errorOf(holdfast.offload('length', gone, { transfer: [gone.buffer] }));
    assert.match(alone.message, /input of task "length"/);
    await Promise.all(Array.from({ length: 50 }, (_, index) => holdfast.offload('echo', index)));
    const inputs = Array.from({ length: 20 }, (_, index) => (index === 7 ? gone : index));
    const settled = await Promise.allSettled(inputs.map((input) => holdfast.offload('echo', input)));
    for (const [index, result] of settled.entries()) {
      if (index !== 7) assert.deepEqual(result, { status: 'fulfilled', value: index });
    }
  });

  it('names the module when a result’s buffer is no longer there', async () => {
    const error = await errorOf(holdfast.offload('gone'));
    assert.equal(error.code, 'HF_TASK_MODULE');
    assert.match(error.message, /"gone" returned what cannot be cloned/);
    assert.equal(await holdfast.offload('echo', 1), 1, 'the thread goes on');
  });

  it('takes for tasks only functions that the module itself exports', async () => {
    for (const name of ['notATask', 'toString', '__proto__', 'constructor', 'ecoh']) {
      const error = await errorOf(holdfast.offload(name as 'echo', 1));
      assert.equal(error.code, 'HF_UNKNOWN_TASK', name);
    }
    assert.match((await errorOf(holdfast.offload('ecoh' as 'echo', 1))).message, /echo/);
  });

  it('refuses options that cannot be right', async () => {
    const offload = (options: object) => errorOf(holdfast.offload('echo', 1, options));
    assert.equal((await offload({ polcy: 'send' })).code, 'HF_BAD_OPTION');
    assert.equal((await offload({ policy: 'sned' })).code, 'HF_UNKNOWN_POLICY');
    assert.ok((await offload({ priority: 8 })) instanceof RangeError);
    assert.ok((await offload({ timeoutMs: -1 })) instanceof RangeError);
    assert.ok((await offload({ signal: 'no' })) instanceof TypeError);
    assert.ok((await offload({ transfer: 'no' })) instanceof TypeError);
    assert.equal((await offload({ idempotent: 1 })).code, 'HF_BAD_OPTION');
  });

  it('refuses to transfer under a policy that may try again', async () => {
    const bytes = new Uint8Array(8);
    const error = await errorOf(
      holdfast.offload('length', bytes, { policy: 'again', transfer: [bytes.buffer] }),
    );
    assert.ok(error instanceof OptionsError);
    assert.equal(bytes.byteLength, 8);
  });
});

describe('a runtime with workers', () => {
  it('takes no task before its start and after its stop', async () => {
    const holdfast = createHoldfast({ memory: { policies: 1 }, workers: { tasks, maxThreads: 1 } });
    assert.equal((await errorOf(holdfast.offload('echo', 1))).code, 'HF_NOT_STARTED');
    await holdfast.start();
    assert.equal(await holdfast.offload('echo', 1), 1);
    await holdfast.stop();
    assert.equal((await errorOf(holdfast.offload('echo', 1))).code, 'HF_NOT_STARTED');
  });

  it('refuses a clock of its own', () => {
    const make = () => createHoldfast({ clock: manualClock(), workers: { tasks } });
    assert.throws(make, { code: 'HF_BAD_OPTION', path: 'clock' });
  });

  it('refuses options that cannot be right, and says where', () => {
    const make = (workers: object) => () => createHoldfast({ workers: { tasks, ...workers } });
    assert.throws(make({ tasks: './tasks.js' }), { path: 'workers.tasks' });
    assert.throws(make({ minThreads: 3, maxThreads: 2 }), { path: 'workers.minThreads' });
    assert.throws(make({ maxThreads: 0 }), { path: 'workers.maxThreads' });
    assert.throws(make({ compartments: { cpu: { threads: -1 } } }), {
      path: 'workers.compartments.cpu.threads',
    });
    assert.throws(make({ compartments: { cpu: { wieght: 1 } } }), /did you mean|weight/);
    assert.throws(make({ errors: [Map] }), { path: 'workers.errors[0]' });
    assert.throws(make({ errors: [LimitError, class LimitError extends Error {}] }), {
      path: 'workers.errors',
    });
    assert.throws(make({ context: 'no url' }), { path: 'workers.context' });
    assert.throws(() => tasksOf('tasks.js'), { code: 'HF_BAD_OPTION' });
  });

  it('says what is missing when there are no workers', async () => {
    await using holdfast = createHoldfast({ memory: { policies: 1 } }) as unknown as Holdfast<string, Tasks>;
    await holdfast.start();
    assert.equal((await errorOf(holdfast.offload('echo', 1))).path, 'workers');
  });
});
