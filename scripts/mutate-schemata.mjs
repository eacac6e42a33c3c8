// A source with all its mutants in it at once: beside each piece of right code stand its wrong ones, and a number says
// which is in force. So a file is compiled and loaded once, however many mutants it has.
//
//    return before < limit;
//    return (__mutant.n === 7 ? (before <= limit) : __mutant.n === 8 ? (before >= limit) : (before < limit));

/** The module that holds the number, for a file of the copy; threads and processes read it as they begin. */
export const MUTANT_MODULE = `export const mutant = { n: Number(process.env.HOLDFAST_MUTANT ?? -1) };\n`;

/** `source`: of readSource; `first`: the number of its first mutant; `module`: where the number is found. */
export function withAll({ text, mutants }, first, module) {
  const out = emitted(text, mutants, first, (right, host) => switched(text, right, host));
  return `import { mutant as __mutant } from '${module}'; ${out}`;
}

/** The text, where `put(right, host)` stands for each host of mutants: `right` is its text, with what is put in it. */
export function emitted(text, mutants, first, put) {
  return emit(text, 0, text.length, hostsOf(mutants, first), put);
}

/** What has mutants, each with those of its own, in order, an outer one before what is in it. */
function hostsOf(mutants, first) {
  const found = new Map();
  for (const [index, mutant] of mutants.entries()) {
    const { start, end, form } = mutant.host;
    const key = `${start} ${end} ${form}`;
    if (!found.has(key)) found.set(key, { ...mutant.host, mutants: [] });
    found.get(key).mutants.push({ ...mutant, number: first + index });
  }
  const outer = { case: 0, block: 1, expression: 2 };
  return [...found.values()].sort(
    (one, other) => one.start - other.start || other.end - one.end || outer[one.form] - outer[other.form],
  );
}

/** The text from here to there, with what stands in it. `hosts` are those that lie in it. */
function emit(text, from, to, hosts, put) {
  let out = '';
  let at = from;
  for (let index = 0; index < hosts.length; ) {
    const host = hosts[index];
    let next = index + 1;
    while (next < hosts.length && hosts[next].start < host.end) next++;
    const right = emit(text, host.start, host.end, hosts.slice(index + 1, next), put);
    out += text.slice(at, host.start) + put(right, host);
    at = host.end;
    index = next;
  }
  return out + text.slice(at, to);
}

function switched(text, right, { start, end, form, mutants }) {
  const [{ number }] = mutants;
  if (form === 'block') return `{ if (__mutant.n !== ${number}) ${right} }`;
  if (form === 'case') return `if (__mutant.n !== ${number}) { ${right} }`;
  const wrong = mutants.map(
    (mutant) => `__mutant.n === ${mutant.number} ? (${planted(text, start, end, mutant)}) : `,
  );
  return `(${wrong.join('')}(${right}))`;
}

/** The host alone, with the mutant in it. */
export function planted(text, start, end, mutant) {
  return text.slice(start, mutant.start) + mutant.text + text.slice(mutant.end, end);
}
