import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { resultsOf } from './given.ts';

const { compareFiles, differences, missing } = await import(
  new URL('../../scripts/bench-compare.mjs', import.meta.url).href
);

const verdicts = (older: object, newer: object): string[] =>
  differences(older, newer).map(
    ({ name, verdict }: { name: string; verdict: string }) => `${name}: ${verdict}`,
  );

describe('comparing two files of results', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  function written(name: string, results: object): string {
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify(results));
    return file;
  }

  it('flags what costs more beside its baseline than noise explains', () => {
    const older = resultsOf({ breaker: { ratio: 4, noise: 0.02 }, limiter: { ratio: 3, noise: 0.02 } });
    const newer = resultsOf({ breaker: { ratio: 5, noise: 0.02 }, limiter: { ratio: 3.3, noise: 0.02 } });
    assert.deepEqual(verdicts(older, newer), ['breaker: slower', 'limiter: same']);
  });

  it('allows noisy rounds more, and counts the noise of both files', () => {
    const older = resultsOf({ breaker: { ratio: 4, noise: 0.02 } });
    assert.deepEqual(verdicts(older, resultsOf({ breaker: { ratio: 5, noise: 0.2 } })), ['breaker: same']);
    const noisy = resultsOf({ breaker: { ratio: 4, noise: 0.2 } });
    assert.deepEqual(verdicts(noisy, resultsOf({ breaker: { ratio: 5, noise: 0.02 } })), ['breaker: same']);
  });

  it('goes by the spread of the figure where no rounds were measured side by side', () => {
    const older = resultsOf({ flood: { ratio: 4, spread: 0.3 } });
    assert.deepEqual(verdicts(older, resultsOf({ flood: { ratio: 5, spread: 0 } })), ['flood: same']);
    assert.deepEqual(verdicts(older, resultsOf({ flood: { ratio: 6, spread: 0 } })), ['flood: slower']);
  });

  it('takes less for worse where more is better', () => {
    const older = resultsOf({ threads: { ratio: 1.9, higher: true } });
    assert.deepEqual(verdicts(older, resultsOf({ threads: { ratio: 1.2, higher: true } })), [
      'threads: slower',
    ]);
    assert.deepEqual(verdicts(older, resultsOf({ threads: { ratio: 2.9, higher: true } })), [
      'threads: faster',
    ]);
  });

  it('does not go by times: a slower machine is not a slower program', () => {
    const older = resultsOf({ breaker: { ratio: 4, ns: 120 } });
    assert.deepEqual(verdicts(older, resultsOf({ breaker: { ratio: 4, ns: 480 } })), ['breaker: same']);
  });

  it('names figures that are gone', () => {
    const older = resultsOf({ breaker: { ratio: 4 }, limiter: { ratio: 3 } });
    assert.deepEqual(missing(older, resultsOf({ breaker: { ratio: 4 } })), ['policies: limiter']);
    assert.deepEqual(missing(older, { machine: 'other' }), ['policies: breaker', 'policies: limiter']);
  });

  it('ends with 1 when something is slower, with 0 when nothing is, with 2 when nothing can be compared', () => {
    const older = written('older.json', resultsOf({ breaker: { ratio: 4 } }));
    assert.equal(compareFiles(older, written('slower.json', resultsOf({ breaker: { ratio: 8 } }))), 1);
    assert.equal(compareFiles(older, written('same.json', resultsOf({ breaker: { ratio: 4.1 } }))), 0);
    assert.equal(compareFiles(older, written('none.json', { machine: 'other' })), 2);
    assert.equal(compareFiles(older, undefined), 2);
  });
});
