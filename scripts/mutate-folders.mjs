// What is mutated, which tests are asked, and how much they must notice.

/** Interleavings, races and threads take their time; the others run processes or a browser, or look at texts. */
const NEVER = [
  'test/interleavings/',
  'test/races/',
  'test/twin/interrupted.',
  'test/twin/together.',
  'test/runtimes/',
  'test/package/',
  'test/house/',
  'test/bench/',
  'test/examples/',
  'test/admin/dashboard.',
];

/**
 * `sources`: folder of the sources. `without`: those that belong elsewhere. `near`: tests that are asked.
 * `far`: tests that survivors are shown to as well with --far. `floor`: the least score, in percent.
 */
export const FOLDERS = {
  base: {
    sources: 'src/base/',
    near: ['test/base/', 'test/issues/'],
    far: ['test/testing/', 'test/policy/', 'test/work/', 'test/control/', 'test/admin/', 'test/scenarios/'],
    floor: 95,
  },
  twin: {
    sources: 'src/state/twin/',
    near: ['test/twin/', 'test/state/', 'test/issues/'],
    far: ['test/policy/'],
    floor: 95,
  },
  state: {
    sources: 'src/state/',
    without: ['src/state/twin/'],
    near: [
      'test/state/',
      'test/twin/',
      'test/issues/',
      'test/policy/snapshot',
      'test/policy/rate-limiter',
      'test/policy/keyed-',
      'test/policy/clock-back-',
      'test/policy/shared-policies.',
      'test/policy/heard-of-changes.',
      'test/policy/homes-of-policies.',
    ],
    far: ['test/policy/', 'test/control/'],
    floor: 90,
  },
  policy: {
    sources: 'src/policy/',
    near: [
      'test/policy/',
      'test/scenarios/',
      'test/testing/',
      'test/issues/',
      'test/fuzz/',
      'test/control/shown-and-counted.',
    ],
    far: ['test/control/', 'test/work/', 'test/admin/'],
    floor: 95,
  },
  control: {
    sources: 'src/control/',
    near: [
      'test/control/',
      'test/admin/',
      'test/scenarios/',
      'test/issues/',
      'test/fuzz/',
      'test/policy/draws-counted.',
    ],
    far: ['test/work/'],
    floor: 90,
  },
};

/** Sources without a decision in them, or made by a program. */
export const isMutated = (path) => path.endsWith('.ts') && !/\.(d|wasm|html)\.ts$/.test(path);

/** The folder's sources among these paths. */
export function sourcesOf({ sources, without = [] }, paths) {
  return paths.filter(
    (path) => path.startsWith(sources) && isMutated(path) && !without.some((part) => path.startsWith(part)),
  );
}

/** Test files among these paths below one of the folders. */
export function testsIn(folders, paths) {
  return paths.filter(
    (path) =>
      path.endsWith('.test.ts') &&
      folders.some((folder) => path.startsWith(folder)) &&
      !NEVER.some((folder) => path.startsWith(folder)),
  );
}
