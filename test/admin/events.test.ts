import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventStreams, MOST_STREAMS } from '../../src/admin/event-streams.ts';
import { given } from '../control/given.ts';
import { serving } from './given.ts';

const decoder = new TextDecoder();

interface Told {
  event: string;
  data: {
    runtime: { state: string };
    policies: { name: string; calls: { success: number } }[];
    gone: string[];
  };
}

/** Reads one event. */
async function next(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Told> {
  const { value } = await reader.read();
  const match = /^event: (\w+)\ndata: (.*)\n\n$/.exec(decoder.decode(value));
  assert.ok(match);
  return { event: match[1], data: JSON.parse(match[2]) };
}

function open(streams: EventStreams) {
  const stream = streams.open();
  assert.ok(stream);
  return stream.getReader();
}

describe('the event stream', () => {
  it('tells everything at first, then once a second what has changed', async () => {
    const { holdfast, clock } = given({ policies: { a: {}, b: {} } });
    const streams = new EventStreams(holdfast, clock);
    const reader = open(streams);
    const first = await next(reader);
    assert.equal(first.event, 'full');
    assert.deepEqual(
      first.data.policies.map(({ name }) => name),
      ['a', 'b'],
    );
    await holdfast.policy('b').execute(() => 'done');
    await clock.advance(1_000);
    const second = await next(reader);
    assert.equal(second.event, 'changes');
    assert.deepEqual(
      second.data.policies.map(({ name, calls }) => [name, calls.success]),
      [['b', 1]],
    );
    holdfast.remove('a');
    await holdfast.start();
    await clock.advance(1_000);
    const third = await next(reader);
    assert.deepEqual(
      [third.data.policies, third.data.gone, third.data.runtime.state],
      [[], ['a'], 'running'],
    );
    await reader.cancel();
    await holdfast.stop();
    assert.deepEqual([streams.size, clock.pending], [0, 0]);
  });

  it('tells a latecomer everything without repeating it to the others', async () => {
    const { holdfast, clock } = given({ policies: { a: {} } });
    const streams = new EventStreams(holdfast, clock);
    const early = open(streams);
    await next(early);
    await holdfast.policy('a').execute(() => 'done');
    const late = open(streams);
    assert.equal((await next(late)).data.policies[0].calls.success, 1);
    assert.deepEqual(
      (await next(early)).data.policies.map(({ calls }) => calls.success),
      [1],
    );
    streams.close();
    assert.equal(clock.pending, 0);
  });

  it('begins anew with a client that has not read, and lets one go that does not for half a minute', async () => {
    const policies = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`p${index}`, {}]));
    const { holdfast, clock } = given({ policies, memory: { policies: 200, threads: 1, keys: 0 } });
    const streams = new EventStreams(holdfast, clock);
    const reader = open(streams);
    const busy = async () => {
      for (const name of holdfast.policies) await holdfast.policy(name).execute(() => 'done');
      await clock.advance(1_000);
    };
    // Each frame has some 60 KB: after about twenty there is no room.
    for (let second = 0; second < 25; second++) await busy();
    let last = await next(reader);
    assert.equal(last.event, 'full');
    for (let read = 0; read < 30 && last.event !== 'full again'; read++) {
      if (read === 20) await busy();
      last = await next(reader);
      if (last.event === 'full') last = { ...last, event: 'full again' };
    }
    assert.equal(last.event, 'full again');
    for (let second = 0; second < 60; second++) await busy();
    assert.equal(streams.size, 0);
  });

  it(`is given to ${MOST_STREAMS} clients at most`, async () => {
    const { ask, end } = await serving();
    const bodies = [];
    for (let client = 0; client < MOST_STREAMS; client++) {
      const response = await ask('/events');
      assert.equal(response.status, 200);
      assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
      bodies.push(response.body?.getReader());
    }
    const refused = await ask('/events');
    assert.equal(refused.status, 503);
    await refused.text();
    await bodies[0]?.cancel();
    let again = 503;
    for (let tries = 0; tries < 200 && again === 503; tries++) {
      const response = await ask('/events');
      again = response.status;
      if (again === 503) await response.text();
      else await response.body?.cancel();
    }
    assert.equal(again, 200);
    await end();
  });
});
