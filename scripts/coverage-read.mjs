// What a coverage report says of one source, less what is excluded with a reason.

/** The gaps of one file: `lines` never run, `branches` never taken; `total` of each. */
export function gapsOf({ statementMap, s, branchMap, b }, source) {
  const texts = source.split('\n');
  const lines = Object.keys(s)
    .map((id) => ({ line: statementMap[id].start.line, covered: s[id] > 0 }))
    // An empty line is no code.
    .filter(({ line }) => (texts[line - 1] ?? '').trim() !== '');
  const branches = Object.keys(b).flatMap((id) =>
    branchMap[id].locations.map(({ start, end }, which) => ({
      line: start.line,
      to: end.line,
      text: texts[start.line - 1]?.slice(start.column, end.line === start.line ? end.column : undefined),
      covered: b[id][which] > 0,
    })),
  );
  return { lines, branches };
}

/**
 * The lines that an exclusion speaks of: those whose text, trimmed, is its `text`; with `block`, through the next
 * line that is indented as far, which closes what begins there. Every such place, or with `nth` one of them, from 1.
 */
export function linesOf({ text, block = false, nth }, source) {
  const texts = source.split('\n');
  const found = texts.flatMap((each, index) => (each.trim() === text ? [index] : []));
  const chosen = nth === undefined ? found : found.slice(nth - 1, nth);
  const all = new Set();
  for (const first of chosen) {
    all.add(first + 1);
    if (!block) continue;
    const indent = /^ */.exec(texts[first])[0];
    for (let next = first + 1; next < texts.length; next++) {
      all.add(next + 1);
      if (new RegExp(`^${indent}\\S`).test(texts[next])) break;
    }
  }
  return all;
}

/**
 * Takes from the gaps of one file what its exclusions name. An exclusion that finds no such line is in `lost`; one
 * whose place was run after all is in `needless`, unless it says that chance decides (`chance: true`).
 */
export function exclude({ lines, branches }, exclusions, source) {
  const lost = [];
  const needless = [];
  let kept = { lines, branches };
  for (const exclusion of exclusions) {
    const named = linesOf(exclusion, source);
    if (named.size === 0) {
      lost.push(exclusion);
      continue;
    }
    const left = {
      lines: kept.lines.filter(({ line, covered }) => covered || !named.has(line)),
      // A branch that ends where the block begins stands before it.
      branches: kept.branches.filter(
        ({ line, to, covered }) => covered || !(named.has(line) || (to > line + 1 && named.has(line + 1))),
      ),
    };
    const took = kept.lines.length + kept.branches.length - left.lines.length - left.branches.length;
    if (took === 0 && !exclusion.chance) needless.push(exclusion);
    kept = left;
  }
  return { ...kept, lost, needless };
}
