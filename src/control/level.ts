/** How far a service, or a component of it, is reduced: from nothing to everything off. */
export const LEVELS = ['normal', 'degraded', 'severelyDegraded', 'emergency'] as const;
export type Level = (typeof LEVELS)[number];
