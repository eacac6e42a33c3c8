import { holdfast, type TaskContext } from '../../src/worker.ts';

/** What the manager says, as a task is told. */
export async function ask(component: string, { manager }: TaskContext) {
  const [health, snapshot, level, highest] = await Promise.all([
    manager.health(),
    manager.snapshot('send'),
    manager.degradation(component),
    manager.degradation(),
  ]);
  return { health, snapshot, level, highest };
}

export async function askAbout(policy: string, { manager }: TaskContext) {
  return await manager.snapshot(policy);
}

export async function echoLater(value: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 2));
  return value;
}

export function use(policy: string): boolean {
  return holdfast.policy(policy).tryAcquire().ok;
}

/** Says that it runs, and does not look up until it is told to. */
export function deaf(words: Int32Array): void {
  Atomics.store(words, 0, 1);
  while (Atomics.load(words, 1) === 0) Atomics.wait(words, 1, 0, 1_000);
}

/** Ends at once, and leaves a call behind: it ends when the second word is set, or when it is aborted. */
export function leaveCall(words: Int32Array): void {
  const call = holdfast.policy('send').execute(({ signal }) => {
    Atomics.store(words, 0, 1);
    return new Promise<void>((resolve) => {
      // Its thread is ended right after the abort.
      signal.addEventListener('abort', () => Atomics.store(words, 2, 2));
      const look = () => {
        if (Atomics.load(words, 1) === 0) {
          setTimeout(look, 1);
          return;
        }
        Atomics.store(words, 2, 1);
        resolve();
      };
      look();
    });
  });
  call.catch(() => {});
}
