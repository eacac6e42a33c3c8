// The engines, each in a process of its own that waits for its turn: so no call site sees two of them, and rounds of
// the same decision are still taken within milliseconds of each other.

import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import { createInterface, type Interface } from 'node:readline';
import { again, askedFor } from '../support/again.ts';
import { bareAwaitRound } from '../support/bare-await.ts';
import { cases } from './cases.ts';
import { type EngineWord, prepared } from './measured.ts';

const FLAG = '--engine=';

/** What a process of this program is to be, when it is one of ours. */
export function engineAsked(): EngineWord | undefined {
  return askedFor(FLAG) as EngineWord | undefined;
}

/** Answers numbers of cases with what a decision took, a line each, until nobody asks any more. */
export async function answerRounds(engine: EngineWord): Promise<void> {
  let ready = -1;
  let round: () => number | Promise<number> = () => Number.NaN;
  for await (const line of createInterface({ input: process.stdin })) {
    const asked = Number(line);
    if (asked !== ready) round = engine === 'await' ? bareAwaitRound : prepared(cases[asked], engine);
    ready = asked;
    process.stdout.write(`${await round()}\n`);
  }
}

/** A process that plays one engine. */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(engine: EngineWord) {
    this.#child = spawn(process.execPath, again(FLAG + engine), { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines: Interface = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream });
    this.#answers = lines[Symbol.asyncIterator]();
  }

  /** Nanoseconds a decision took in one round. */
  async round(index: number): Promise<number> {
    this.#child.stdin?.write(`${index}\n`);
    const { value, done } = await this.#answers.next();
    if (done || !Number.isFinite(Number(value))) throw new Error(`${cases[index].name}: was not measured`);
    return Number(value);
  }

  end(): void {
    this.#child.stdin?.end();
  }
}
