import type { Machine } from './machine.ts';
import { Flaw } from './scenario.ts';
import { type Access, races } from './site.ts';

/** Throws when two threads stand before accesses that race with each other. */
export function refuseRaces(machine: Machine): void {
  const { ready, threads, scenario } = machine;
  for (const t of ready) {
    for (const u of ready) {
      const [a, b] = [threads[t].next as Access, threads[u].next as Access];
      if (t >= u || !races(a, b)) continue;
      const where = scenario.nameOf?.(a.address) ?? `@${a.address}`;
      throw new Flaw(`data race on ${where}: T${t} at ${a.site.label}, T${u} at ${b.site.label}`);
    }
  }
}
