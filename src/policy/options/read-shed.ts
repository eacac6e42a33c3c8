/**
 * Shedding: refuses calls of low priority while the system is degraded.
 */

import type { Draft, PolicyReader } from './policy-reader.ts';

/**
 * At each level of degradation, the lowest priority that is still let through: a whole number from 0, all, to 8,
 * none. A worse level lets no more through than a better one.
 */
export interface ShedOptions {
  /** 2 by default. */
  degraded?: number;
  /** 4 by default, or `degraded` where that is more. */
  severelyDegraded?: number;
  /** 6 by default, or `severelyDegraded` where that is more. */
  emergency?: number;
}

export const SHED = ['degraded', 'severelyDegraded', 'emergency'] as const;

const ALL = 8;

export function readShed(o: PolicyReader, { shape, numbers }: Draft): void {
  const degraded = readPriority(o, 'degraded', 2, 0);
  const severely = readPriority(o, 'severelyDegraded', 4, degraded);
  numbers.shedDegraded = degraded;
  numbers.shedSeverely = severely;
  numbers.shedEmergency = readPriority(o, 'emergency', 6, severely);
  shape.shed = true;
}

function readPriority(o: PolicyReader, name: string, usual: number, atLeast: number): number {
  return o.number(name, { whole: true, atLeast, atMost: ALL, default: Math.max(usual, atLeast) });
}
