import { OptionsError } from '../../base/errors.ts';
import { readOptions } from '../../base/options.ts';
import { checkedCheck, checkName, type HealthCheck, runCheck } from './check.ts';

/** How many of several checks must be well. */
export type CompositeOptions =
  | { all: readonly HealthCheck[] }
  | { any: readonly HealthCheck[] }
  | { atLeast: number; of: readonly HealthCheck[] };

/** Is well when all, any, or at least so many of its checks are. They run side by side. */
export function composite(name: string, options: CompositeOptions): HealthCheck {
  const path = `composite(${checkName('composite', name)})`;
  const o = readOptions(path, options, ['all', 'any', 'atLeast', 'of']);
  const given = (['all', 'any', 'of'] as const).filter((kind) => o.has(kind));
  if (given.length !== 1) {
    const received = given.length === 0 ? 'none' : given.join(' and ');
    throw new OptionsError({ path, expected: 'one of all, any, or atLeast with of', received });
  }
  const [kind] = given;
  const checks = o.array(kind, (item, itemPath) => checkedCheck(itemPath, item));
  if (checks.length === 0) o.refuse(kind, 'at least one check');
  if (kind !== 'of' && o.has('atLeast')) o.refuse('atLeast', 'no number beside all or any');
  const most = checks.length;
  const needed =
    kind === 'all'
      ? most
      : kind === 'any'
        ? 1
        : o.number('atLeast', { whole: true, atLeast: 1, atMost: most });
  return {
    name,
    kind: 'composite',
    run: async (context) => {
      const ends = await Promise.allSettled(checks.map((check) => runCheck(check, context)));
      const errors = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
      const well = most - errors.length;
      if (well >= needed) return;
      const ill = checks.filter((_, index) => ends[index].status === 'rejected').map((check) => check.name);
      throw new AggregateError(
        errors,
        `${name}: ${well} of ${most} are well, ${needed} are needed; ill: ${ill.join(', ')}`,
      );
    },
  };
}
