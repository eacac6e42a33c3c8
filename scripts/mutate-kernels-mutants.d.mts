/** A piece of a source's text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** One small mistake: an edit of the text, and the line as it is and as it would be. */
export interface KernelMutant extends Range {
  readonly what: 'operator' | 'constant' | 'function' | 'layout' | 'statement' | 'branch';
  readonly text: string;
  readonly line: number;
  readonly from: string;
  readonly to: string;
  /** What stands beside the right code; none outside of functions. */
  readonly site?: Range & { readonly statement: boolean };
}

export function mutantsOf(
  file: string,
  source: string,
): { readonly mutants: readonly KernelMutant[]; readonly loops: readonly Range[] };
