import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

const script = (name: string) => import(new URL(`../../scripts/${name}`, import.meta.url).href);
const { isCompared, withInfections } = await script('mutate-infected.mjs');
const { readSource } = await script('mutate-source.mjs');

interface Mutant {
  what: string;
}

/** A function of one line, and which of its mutants would have had another value when it was called like this. */
function given(line: string) {
  const text = `function sample(a, b) { ${line} }`;
  const source = readSource(text) as { mutants: Mutant[] };
  const compared = source.mutants.filter((mutant) => isCompared(text, mutant)).map(({ what }) => what);
  const told = new Set<string>();
  const tell = (at: string) => told.add(source.mutants[Number(at.slice(1))].what);
  const sample = new Function('__tell', `${withInfections(source, '__tell')}; return sample;`)(tell);
  const infectedBy = (...calls: unknown[][]) => {
    told.clear();
    const answers = calls.map((call) => sample(...call));
    return { told: [...told].sort(), answers };
  };
  return { compared, infectedBy };
}

describe('mutants that a test could notice', () => {
  it('are those that once had another value than the right code', () => {
    const { infectedBy } = given('return a < b;');
    assert.deepEqual(infectedBy([1, 2]), {
      told: ['a < b → ((a) >= (b))', 'a < b → false'],
      answers: [true],
    });
    assert.deepEqual(infectedBy([2, 2]).told, ['a < b → ((a) <= (b))', 'a < b → true']);
    // Told once is enough.
    assert.deepEqual(infectedBy([1, 2], [2, 2]), { told: [], answers: [true, false] });
  });

  it('are those that would have thrown', () => {
    const { infectedBy } = given('return a?.length;');
    assert.deepEqual(infectedBy(['text']).told, []);
    assert.deepEqual(infectedBy([undefined]), { told: ['a?.length → a.length'], answers: [undefined] });
  });

  it('differ in what is asked only when the answer does, not when the value does', () => {
    const { infectedBy } = given('if (a.flag) return 1; return 2;');
    assert.deepEqual(infectedBy([{ flag: 'text' }]), { told: ['a.flag → false'], answers: [1] });
    assert.deepEqual(infectedBy([{}]), { told: ['a.flag → true'], answers: [2] });
  });

  it('are not compared where that would do something twice', () => {
    assert.deepEqual(given('return a() < b;').compared, ['a() < b → true', 'a() < b → false']);
    assert.deepEqual(given('return a++;').compared, []);
    assert.deepEqual(given('{ a.done = b; }').compared, []);
    assert.deepEqual(given('return a - b;').compared, ['a - b → ((a) + (b))']);
  });
});
