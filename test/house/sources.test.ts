import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sourcesIn, withoutComments } from '../support/sources.ts';

const MOST_LINES = 260;
/** Scenes stand side by side: a reader looks one up by its name and needs no other. */
const MOST_LINES_OF_SCENES = 400;

/** The map of the shared memory is one file, so that no offset is looked for in two. */
const MAP = { path: 'assembly/layout.ts', lines: 400 };

// What only src/base may touch: everything above is handed a clock, a timer and a source of chance.
const TIME_AND_CHANCE =
  /\b(?:performance\.now|Date\.now|new Date\(|hrtime|setTimeout|setInterval|Math\.random|getRandomValues|randomBytes)\b/;

function mostLines(path: string): number {
  if (path === MAP.path) return MAP.lines;
  return path.startsWith('test/') ? MOST_LINES_OF_SCENES : MOST_LINES;
}

describe('the sources', () => {
  it(`have no file of more than ${MOST_LINES} lines`, () => {
    const long = sourcesIn('assembly', 'src', 'workers', 'test', 'bench', 'examples', 'scripts')
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ path, lines }) => lines > mostLines(path));
    assert.deepEqual(long, []);
  });

  it('have file names in kebab-case', () => {
    const odd = sourcesIn('assembly', 'src', 'workers', 'test', 'bench', 'examples', 'scripts')
      .map(({ path }) => path)
      .filter((path) => !/^([a-z0-9]+([-.][a-z0-9]+)*\/)*[a-z0-9]+([-.][a-z0-9]+)*$/.test(path));
    assert.deepEqual(odd, []);
  });

  it('leave nothing for later and skip no test', () => {
    const marks = new RegExp(
      ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'skip: ' + 'true', '\\bit\\.' + 'skip'].join('|'),
    );
    const left = sourcesIn('assembly', 'src', 'workers', 'test', 'bench', 'examples', 'scripts')
      .filter(({ text }) => marks.test(text))
      .map(({ path }) => path);
    assert.deepEqual(left, []);
  });

  it('read clocks, set timers and draw numbers in src/base alone', () => {
    const own = sourcesIn('src', 'workers')
      .filter(({ path }) => !path.startsWith('src/base/'))
      .filter(({ text }) => TIME_AND_CHANCE.test(withoutComments(text)))
      .map(({ path }) => path);
    assert.deepEqual(own, []);
  });
});
