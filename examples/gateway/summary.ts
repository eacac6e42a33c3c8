// What is in a JSON document, whatever its depth.

export interface Summary {
  bytes: number;
  depth: number;
  objects: number;
  arrays: number;
  strings: number;
  numbers: number;
  booleans: number;
  nulls: number;
  /** Names at the top, at most twenty. */
  keys: string[];
}

const MOST_KEYS = 20;

/** Counts without recursion: a document may be nested deeper than a stack is. */
export function summarise(document: unknown, bytes: number): Summary {
  const summary: Summary = {
    bytes,
    depth: 0,
    objects: 0,
    arrays: 0,
    strings: 0,
    numbers: 0,
    booleans: 0,
    nulls: 0,
    keys: topKeys(document),
  };
  let level = [document];
  while (level.length > 0) {
    const next: unknown[] = [];
    for (const value of level) count(summary, value, next);
    if (level.some((value) => typeof value === 'object' && value !== null)) summary.depth++;
    level = next;
  }
  return summary;
}

function count(summary: Summary, value: unknown, next: unknown[]): void {
  if (Array.isArray(value)) {
    summary.arrays++;
    for (const item of value) next.push(item);
  } else if (typeof value === 'object' && value !== null) {
    summary.objects++;
    for (const item of Object.values(value)) next.push(item);
  } else if (typeof value === 'string') summary.strings++;
  else if (typeof value === 'number') summary.numbers++;
  else if (typeof value === 'boolean') summary.booleans++;
  else summary.nulls++;
}

function topKeys(document: unknown): string[] {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return [];
  return Object.keys(document).slice(0, MOST_KEYS);
}
