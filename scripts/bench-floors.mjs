// Ratios that a bench must keep, well under the usual: bench/floors.json.
//
// `atMost` is for what a call costs beside its baseline, `atLeast` for what threads or batches bring.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

/** Each: `file` (bench/<file>.bench.ts), `table`, `row`, `atMost` or `atLeast`, and the `usual` ratio. */
export function readFloors() {
  return JSON.parse(readFileSync(join(root, 'bench/floors.json'), 'utf8'));
}

/** Those that results do not keep. A figure that is not there keeps nothing. */
export function brokenFloors(floors, results) {
  return floors.flatMap((floor) => {
    const { table, row, atMost = Number.POSITIVE_INFINITY, atLeast = 0 } = floor;
    const ratio = results[table]?.rows.find(({ name }) => name === row)?.ratio;
    if (ratio === undefined) return [{ floor, said: `${table}: ${row}: was not measured` }];
    if (ratio <= atMost && ratio >= atLeast) return [];
    const bound = atLeast > 0 ? `under its floor of ${atLeast}` : `over its ${atMost}`;
    return [{ floor, said: `${table}: ${row}: ${ratio.toFixed(2)} × its baseline is ${bound}` }];
  });
}
