// The figures of the mutants, a row for each folder.

const COLUMNS = ['folder', 'mutants', 'killed', 'timed out', 'explained', 'survived', 'score', 'floor'];

/** `rows`: `{ name, mutants, killed, timedOut, explained, survivors, score, floor }`, survivors as a list. */
export function printTable(rows) {
  const cells = rows.map(({ name, mutants, killed, timedOut, explained, survivors, score, floor }) => [
    name,
    mutants,
    killed,
    timedOut,
    explained,
    survivors.length,
    `${score.toFixed(1)} %`,
    `${floor} %`,
  ]);
  for (const row of [COLUMNS, ...cells]) {
    console.log(
      row.map((cell, index) => (index === 0 ? String(cell).padEnd(9) : String(cell).padStart(10))).join(''),
    );
  }
}
