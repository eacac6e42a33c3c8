// What a number may be, and how that is said.

/** What an option that is a number allows. Without more: any finite number. */
export interface NumberRule {
  /** Bounds that are themselves allowed, and bounds that are not. */
  atLeast?: number;
  above?: number;
  atMost?: number;
  below?: number;
  /** Whole numbers only, up to 2⁵³. */
  whole?: boolean;
  /** Infinity too. */
  infinite?: boolean;
  /** It is a duration in ms. */
  ms?: boolean;
}

/** Whether a value is a number that the rule allows. */
export function isAllowed(value: unknown, rule: NumberRule): value is number {
  // What is no number is not finite either.
  if (value === Number.POSITIVE_INFINITY ? rule.infinite !== true : !Number.isFinite(value)) return false;
  return keeps(value as number, rule);
}

function keeps(value: number, rule: NumberRule): boolean {
  if (rule.whole === true && Number.isFinite(value) && !Number.isSafeInteger(value)) return false;
  return (
    !(value < (rule.atLeast ?? value)) &&
    !(value > (rule.atMost ?? value)) &&
    (rule.above === undefined || value > rule.above) &&
    (rule.below === undefined || value < rule.below)
  );
}

/** The rule as a noun: "a whole number of at least 1", "a duration above 0 ms", "a number from 0 to 1". */
export function sayRule(rule: NumberRule): string {
  const said = sayFinite(rule);
  return rule.infinite === true ? `${said}, or Infinity` : said;
}

function sayFinite({ atLeast, above, atMost, below, whole, ms }: NumberRule): string {
  const unit = ms === true ? ' ms' : '';
  const noun = ms === true ? 'a duration' : whole === true ? 'a whole number' : 'a number';
  if (atLeast !== undefined && atMost !== undefined) return `${noun} from ${atLeast} to ${atMost}${unit}`;
  const bounds = [
    atLeast === undefined ? '' : `of at least ${atLeast}`,
    above === undefined ? '' : `above ${above}`,
    atMost === undefined ? '' : `${above === undefined ? 'of ' : ''}at most ${atMost}`,
    below === undefined ? '' : `below ${below}`,
  ].filter((bound) => bound !== '');
  if (bounds.length > 0) return `${noun} ${bounds.join(' and ')}${unit}`;
  return ms === true ? 'a duration in ms' : whole === true ? noun : 'a finite number';
}
