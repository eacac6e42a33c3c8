import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mutantsOf } from '../../scripts/mutate-kernels-mutants.mjs';
import { withAll } from '../../scripts/mutate-kernels-schemata.mjs';

const FILE = 'assembly/sample.ts';

/** A kernel with these lines in it, and what becomes of each line that a mutant changes. */
function given(...lines: string[]) {
  const source = `export function sample(a: i32, b: i32): i32 {\n${lines.join('\n')}\n  return a;\n}\n`;
  const { mutants, loops } = mutantsOf(FILE, source);
  const numbered = mutants.map((mutant, index) => ({ mutant, number: index + 1 }));
  return { mutants, becomes: mutants.map(({ to }) => to), all: withAll(source, numbered, loops) };
}

describe('mutants of a kernel', () => {
  it('swap a comparison, and take a branch always or never', () => {
    const { becomes } = given('  if (a < b) return b;');
    assert.deepEqual(becomes.sort(), [
      'if (a <= b) return b;',
      'if (a >= b) return b;',
      'if (false) return b;',
      'if (true) return b;',
    ]);
  });

  it('leave a statement out, and count one more or less', () => {
    const { becomes } = given('  count(a, 7);');
    assert.deepEqual(becomes.sort(), ['count(a, 6);', 'count(a, 8);', '{};']);
  });

  it('take a neighbouring word of the layout', () => {
    const { mutants } = given('  return atomic.load<i32>(a, LINE_COUNT);');
    const [{ what, to }] = mutants;
    assert.equal(what, 'layout');
    assert.match(to, /^return atomic\.load<i32>\(a, LINE_(?!COUNT)\w+\);$/);
  });

  it('begin a number one further on, and turn a loop backwards', () => {
    const { becomes } = given('  for (let i = 0; i < b; i++) a += i;');
    for (const to of ['let i = 1; i < b; i++', 'let i = 0; i <= b; i++', 'let i = 0; i < b; i--']) {
      assert.ok(becomes.includes(`for (${to}) a += i;`), to);
    }
  });

  it('stand beside the right code, each with its number', () => {
    const { all } = given('  if (a < b) return b;');
    const wrong =
      'mutant == 1 ? (a <= b) : mutant == 2 ? (a >= b) : mutant == 3 ? (true) : mutant == 4 ? (false)';
    assert.ok(all.includes(`if ((${wrong} : (a < b))) return b;`), all);
  });

  it('give the whole access another offset, which has to be a constant', () => {
    const { all } = given('  return atomic.load<i32>(a, LINE_COUNT);');
    assert.match(
      all,
      /mutant == 1 \? \(atomic\.load<i32>\(a, LINE_\w+\)\) : \(atomic\.load<i32>\(a, LINE_COUNT\)\)/,
    );
  });

  it('run out of breath in a loop that never ends', () => {
    const { all } = given('  while (true) { a++; }');
    assert.ok(all.includes('{ turn();'), all);
  });
});
