// Charts of results: bars on a logarithmic scale, each with its ratio, readable on light and on dark.

const WIDTH = 860;
const NAMES = 330;
const RIGHT = 130;
const BAR = 16;
const STEP = 26;
const TOP = 64;

/** Which rows of which table make a chart, all or those whose names begin with `of`, and what it says above them. */
const CHARTS = [
  {
    file: 'calls',
    title: 'A protected call that succeeds',
    table: 'policies',
    says: 'nanoseconds, logarithmic; × a bare await in the same run',
  },
  {
    file: 'refusals',
    title: 'A call that is refused',
    table: 'refusals',
    says: 'nanoseconds, logarithmic; × the baseline of the same run',
  },
  {
    file: 'keys',
    title: 'A keyed limiter, by live keys',
    table: 'keys',
    says: 'nanoseconds a decision, logarithmic; × a thousand keys',
  },
  {
    file: 'offload',
    title: 'A task on a thread that only answers',
    table: 'offload',
    says: 'microseconds, logarithmic; × Piscina by itself, of the same kind',
    of: 'task of 0 ms, ',
  },
];

/** SVG texts by file name, one for each chart and runtime that has the table. */
export function chartsOf(all) {
  const charts = {};
  for (const { name, results } of all) {
    for (const { file, table, of = '', ...chart } of CHARTS) {
      const rows = results[table]?.rows
        .filter(({ name, ns }) => ns > 0 && name.startsWith(of))
        .map((row) => ({ ...row, name: row.name.slice(of.length) }));
      if (rows?.length > 1)
        charts[`${file}-${name}.svg`] = bars({ ...chart, rows, runtime: results.machine });
    }
  }
  return charts;
}

function bars({ title, says, rows, runtime }) {
  const room = WIDTH - NAMES - RIGHT;
  const [least, most] = [Math.min(...rows.map(({ ns }) => ns)), Math.max(...rows.map(({ ns }) => ns))];
  // The scale begins well below the smallest bar, so that none has no length.
  const from = Math.floor(Math.log10(least) - 0.5);
  const to = Math.max(from + 1, Math.log10(most));
  const x = (value) => NAMES + ((Math.log10(value) - from) / (to - from)) * room;
  const height = TOP + rows.length * STEP + 30;
  const ticks = Array.from({ length: Math.floor(to) - from + 1 }, (_, index) => 10 ** (from + index));
  const grid = ticks.map((tick) => {
    const at = x(tick).toFixed(1);
    return `<path class="grid" d="M${at} ${TOP - 6}V${height - 26}"/><text class="small" x="${at}" y="${height - 10}" text-anchor="middle">${short(tick)}</text>`;
  });
  const lines = rows.map(({ name, ns, unit = 'ns', ratio }, index) => {
    const y = TOP + index * STEP;
    const end = x(ns);
    const kind = ratio === 1 ? 'base' : PEERS.test(name) ? 'peer' : 'own';
    const said = `${short(ns)} ${unit} · ${ratio < 100 ? ratio.toFixed(ratio < 10 ? 2 : 1) : ratio.toFixed(0)} ×`;
    return [
      `<text x="${NAMES - 10}" y="${y + 12}" text-anchor="end">${escaped(cut(name))}</text>`,
      `<rect class="${kind}" x="${NAMES}" y="${y}" width="${Math.max(2, end - NAMES).toFixed(1)}" height="${BAR}" rx="2"/>`,
      `<text class="small" x="${(end + 6).toFixed(1)}" y="${y + 12}">${said}</text>`,
    ].join('\n');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}">
<style>${STYLE}</style>
<text class="title" x="10" y="24">${escaped(title)}</text>
<text class="small" x="10" y="44">${escaped(`${runtime}; ${says}`)}</text>
${[...grid, ...lines].join('\n')}
</svg>
`;
}

const PEERS = /cockatiel|opossum|rate-limiter-flexible|p-limit|limiter \(npm\)|piscina|poolifier/i;

const STYLE = `text{font:13px system-ui,sans-serif;fill:#24292f}.small{font-size:11px;fill:#57606a}.title{font-size:16px;font-weight:600}
.grid{stroke:#d0d7de;fill:none}.base{fill:#8c959f}.own{fill:#1a7f64}.peer{fill:#bf8700}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9198a1}.grid{stroke:#30363d}.base{fill:#6e7681}.own{fill:#3fb28f}.peer{fill:#d29922}}`;

function short(value) {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`;
  if (value >= 1e4) return `${Number((value / 1e3).toPrecision(3))} k`;
  return String(Number(value.toPrecision(3)));
}

function cut(name) {
  return name.length <= 50 ? name : `${name.slice(0, 49)}…`;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
