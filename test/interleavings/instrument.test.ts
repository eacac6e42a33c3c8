import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sectionsOf } from '../support/wasm-sections.ts';
import { bodiesOf } from './harness/bodies.ts';
import { compileKernels, compileText } from './harness/compile.ts';
import { instrument, rewritten } from './harness/instrument.ts';
import { inTurn } from './harness/program.ts';
import { replay } from './harness/replay.ts';
import { k, sample } from './sample.ts';
import { shipped, shippedBinary } from './shipped.ts';

/** What `total` adds up when it runs whole, and when it is stopped before each of its steps. */
const totals = (how: number, fill: (bytes: DataView) => void) => {
  const scenario = {
    name: 'total',
    init: ({ memory }: { memory: { buffer: ArrayBuffer | SharedArrayBuffer } }) =>
      fill(new DataView(memory.buffer, 1024)),
    programs: [inTurn(k.total(1024, 3, how))],
  };
  const { events } = replay(sample, scenario, []);
  const end = events.at(-1);
  return { steps: events.length - 2, result: end?.what === 'returns' ? end.result : undefined };
};

describe('instrumenting', () => {
  it('reads and writes the shipped binary without changing an instruction', () => {
    const [before, after] = [sectionsOf(shippedBinary), sectionsOf(rewritten(shippedBinary))];
    assert.deepEqual([...after.keys()], [...before.keys()]);
    for (const [name, section] of before)
      if (name !== 'code') assert.deepEqual(after.get(name), section, name);
    const bodies = [before, after].map((sections) => bodiesOf(sections.get('code') ?? new Uint8Array(1)));
    assert.ok(bodies[0].length > 0);
    assert.equal(bodies[1].length, bodies[0].length);
    for (const [index, { locals, instructions }] of bodies[0].entries()) {
      assert.equal(bodies[1][index].instructions, instructions, `function ${index}`);
      assert.deepEqual(
        bodies[1][index].locals.slice(0, locals.length),
        locals,
        `locals of function ${index}`,
      );
    }
  });

  it('finds every access, its width, and whether anybody looks at the old value', () => {
    const of = (kernel: string) =>
      sample.sites
        .filter((site) => site.kernel === kernel)
        .map(({ label, kind, atomic }) => `${label} ${kind} ${atomic ? 'atomic' : 'plain'}`);
    assert.deepEqual(of('acquire'), ['acquire load64 tat read atomic', 'acquire cmpxchg64 tat write atomic']);
    assert.deepEqual(of('add'), ['add add32 word write atomic']);
    assert.deepEqual(of('bump'), ['bump add32 word add atomic']);
    assert.deepEqual(of('giveBack'), [
      'giveBack xchg32 ledger write atomic',
      'giveBack sub32 shared add atomic',
    ]);
    assert.deepEqual(of('plainly'), ['plainly load32 word read plain', 'plainly store32 word write plain']);
  });

  it('makes coroutines that compute what the kernel does, with any type on the way', () => {
    const filled: [how: number, fill: (at: DataView, offset: number) => void, sum: number][] = [
      [0, (at, offset) => at.setUint8(offset, 200), 600],
      [1, (at, offset) => at.setInt16(offset, -300, true), -900],
      [2, (at, offset) => at.setInt32(offset, -70_000, true), -210_000],
      [3, (at, offset) => at.setBigInt64(offset, 2n ** 40n, true), 3 * 2 ** 40],
      [4, (at, offset) => at.setFloat32(offset, 0.5, true), 1.5],
      [5, (at, offset) => at.setFloat64(offset, 0.1875, true), 0.5625],
    ];
    for (const [how, fill, sum] of filled) {
      const fillAll = (at: DataView) => {
        for (const offset of [0, 8, 16]) fill(at, offset);
      };
      assert.deepEqual(totals(how, fillAll), { steps: 3, result: sum });
    }
  });

  const refused: Record<string, [source: string, why: RegExp]> = {
    'memory.fill': [
      'export function f(at: usize): void { memory.fill(at, 0, 64); }',
      /MemoryFill is not modelled/,
    ],
    'memory.copy': [
      'export function f(at: usize): void { memory.copy(at, 0, 64); }',
      /MemoryCopy is not modelled/,
    ],
    'a sleeping wait': [
      'export function f(at: usize): i32 { return atomic.wait<i32>(at, 0, -1); }',
      /AtomicWait/,
    ],
    'a global': ['let n = 0; export function f(): i32 { return ++n; }', /the binary has globals/],
    data: [
      'export function f(i: i32): i32 { return memory.data<i32>([1, 2, 3]) + i; }',
      /the binary has data/,
    ],
    'growing memory': ['export function f(): i32 { return memory.grow(1); }', /MemoryGrow is not modelled/],
  };
  for (const [what, [source, why]] of Object.entries(refused)) {
    it(`refuses ${what}`, async () => {
      const binary = await compileText(source);
      assert.throws(() => instrument(binary), why);
    });
  }
});

describe('compiling', () => {
  it('knows where in the source every atomic change of the shipped binary was written', () => {
    const changes = shipped.sites.filter(({ operation }) => operation === 'rmw' || operation === 'cmpxchg');
    assert.ok(changes.length > 50, `${changes.length} changes`);
    // What the source does not tell is named by the binary's own functions and offsets.
    assert.deepEqual(
      changes.map(({ label }) => label).filter((label) => /\d\+\d+( #\d+)?$/.test(label)),
      [],
    );
  });

  it('gives the shipped binary, and the names of its functions', async () => {
    const [ours, theirs] = [sectionsOf(await compileKernels()), sectionsOf(shippedBinary)];
    for (const [name, section] of theirs) assert.deepEqual(ours.get(name), section, name);
    assert.deepEqual(
      [...ours.keys()].filter((name) => !theirs.has(name)),
      ['custom'],
    );
  });

  it('refuses a change whose place is not found', async () => {
    const nowhere = { file: 'assembly/index.ts', find: 'no such text', replace: '' };
    await assert.rejects(
      compileKernels(nowhere),
      /assembly\/index.ts does not hold exactly once: no such text/,
    );
    await assert.rejects(
      compileKernels({ ...nowhere, find: 'export' }),
      /does not hold exactly once: export/,
    );
  });
});
