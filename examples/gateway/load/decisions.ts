// What Holdfast decided, as its metrics tell it: counters, before and after.

/** Counters that are decisions, and how they are said. */
const SAID: readonly (readonly [metric: RegExp, said: (labels: Labels) => string])[] = [
  [
    /^circuit_breaker_state_changes_total$/,
    ({ from_state, to_state }) => `circuit ${from_state} → ${to_state}`,
  ],
  [
    /^circuit_breaker_requests_total$/,
    ({ result }) => (result === 'rejected' ? 'refused by the circuit' : ''),
  ],
  [/^rate_limiter_rejected_total$/, () => 'refused by the rate limiter'],
  [/^bulkhead_rejected_total$/, () => 'refused by the bulkhead'],
  [/^retry_attempts_total$/, () => 'retries'],
  [/^timeouts_total$/, ({ scope }) => `timeouts of ${scope === 'total' ? 'a call' : 'an attempt'}`],
  [/^chaos_injections_total$/, ({ kind }) => `chaos: ${kind}`],
  [/^pool_workers_lost_total$/, () => 'threads lost'],
];

type Labels = Record<string, string>;
export type Decisions = ReadonlyMap<string, number>;

/** Counts so far, by what is said of them. */
export async function decisionsOf(adminUrl: string, token: string): Promise<Decisions> {
  const response = await fetch(`${adminUrl}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`/metrics answers ${response.status}`);
  const counts = new Map<string, number>();
  for (const line of (await response.text()).split('\n')) {
    const found = /^holdfast_(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (found === null) continue;
    const [, metric, text = '', value] = found;
    const labels = Object.fromEntries(
      [...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, label]) => [name, label]),
    );
    const say = SAID.find(([pattern]) => pattern.test(metric))?.[1](labels);
    if (!say) continue;
    const who = labels.policy ?? labels.name ?? labels.limiter ?? labels.bulkhead ?? 'pool';
    const key = `${who}: ${say}`;
    counts.set(key, (counts.get(key) ?? 0) + Number(value));
  }
  return counts;
}

/** What came in between, most frequent first. */
export function since(before: Decisions, after: Decisions): [said: string, times: number][] {
  return [...after]
    .map(([said, times]): [string, number] => [said, times - (before.get(said) ?? 0)])
    .filter(([, times]) => times > 0)
    .sort(([, a], [, b]) => b - a);
}
