// The doors of all policies: while a runtime drains they are closed to new calls.

import { HEADER_PHASE } from '../../assembly/layout.ts';
import type { StatePlane } from '../state/plane.ts';

/** Closes (true) or opens the doors of all policies, in every thread. */
export function setDraining(plane: StatePlane, draining: boolean): void {
  Atomics.store(plane.i32, HEADER_PHASE >> 2, draining ? 1 : 0);
}
