// Options that were once taken or refused as they should not be, to be built; `odd` stands for what JSON has not.

import { odd } from '../anything.ts';

export const POLICIES: readonly unknown[] = [
  { timeout: { attemptMs: odd('revokedFunction') } },
  { circuitBreaker: { consecutiveFailures: 1, openMs: odd('revokedFunction') } },
  { retry: { backoff: odd('trappingArray') } },
  odd('revoked'),
];

export const CHANGES: readonly unknown[] = [
  odd('revoked'),
  { rateLimiter: odd('throwingGetter') },
  { bulkhead: odd('revokedArray') },
];

export const SNAPSHOTS: readonly unknown[] = [
  odd('revoked'),
  odd('trapping'),
  {
    version: 1,
    name: '',
    takenAt: 0,
    errorBudget: { recent: [odd('trappingArray')], window: [odd('revokedArray')] },
  },
];

export const LIMITERS: readonly unknown[] = [
  { permitsPerSecond: odd('throwingGetter') },
  { permitsPerSecond: 1, perKey: odd('revoked') },
];

export const SETTINGS: readonly unknown[] = [
  { clock: null },
  { clock: odd('revoked') },
  { clock: odd('trapping') },
  { name: null },
];

export const RUNTIMES: readonly unknown[] = [
  odd('throwingGetter'),
  { policies: null },
  { policies: { a: odd('revoked') } },
  { policies: odd('throwingGetter') },
  { workers: odd('revokedArray') },
  { metrics: { registry: odd('trapping') } },
  { name: odd('noText') },
];

export const COMPONENTS: readonly unknown[] = [
  { name: 'a', dependsOn: [odd('bigint')] },
  { name: 'a', dependsOn: [odd('cyclic')] },
  { name: 'a', dependsOn: odd('revokedArray') },
];

export const DRIVES: readonly unknown[] = [{ budget: odd('trappingArray') }, { check: odd('revokedArray') }];
