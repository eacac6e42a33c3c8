// What a virtual thread does: kernel calls one after the other, each free to depend on what came before.

import { LOOK } from './site.ts';

/** One kernel call, as a program yields it. */
export interface Call {
  readonly kernel: string;
  readonly args: readonly number[];
}

/**
 * Yields calls and is sent their results. It may be run any number of times up to any of its calls, so it
 * depends on nothing but those results.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a program may simply end
export type Program = () => Generator<Call, unknown | void, number>;

/** For the exports of a binary, functions of the same names that describe a call instead of making it. */
export type Calls<K> = {
  readonly [N in keyof K]: K[N] extends (...args: infer A) => unknown ? (...args: A) => Call : never;
};

export function callsOf<K>(): Calls<K> {
  const describe =
    (_: object, kernel: string) =>
    (...args: number[]): Call => ({ kernel, args });
  return new Proxy({}, { get: describe }) as Calls<K>;
}

/** The host reads a word of 32 bits, atomically. */
export function look(address: number): Call {
  return { kernel: LOOK.kernel, args: [address] };
}

/** The host waits as long as a word has this value; the result is the one it then has. */
export function waitWhile(address: number, value: number): Call {
  return { kernel: LOOK.kernel, args: [address, value] };
}

export function waits(call: Call): boolean {
  return call.kernel === LOOK.kernel && call.args.length === 2;
}

/** A program that makes these calls whatever they return. */
export function inTurn(...calls: readonly Call[]): Program {
  return function* () {
    yield* calls;
  };
}

/** Finds a program's next call from the results so far, and remembers it. */
export class Script {
  private readonly program: Program;
  private readonly known = new Map<string, Call | undefined>();

  constructor(program: Program) {
    this.program = program;
  }

  /** Undefined when the program ends there. */
  next(results: readonly number[]): Call | undefined {
    const key = results.join();
    if (!this.known.has(key)) this.known.set(key, this.replay(results));
    return this.known.get(key);
  }

  private replay(results: readonly number[]): Call | undefined {
    const running = this.program();
    let turn = running.next();
    for (const result of results) turn = running.next(result);
    return turn.done ? undefined : turn.value;
  }
}
