// A file of assembly/ with all its mutants in it at once: beside each piece of right code stand its wrong ones, and a
// global says which is in force. So a hundred mutants cost one compilation.
//
//    if (before < limit) return 1;
//    if ((mutant == 7 ? (before <= limit) : mutant == 8 ? (before >= limit) : (before < limit))) return 1;
//
// Each turn of a loop costs a breath, and who is out of breath traps: an endless mutant needs no watch-dog.

/** The module with the global; index.ts exports it. */
export const MUTANT_FILE = 'assembly/mutant.ts';
export const MUTANT_SOURCE = `@external('env', 'reached')
export declare function reached(site: i32): i32;
export let mutant: i32 = 0;
export let breath: i32 = 0;
export function turn(): void {
  if (breath-- <= 0) unreachable();
}
`;
export const MUTANT_EXPORT = "\nexport { breath, mutant } from './mutant';\n";

/** The same where the host is asked which mutant is in force: a binary for the harness may have no globals. */
export const ASKING_SOURCE = `@external('env', 'reached')
export declare function reached(site: i32): i32;
@external('env', 'mutant')
export declare function mutant(): i32;
export function turn(): void {}
`;

/** `numbered`: mutants with the number by which they are put in force, from 1; `asks`: whether the host is asked. */
export function withAll(source, numbered, loops, { asks = false } = {}) {
  return assembled(source, numbered, loops, (site) => ({ ...site, mutant: asks ? 'mutant()' : 'mutant' }));
}

/** The file as it is, but it says which mutants' places are reached: `siteOf` says by which number. */
export function withReach(source, numbered, loops) {
  return assembled(source, numbered, loops, (site) => ({ ...site, reach: site.others[0].number }));
}

/** The number by which the place of each mutant says that it is reached. */
export function siteNumbers(numbered) {
  const sites = sitesOf('', numbered);
  return new Map(
    [...sites.values()].flatMap(({ others }) => others.map((each) => [each.number, others[0].number])),
  );
}

function sitesOf(source, numbered) {
  const sites = new Map();
  for (const { number, mutant } of numbered) {
    const { start, end, statement } = mutant.site;
    const key = `${start} ${end}`;
    const site = sites.get(key) ?? { start, end, statement, others: [] };
    site.others.push({ number, text: edited(source, mutant, mutant.site) });
    sites.set(key, site);
  }
  return sites;
}

function assembled(source, numbered, loops, each) {
  const sites = [...sitesOf(source, numbered).values()].map(each);
  const text = emitted(source, nested([...loopsOf(source, loops), ...sites]), 0, source.length);
  return headed(
    text,
    source,
    numbered.map(({ mutant }) => mutant),
  );
}

/** The file with one mutant in place of what is right. */
export function withOne(source, mutant, loops) {
  const inside = edited(source, mutant, { start: 0, end: source.length });
  // Loops that the edit moves along; none is edited at its brace.
  const by = mutant.text.length - (mutant.end - mutant.start);
  const moved = loops.map(({ start, end, ...rest }) => ({
    ...rest,
    start: start > mutant.start ? start + by : start,
    end: end >= mutant.end ? end + by : end,
  }));
  const kept = moved.filter(({ start, end }) => end > start);
  return headed(emitted(inside, nested(loopsOf(inside, kept)), 0, inside.length), source, [mutant]);
}

/** With what the mutants need that the file does not import: words of the layout. */
function headed(text, source, mutants) {
  const needed = mutants.filter(({ what }) => what === 'layout').map((mutant) => mutant.text);
  const [imports = ''] = /import [^;]* from .\.\/layout.;/.exec(source) ?? [];
  const missing = [...new Set(needed)].filter((name) => !new RegExp(`\\b${name}\\b`).test(imports));
  const layout = missing.length > 0 ? `import { ${missing.join(', ')} } from './layout';\n` : '';
  return `import { mutant, reached, turn } from './mutant';\n${layout}${text}`;
}

const edited = (source, { start, end, text }, within) =>
  source.slice(within.start, start) + text + source.slice(end, within.end);

const loopsOf = (source, loops) =>
  loops.map(({ start, end }) => ({ start, end, loop: true, block: source[start] === '{' }));

/** Ranges as a tree: each with those inside it. */
function nested(ranges) {
  const roots = [];
  const open = [];
  for (const range of ranges.sort((a, b) => a.start - b.start || b.end - a.end || (a.loop ? -1 : 1))) {
    const node = { ...range, inner: [] };
    while (open.length > 0 && open[open.length - 1].end <= node.start) open.pop();
    (open[open.length - 1]?.inner ?? roots).push(node);
    open.push(node);
  }
  return roots;
}

function emitted(source, nodes, from, to) {
  let text = '';
  let at = from;
  for (const node of nodes) {
    text += source.slice(at, node.start) + wrapped(node, emitted(source, node.inner, node.start, node.end));
    at = node.end;
  }
  return text + source.slice(at, to);
}

function wrapped({ loop, block, statement, others, reach, mutant }, right) {
  if (loop) return block ? `{ turn(); ${right.slice(1)}` : `{ turn(); ${right} }`;
  if (reach) return statement ? `{ reached(${reach}); ${right} }` : `(reached(${reach}), ${right})`;
  if (statement) {
    const wrong = others.map(({ number, text }) => `if (${mutant} == ${number}) { ${text} } else `);
    return `{ ${wrong.join('')}{ ${right} } }`;
  }
  return `(${others.map(({ number, text }) => `${mutant} == ${number} ? (${text}) : `).join('')}(${right}))`;
}
