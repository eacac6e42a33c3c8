// What the scenarios of the breaker have in common: calls, and what its words say.

import {
  BREAKER_MARK,
  BREAKER_STATE,
  F_BREAKER,
  R_TURNED,
  S_VERDICT,
  T_HALF_OPENED,
  T_TRIAL,
} from '../../../assembly/layout.ts';
import type { Machine } from '../harness/machine.ts';
import { inTurn, type Program } from '../harness/program.ts';
import type { Scenario } from '../harness/scenario.ts';
import { cell, FENCE, type Given, given, i64At, k, NEXT_FENCE, NOW, owner, row, slot } from '../world.ts';

export const CLOSED = 0;
export const HALF_OPEN = 1;
export const OPEN = 2;

export const admit = (thread: number, now = NOW, fence = FENCE) =>
  k.admit(slot, cell(thread), row(thread), fence, now, 1, 0.5, 0);
export const settle = (thread: number, ticket: number, verdict: number, now = NOW) =>
  k.settle(slot, cell(thread), FENCE, ticket, now, now, verdict, S_VERDICT, -1);
/** Asks to be let in, and says how it went. */
export const attempt = (thread: number, verdict: number): Program =>
  function* () {
    const ticket = yield admit(thread);
    if (ticket >= 0) yield settle(thread, ticket, verdict);
  };

export const state = (vm: Machine) => Number((i64At(vm, BREAKER_STATE) >> 36n) & 7n);
export const generation = (vm: Machine) => Number(i64At(vm, BREAKER_STATE) >> 39n);
/** The low bits of the generation that the mark belongs to, and the time it tells. */
export const markedGeneration = (vm: Machine) => Number(i64At(vm, BREAKER_MARK) & 255n);
export const markedMs = (vm: Machine) => Number(i64At(vm, BREAKER_MARK) >> 8n) / 1_024;
export const undecided = (vm: Machine) => Number((i64At(vm, BREAKER_STATE) >> 24n) & 0xfffn);
/** How many calls of settle answered with this event. */
export const told = (vm: Machine, event: number) =>
  vm.threads
    .flatMap(({ calls }) => calls)
    .filter(({ kernel, result }) => kernel === 'settle' && result & event).length;
export const count = (vm: Machine, word: number) => Number(i64At(vm, word));
/** Whether an answer of admit says that it turned the breaker half-open: a ticket by a flag, a refusal by R_TURNED. */
export const turnedIt = (answer: number) =>
  answer >= 0 ? (answer & T_HALF_OPENED) !== 0 : answer <= -R_TURNED;
export const isTrial = (ticket: number) => ticket >= 0 && (ticket & T_TRIAL) !== 0;

/** A breaker, and nothing else, in such a world. */
export const breaker = (world: Given, scenario: Scenario): Scenario =>
  given({ features: F_BREAKER, ...world }, scenario);

/** It opened two seconds ago, for one second. */
export const dueForTrial = [k.breakerForce(slot, NOW - 2_000, 1_000)];
/** … and thread 0 was given a trial, in generation 2. */
export const onTrial = [...dueForTrial, admit(0)];
export const TRIAL = 2 | T_TRIAL | T_HALF_OPENED;

/** What the manager does about the death of thread 0: its row is free again at once. */
export const revoke = inTurn(
  k.reclaim(slot, cell(0), owner(0), NEXT_FENCE),
  k.grant(cell(0), NEXT_FENCE + 1),
);
