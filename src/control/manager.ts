// The narrow part of the manager that tasks may ask, over their thread's control channel.

import type { Policy } from '../policy/policy.ts';
import type { ManagerSide } from '../work/control-sides.ts';
import type { Degradation } from './degradation.ts';
import type { Health } from './health/health.ts';

/** What the answers are made from. */
export interface ManagerSources {
  health(): Health;
  degradation(): Degradation;
  policy(name: string): Policy;
}

export function managerFor({ health, degradation, policy }: ManagerSources): ManagerSide {
  return {
    health() {
      const { ready, live, checks } = health().status();
      return { ready, live, checks: checks.map(({ name, kind, state }) => ({ name, kind, state })) };
    },
    snapshot: (name) => policy(name).snapshot(),
    degradation: (component) => degradation().level(component),
  };
}
