import { readOptions } from '../../base/options.ts';
import { checkName, type HealthCheck } from './check.ts';

export interface ThresholdOptions {
  /** The reading; NaN is never well. */
  read: () => number | PromiseLike<number>;
  /** Bounds that are themselves well. At least one of them. */
  min?: number;
  max?: number;
}

/** Is well while a reading stays within bounds. */
export function threshold(name: string, options: ThresholdOptions): HealthCheck {
  const o = readOptions(`threshold(${checkName('threshold', name)})`, options, ['read', 'min', 'max']);
  const read = o.fn<ThresholdOptions['read']>('read');
  const min = o.number('min', { infinite: true, optional: true });
  const max = o.number('max', { infinite: true, optional: true });
  if (min === undefined && max === undefined) o.refuse('max', 'a bound: min, max or both');
  if (min !== undefined && max !== undefined && min > max)
    o.refuse('max', `a number of at least min, ${min}`);
  return {
    name,
    kind: 'threshold',
    run: async () => {
      const reading = await read();
      if (min !== undefined && !(reading >= min))
        throw new Error(`${name}: ${reading} is not at least ${min}`);
      if (max !== undefined && !(reading <= max))
        throw new Error(`${name}: ${reading} is not at most ${max}`);
    },
  };
}
