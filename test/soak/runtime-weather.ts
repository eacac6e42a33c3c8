// A runtime on a clock that runs as fast as it is told to: calls of every kind, and everything that can be done to
// policies, chaos, levels, time and the runtime itself while they are under way.

import { createHoldfast, type Holdfast, type Policy } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { Calls } from './calls.ts';
import { drawFrom } from './draw.ts';
import { emptyLedger, type Ledger, Violations } from './ledger.ts';
import { anyChange, BUCKET_MS, POLICIES, type PolicyName } from './policies.ts';
import { checkPolicies } from './quiet.ts';

const NAMES = Object.keys(POLICIES) as PolicyName[];
const START_MS = 1e9;
const KEYS_EACH = POLICIES.keyed.rateLimiter.perKey.maxKeys;
const KEYS = 4 * KEYS_EACH;
const MOST_TURNS = 400;
/** How far the clock jumps at most, in ms. */
const JUMP_MS = 120_000;

export class RuntimeWeather {
  readonly clock = manualClock({ startMs: START_MS });
  readonly holdfast: Holdfast;
  readonly ledgers = new Map<string, Ledger>();
  readonly violations: Violations;
  /** What was done, by its name. */
  readonly did: Record<string, number> = {};
  /** Time that the runtime has lived through. */
  livedMs = 0;
  /** The same with what the clock has jumped forward; what it goes back is none. */
  passedMs = 0;
  readonly #seed: number | string;
  readonly #draw;
  readonly #calls: Calls;
  #step = 0;
  #defined = 0;

  constructor(seed: number | string) {
    this.#seed = seed;
    this.#draw = drawFrom(`${seed} runtime`);
    this.violations = new Violations(() => `runtime, seed ${this.#seed}, step ${this.#step}`);
    const { clock } = this;
    this.holdfast = createHoldfast({
      clock,
      random: this.#draw.share,
      memory: { policies: 24, threads: 1, keys: KEYS },
      health: { intervalMs: 1_000, builtIn: false },
    }) as Holdfast;
    for (const name of NAMES) this.#define(name);
    this.#calls = new Calls(clock, this.#draw);
    this.holdfast.component({
      name: 'database',
      start: () => {},
      stop: () => {},
      check: () => this.#draw.chance(0.9),
    });
  }

  /** Calls that were made in all. */
  get begun(): number {
    return this.#calls.begun;
  }

  async begin(): Promise<void> {
    await this.#until(this.holdfast.start());
  }

  /** Does something, and lets some time pass. */
  async step(): Promise<void> {
    this.#step++;
    const draw = this.#draw;
    const act = draw.pick([1, 1, 2, 3]);
    for (let index = 0; index < act; index++) await this.#act();
    await this.#pass(draw.chance(0.2) ? draw.below(2_000) : draw.below(150));
  }

  /** Lets everything come to an end, and compares. */
  async quiet(): Promise<void> {
    this.#did('quiet points');
    this.holdfast.chaos.disable();
    for (const component of this.holdfast.degradation.components().keys())
      this.holdfast.degradation.set(component, 'normal');
    for (let turn = 0; this.#calls.open > 0 && turn < MOST_TURNS; turn++) {
      this.#calls.release();
      await this.#pass(200);
    }
    this.violations.expect('calls that were not answered', this.#calls.open, 0);
    this.violations.expect('listeners on a signal of the caller’s', this.#calls.listeners, 0);
    await checkPolicies(this, this.violations);
  }

  async end(): Promise<void> {
    await this.quiet();
    await this.#until(this.holdfast.stop({ drainMs: 100 }));
    this.violations.expect('timers left after the stop', this.clock.pending, 0);
  }

  #define(name: PolicyName, as: string = name): void {
    const policy = this.holdfast.define(as, POLICIES[name]);
    const ledger = emptyLedger(this.passedMs);
    this.ledgers.set(as, ledger);
    policy.on('success', () => void ledger.success++);
    policy.on('failure', () => void ledger.failure++);
  }

  #act(): Promise<void> | void {
    const { holdfast } = this;
    const draw = this.#draw;
    const as = draw.pick(holdfast.policies);
    const name = as.split(' ')[0] as PolicyName;
    const policy = holdfast.policy(as);
    const ledger = this.ledgers.get(as) as Ledger;
    const did = (what: string, act: () => void | Promise<void>) => () => {
      this.#did(what);
      return act();
    };
    return draw.act<Promise<void> | void>([
      [60, did('calls', () => this.#calls.make(policy, ledger, 1 + draw.below(8)))],
      [6, did('permits', () => this.#calls.hold(policy, ledger))],
      [4, did('updates', () => policy.update(anyChange(name, draw)))],
      [4, did('breakers moved', () => this.#moveBreaker(policy))],
      [3, did('snapshots put back', () => policy.restore(JSON.parse(JSON.stringify(policy.snapshot()))))],
      [2, did('policies defined', () => this.#defineMore())],
      [2, did('policies removed', () => this.#remove())],
      [3, did('experiments', () => holdfast.chaos.enable({ forMs: 1 + draw.below(60_000) }))],
      [2, did('experiments ended', () => holdfast.chaos.disable())],
      [
        2,
        did('levels', () =>
          holdfast.degradation.set('it', draw.pick(['normal', 'degraded', 'severelyDegraded'])),
        ),
      ],
      [2, did('budgets written to', () => this.#record(policy, ledger))],
      [1, did('jumps', () => this.#jump())],
      [0.5, did('stops', () => this.#restart())],
      [1, did('scrapes', async () => void (await holdfast.metrics.metrics()))],
    ]);
  }

  #moveBreaker({ circuitBreaker }: Policy): void {
    if (circuitBreaker === undefined) return;
    const release = circuitBreaker.isolate();
    this.#draw.act([
      [2, () => {}],
      [1, () => circuitBreaker.open(this.#draw.below(1_000))],
      [1, () => circuitBreaker.disable()],
      [1, () => circuitBreaker.metricsOnly()],
      [3, () => circuitBreaker.close()],
    ]);
    release();
    // Neither of the two is left by itself.
    if (this.#draw.chance(0.5) || ['disabled', 'metrics-only'].includes(circuitBreaker.state))
      circuitBreaker.close();
  }

  #defineMore(): void {
    if (this.holdfast.policies.length >= 20) return;
    const name = this.#draw.pick(NAMES);
    const keyed = this.holdfast.policies.filter((each) => each.startsWith('keyed')).length;
    if (name === 'keyed' && keyed * KEYS_EACH === KEYS) return;
    this.#define(name, `${name} ${++this.#defined}`);
  }

  #remove(): void {
    const [as] = this.holdfast.policies.filter((each) => each.includes(' '));
    if (as === undefined) return;
    this.holdfast.remove(as);
    this.ledgers.delete(as);
  }

  #record({ errorBudget }: Policy, ledger: Ledger): void {
    const ok = this.#draw.chance(0.7);
    errorBudget?.record(ok);
    ledger.recorded++;
    if (!ok) ledger.recordedBad++;
  }

  #jump(): void {
    const by = Math.round((this.#draw.share() - 0.3) * JUMP_MS);
    const before = this.clock.now() - START_MS;
    // What was counted behind the moment that the clock goes back to is forgotten by the bucket.
    if (by < 0 && Math.floor((before + by) / BUCKET_MS) !== Math.floor(before / BUCKET_MS)) return;
    this.clock.set(START_MS + before + by);
    if (by > 0) this.passedMs += by;
  }

  async #restart(): Promise<void> {
    await this.#until(this.holdfast.stop({ drainMs: this.#draw.below(500) }));
    this.violations.expect(
      'timers after a stop, but for calls that go on',
      this.clock.pending - this.#calls.timers,
      0,
    );
    await this.#until(this.holdfast.start());
  }

  async #until(promise: Promise<void>): Promise<void> {
    let over = false;
    const ended = promise.finally(() => {
      over = true;
    });
    for (let turn = 0; !over && turn < MOST_TURNS; turn++) await this.#pass(turn === 0 ? 0 : 50);
    if (!over) this.violations.add('a start or a stop does not end');
    else await ended;
  }

  async #pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    this.passedMs += ms;
    this.livedMs += ms;
  }

  #did(what: string): void {
    this.did[what] = (this.did[what] ?? 0) + 1;
  }
}
