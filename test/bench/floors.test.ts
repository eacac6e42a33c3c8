import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { resultsOf } from './given.ts';

interface Floor {
  file: string;
  table: string;
  row: string;
  usual: number;
  atMost?: number;
  atLeast?: number;
}

const { brokenFloors, readFloors } = await import(
  new URL('../../scripts/bench-floors.mjs', import.meta.url).href
);

const floor = (row: string, bound: { atMost: number } | { atLeast: number }) => ({
  file: 'policies',
  table: 'policies',
  row,
  usual: 1,
  ...bound,
});
const said = (floors: object[], results: object): string[] =>
  brokenFloors(floors, results).map(({ said }: { said: string }) => said);

describe('floors of benches', () => {
  it('are broken by what costs more than it may, or brings less than it must', () => {
    const results = resultsOf({ breaker: { ratio: 9 }, threads: { ratio: 1.1 } });
    assert.deepEqual(said([floor('breaker', { atMost: 10 }), floor('threads', { atLeast: 1 })], results), []);
    assert.deepEqual(said([floor('breaker', { atMost: 8 }), floor('threads', { atLeast: 1.3 })], results), [
      'policies: breaker: 9.00 × its baseline is over its 8',
      'policies: threads: 1.10 × its baseline is under its floor of 1.3',
    ]);
  });

  it('are broken by what was not measured', () => {
    const floors = [floor('breaker', { atMost: 8 })];
    assert.deepEqual(said(floors, { machine: 'a machine' }), ['policies: breaker: was not measured']);
    assert.deepEqual(said(floors, resultsOf({ limiter: { ratio: 1 } })), [
      'policies: breaker: was not measured',
    ]);
  });

  it('are of benches that there are, with room above the usual', () => {
    const floors = readFloors() as Floor[];
    assert.ok(floors.length > 5);
    for (const { file, row, usual, atMost, atLeast } of floors) {
      assert.ok(existsSync(new URL(`../../bench/${file}.bench.ts`, import.meta.url)), file);
      assert.ok((atMost === undefined) !== (atLeast === undefined), `${row}: one bound`);
      if (atMost !== undefined) assert.ok(atMost >= usual * 1.5, `${row}: ${atMost} is too near ${usual}`);
      if (atLeast !== undefined)
        assert.ok(atLeast <= usual / 1.25, `${row}: ${atLeast} is too near ${usual}`);
    }
  });
});
