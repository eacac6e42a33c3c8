import { OptionsError } from '../../base/errors.ts';
import { type CheckContext, checkName, type HealthCheck } from './check.ts';

/** A check of one's own: it is well unless the function throws, rejects, or gives `false`. */
export function ping(name: string, probe: (context: CheckContext) => unknown): HealthCheck {
  if (typeof probe !== 'function') {
    throw new OptionsError({ path: 'ping(probe)', expected: 'a function', received: typeof probe });
  }
  return { name: checkName('ping', name), kind: 'ping', run: probe };
}
