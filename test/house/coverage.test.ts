import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

const { exclude, linesOf } = await import(new URL('../../scripts/coverage-read.mjs', import.meta.url).href);

const source = [
  'function one() {',
  '  if (is) return 1;',
  '  return 2;',
  '}',
  'function other() {',
  '  return 2;',
  '}',
].join('\n');

const line = (number: number, covered: boolean) => ({ line: number, covered });
const branch = (number: number, to: number, covered: boolean) => ({ line: number, to, text: '', covered });

describe('an exclusion from coverage', () => {
  it('names a line by its text, every one of them or one, alone or with its block', () => {
    assert.deepEqual([...linesOf({ text: 'return 2;' }, source)], [3, 6]);
    assert.deepEqual([...linesOf({ text: 'return 2;', nth: 2 }, source)], [6]);
    assert.deepEqual([...linesOf({ text: 'function one() {', block: true }, source)], [1, 2, 3, 4]);
    assert.deepEqual([...linesOf({ text: 'return' }, source)], []);
  });

  it('takes out what was not run, and leaves what was', () => {
    const gaps = {
      lines: [line(1, true), line(3, false), line(6, false)],
      branches: [branch(2, 2, false), branch(6, 6, false)],
    };
    const { lines, branches, lost, needless } = exclude(
      gaps,
      [{ text: 'function one() {', block: true }],
      source,
    );
    assert.deepEqual(lines, [line(1, true), line(6, false)]);
    assert.deepEqual(branches, [branch(6, 6, false)]);
    assert.deepEqual([lost, needless], [[], []]);
  });

  it('is told when its line is gone, or was run after all, unless chance decides', () => {
    const gone = { text: 'return 3;' };
    const run = { text: 'return 2;', nth: 1 };
    const sometimes = { ...run, chance: true };
    const gaps = { lines: [line(3, true)], branches: [] };
    const { lost, needless } = exclude(gaps, [gone, run, sometimes], source);
    assert.deepEqual(lost, [gone]);
    assert.deepEqual(needless, [run]);
  });
});
