// How a scene says what changes a metric of a policy.

import type { PolicyOptions } from '../../../src/policy/options/policy-options.ts';
import type { CallContext } from '../../../src/policy/types.ts';
import type { given } from '../given.ts';

export type Scene = ReturnType<typeof given>;
type Operation = (context: CallContext) => unknown;

export const boom = () => Promise.reject(new Error('boom'));
export const never = () => new Promise(() => {});

/** One policy called `send`, and the series that changes. `labels`: those besides the policy's name. */
export function change(
  policy: PolicyOptions,
  series: string,
  [from, to]: [number | undefined, number],
  act: (send: ReturnType<Scene['holdfast']['policy']>, scene: Scene) => unknown,
) {
  return {
    options: { policies: { send: policy } },
    series,
    from,
    to,
    act: (scene: Scene) => act(scene.holdfast.policy('send'), scene),
  };
}

/** Runs an operation that takes so long, whatever comes of it. */
export async function taking(scene: Scene, ms: number, operation: Operation = () => 'done') {
  const { holdfast, clock } = scene;
  const atMs = clock.now() + ms;
  const call = holdfast.policy('send').execute(async (context) => {
    await new Promise<void>((resolve) => clock.setTimer(atMs, resolve));
    return operation(context);
  });
  call.catch(() => {});
  await clock.advance(ms);
  await call.catch(() => {});
}
