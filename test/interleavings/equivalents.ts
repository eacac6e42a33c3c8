/**
 * Mutants of the shipped kernels that no scenario can find, because nobody could ever tell them from the right code:
 * by name, each with the reason. There is none at present. A mutant that survives and is not here fails the tests, and
 * so does a reason for one that is found.
 *
 * ```ts
 * 'markMove cmpxchg64 BREAKER_MARK blind': 'whoever comes late finds the mark of a later generation before it stores, …'
 * ```
 */
export const EQUIVALENTS: Readonly<Record<string, string>> = {};
