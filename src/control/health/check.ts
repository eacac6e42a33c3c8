// What a health check is.

import { readSafely, refuseValue } from '../../base/options.ts';

/** What a check is told. */
export interface CheckContext {
  /** Aborted when the check has taken too long. */
  readonly signal: AbortSignal;
}

/** Asks one thing whether it is well. Made by `ping`, `tcp`, `http`, `threshold`, `composite`, or by hand. */
export interface HealthCheck {
  readonly name: string;
  /** What kind of check it is, for metrics: `ping`, `tcp` …; `custom` by default. */
  readonly kind?: string;
  /** It is well unless this throws, rejects, or gives `false`. */
  run(context: CheckContext): unknown;
}

/** Refuses what is no check. */
export function checkedCheck(path: string, check: unknown): HealthCheck {
  const given = check as HealthCheck | null | undefined;
  const fits = readSafely(
    path,
    () => typeof given?.run === 'function' && typeof given.name === 'string' && given.name !== '',
  );
  if (fits) return given as HealthCheck;
  return refuseValue(
    path,
    'a check: { name, run }, as ping, tcp, http, threshold and composite make them',
    check,
  );
}

/** Runs a check: resolves when it is well, rejects with why it is not. */
export async function runCheck(check: HealthCheck, context: CheckContext): Promise<void> {
  if ((await check.run(context)) === false) throw new Error(`${check.name}: the check said false`);
}

export function checkName(path: string, name: unknown): string {
  if (typeof name === 'string' && name !== '') return name;
  return refuseValue(`${path}(name)`, 'a text that is not empty', name);
}
