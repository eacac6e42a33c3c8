import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SearchOptions } from './harness/exploration.ts';
import { explore } from './harness/explore.ts';
import { inTurn, look, type Program, waitWhile } from './harness/program.ts';
import { replay } from './harness/replay.ts';
import type { Scenario } from './harness/scenario.ts';
import { k, sample } from './sample.ts';

const [A, B] = [1024, 1152];
const everything: SearchOptions = { local: false, sleep: false, states: false };

const explored = (scenario: Omit<Scenario, 'name'>, options?: SearchOptions) =>
  explore(sample, { name: 'sample', ...scenario }, options);
const outcomesOf = (scenario: Omit<Scenario, 'name'>, options?: SearchOptions) =>
  [...explored(scenario, options).outcomes].sort();

describe('the search', () => {
  it('follows every order of steps once when it saves nothing', () => {
    const twoSteps = inTurn(k.add(A), k.add(A));
    const threeSteps = inTurn(k.add(A), k.add(A), k.add(A));
    assert.equal(explored({ programs: [twoSteps, twoSteps] }, everything).schedules, 6);
    assert.equal(explored({ programs: [threeSteps, twoSteps] }, everything).schedules, 10);
    assert.equal(explored({ programs: [twoSteps, twoSteps, twoSteps] }, everything).schedules, 90);
  });

  const acquire = inTurn(k.acquire(A, 1e12, 1e9, 2e9));
  const cases: Record<string, Omit<Scenario, 'name'>> = {
    'three takers of two tokens': {
      programs: [acquire, acquire, acquire],
      observe: (vm) => `${vm.memory.i64[A / 8]}`,
    },
    'two words, written and summed': {
      programs: [inTurn(k.both(A, B)), inTurn(k.both(B, A)), inTurn(k.sum(A, B), k.sum(B, A))],
    },
    'lost updates': { programs: [inTurn(k.lose(A), k.lose(A)), inTurn(k.lose(A)), inTurn(k.raise(A))] },
    'a program that decides by what it saw': {
      programs: [
        function* () {
          if ((yield k.add(A)) === 1) yield k.add(B);
        },
        function* () {
          const seen = yield k.read(B);
          if (seen === 0) yield k.raise(A);
        },
      ],
    },
    'a thread that dies': {
      programs: [inTurn(k.hold(A, B)), inTurn(k.add(B))],
      death: { of: 0, manager: inTurn(k.giveBack(A, B)) },
      observe: (vm) => vm.memory.i32[B / 4],
    },
  };
  for (const [name, scenario] of Object.entries(cases)) {
    it(`reaches the same outcomes with any of its savings: ${name}`, () => {
      const all = outcomesOf(scenario, everything);
      assert.ok(all.length > 1);
      for (const local of [true, false]) {
        for (const sleep of [true, false]) {
          for (const states of [true, false]) {
            assert.deepEqual(
              outcomesOf(scenario, { local, sleep, states }),
              all,
              `${local} ${sleep} ${states}`,
            );
          }
        }
      }
    });
  }

  it('sees every state between two steps, whatever it saves', () => {
    const seen = (options?: SearchOptions) => {
      const states = new Set<string>();
      explored(
        {
          programs: [inTurn(k.both(A, B), k.raise(A)), inTurn(k.both(B, A))],
          invariant: ({ memory }) => states.add(`${memory.i32[A / 4]} ${memory.i32[B / 4]}`),
        },
        options,
      );
      return [...states].sort();
    };
    assert.deepEqual(seen(), seen(everything));
    assert.equal(seen().length, 8);
  });

  it('saves steps', () => {
    const scenario = { programs: [inTurn(k.both(A, B)), inTurn(k.both(A, B)), inTurn(k.both(A, B))] };
    const all = explored(scenario, everything);
    assert.equal(all.schedules, 90);
    assert.ok(explored(scenario, { ...everything, sleep: true }).steps < all.steps / 10);
    assert.equal(explored(scenario).schedules, 1, 'blind additions may come in any order');
  });

  it('leaves out schedules beyond a bound on preemptions, and says so', () => {
    const scenario = { programs: [inTurn(k.lose(A)), inTurn(k.lose(A))], observe: () => 0 };
    const none = explored(scenario, { preemptions: 0 });
    assert.equal(none.cut, 'preemptions');
    assert.deepEqual([...none.outcomes].sort(), ['[["1","2"],0]', '[["2","1"],0]']);
    const one = explored(scenario, { preemptions: 1 });
    assert.ok(one.outcomes.has('[["1","1"],0]'));
    assert.equal(explored(scenario, { preemptions: 9 }).cut, undefined);
  });

  it('gives up beyond a number of states, and says so', () => {
    const thrice = inTurn(k.add(A), k.add(A), k.add(A));
    assert.equal(explored({ programs: [thrice, thrice] }, { maxStates: 5 }).cut, 'states');
  });
});

describe('a failure', () => {
  const why = (scenario: Omit<Scenario, 'name'>, options?: SearchOptions) =>
    explored(scenario, options).failure?.why;

  it('is a lost update', () => {
    const check: Scenario['check'] = (vm) => assert.equal(vm.memory.i32[A / 4], 2, 'both additions count');
    assert.match(
      why({ programs: [inTurn(k.lose(A)), inTurn(k.lose(A))], check }) ?? '',
      /both additions count/,
    );
    assert.equal(why({ programs: [inTurn(k.raise(A)), inTurn(k.raise(A))], check }), undefined);
  });

  it('is a data race, on plain accesses or on ranges that differ', () => {
    const plain = [inTurn(k.plainly(A)), inTurn(k.plainly(A))];
    assert.match(
      why({ programs: plain }) ?? '',
      /^data race on @1024: T0 at plainly store32 word, T1 at plainly load32/,
    );
    assert.match(why({ programs: [inTurn(k.acquire(A, 1, 1, 9)), inTurn(k.add(A))] }) ?? '', /data race/);
    assert.equal(why({ programs: [plain[0], inTurn(k.add(B))] }), undefined, 'a word of its own');
  });

  it('is a moment in which an invariant does not hold', () => {
    const invariant: Scenario['invariant'] = ({ memory }) =>
      assert.ok(memory.i32[A / 4] >= memory.i32[B / 4], 'A leads');
    assert.equal(why({ programs: [inTurn(k.both(A, B)), inTurn(k.both(A, B))], invariant }), undefined);
    assert.match(why({ programs: [inTurn(k.both(B, A))], invariant }) ?? '', /A leads/);
  });

  it('is an outcome that no order of whole calls has', () => {
    const sum = (first: number, second: number) => ({
      programs: [inTurn(k.both(A, B)), inTurn(k.sum(first, second))],
      linearizable: true,
    });
    assert.match(why(sum(A, B)) ?? '', /no order of whole calls ends like this/);
    assert.match(why({ ...sum(B, A) }) ?? '', /no order of whole calls/);
    assert.equal(
      why({ programs: [inTurn(k.both(A, B)), inTurn(k.read(A), k.read(A))], linearizable: true }),
      undefined,
    );
  });

  it('is an outcome that only orders have in which time runs backwards', () => {
    const copies = [inTurn(k.copy(A, B)), inTurn(k.add(A), k.copy(A, B)), inTurn(k.read(B))];
    assert.match(
      why({ programs: copies, linearizable: true }) ?? '',
      /a call before one that had already returned/,
    );
    assert.equal(why({ programs: copies.slice(1), linearizable: true }), undefined);
  });

  it('is a trap, an access out of bounds, a loop without end', () => {
    assert.match(why({ programs: [inTurn(k.trap(A)), inTurn(k.add(A))] }) ?? '', /^trap: /);
    assert.match(why({ programs: [inTurn(k.add(B))], within: [[A, 128]] }) ?? '', /reaches 1152, outside/);
    assert.match(why({ programs: [inTurn(k.add(A + 2))] }) ?? '', /not aligned/);
    assert.match(why({ programs: [inTurn(k.spin(A))] }, { states: false }) ?? '', /^50000 steps, and no end/);
  });
});

describe('a thread that waits', () => {
  const bump = inTurn(k.add(A), k.add(B));

  it('sleeps until the word has changed', () => {
    const { outcomes, failure } = explored({ programs: [inTurn(waitWhile(B, 0), k.read(A)), bump] });
    assert.equal(failure, undefined);
    assert.deepEqual([...outcomes], ['[["1,1","1,1"],null]']);
  });

  it('leaves the other no choice, however long that one makes it wait', () => {
    const long = inTurn(...new Array(1_100).fill(k.both(B, B + 128)), k.add(A));
    const { schedules, failure } = explored({ programs: [inTurn(waitWhile(A, 0)), long] }, { local: false });
    assert.deepEqual([schedules, failure], [1, undefined]);
  });

  it('is found when nobody wakes it', () => {
    const waiting = (looksFirst: boolean): Program =>
      function* () {
        const early = looksFirst ? yield look(B) : 0;
        if ((yield k.read(A)) > 0) return;
        yield waitWhile(B, looksFirst ? early : yield look(B));
      };
    assert.equal(explored({ programs: [waiting(true), bump] }).failure, undefined);
    const { failure } = explored({ programs: [waiting(false), bump] });
    assert.equal(failure?.why, 'T0 waits for ever');
    const again = replay(sample, { name: '', programs: [waiting(false), bump] }, failure?.schedule ?? []);
    assert.equal(again.why, 'T0 waits for ever');
  });

  it('reaches the same outcomes whatever the search saves', () => {
    const scenario = {
      programs: [inTurn(waitWhile(A, 0), k.add(B)), inTurn(k.add(A), waitWhile(B, 0), k.add(A)), bump],
    };
    const all = outcomesOf(scenario, everything);
    assert.ok(all.length > 1);
    assert.deepEqual(outcomesOf(scenario), all);
    assert.deepEqual(outcomesOf(scenario, { ...everything, sleep: true }), all);
  });
});

describe('a death', () => {
  const returned = (programs: Scenario['programs']) =>
    explored({
      programs,
      death: { of: 0, manager: inTurn(k.giveBack(A, B)) },
      check: ({ memory }) => assert.ok(memory.i32[B / 4] >= -1 && memory.i32[B / 4] <= 1),
      observe: ({ memory }) => memory.i32[B / 4],
    });

  it('happens before each step and after the last, and the manager sees what was left', () => {
    const { outcomes } = returned([inTurn(k.hold(A, B))]);
    assert.deepEqual([...outcomes].sort(), ['[["","0"],0]', '[["","1"],-1]', '[["0","1"],0]']);
  });

  it('finds that a counter was changed before its ledger', () => {
    const { outcomes } = returned([inTurn(k.holdWrongly(A, B))]);
    assert.deepEqual([...outcomes].sort(), ['[["","0"],0]', '[["","0"],1]', '[["0","1"],0]']);
  });

  it('lets the other threads go on', () => {
    const { outcomes } = explored({
      programs: [inTurn(k.add(A)), inTurn(k.add(A))],
      death: { of: 0, manager: inTurn(k.add(A)) },
    });
    assert.deepEqual([...outcomes].sort(), [
      '[["","1","2"],null]',
      '[["","2","1"],null]',
      '[["1","2","3"],null]',
      '[["1","3","2"],null]',
      '[["2","1","3"],null]',
    ]);
  });
});
