// The manager, as a task can ask it.

import type { PolicySnapshot } from '../policy/snapshot.ts';
import type { ControlChannel } from './control-channel.ts';
import type { ManagerHealth, ManagerLevel, ManagerSide } from './control-sides.ts';

/**
 * A narrow part of the runtime's manager, on the main thread. Each question is a message there and back, so none
 * belongs on the path of a call: what decides about calls is in the shared memory. Each rejects with a
 * `TimeoutError` when no answer has come after a second.
 */
export interface TaskManager {
  /** Whether the service is ready and live, and the state of each check. */
  health(): Promise<ManagerHealth>;
  /** What `policy(name).snapshot()` gives. Rejects with an `UnknownPolicyError`. */
  snapshot(policy: string): Promise<PolicySnapshot>;
  /** A component's level, or the highest of all. */
  degradation(component?: string): Promise<ManagerLevel>;
}

const ANSWER_MS = 1_000;

type Channel = ControlChannel<ManagerSide>;
let channel: Promise<Channel> | undefined;

/** Makes the manager known to this thread's tasks. */
export function enterManager(opened: Promise<Channel>): void {
  channel = opened;
}

async function manager(): Promise<Channel> {
  if (channel === undefined) throw new Error('there is no manager: this thread is in no pool');
  return await channel;
}

export const taskManager: TaskManager = Object.freeze({
  health: async () => (await manager()).ask('health', [], ANSWER_MS),
  snapshot: async (policy: string) => (await manager()).ask('snapshot', [policy], ANSWER_MS),
  degradation: async (component?: string) => (await manager()).ask('degradation', [component], ANSWER_MS),
});
