// Reads the JUnit report of a test file, as Node, Bun and Deno each write it.

/**
 * The tests of a report, suites left out: `{ title, outcome }`, title the test's own, outcome `passed`,
 * `failed` or `skipped`.
 */
export function testsIn(report) {
  const cases = [
    ...report.matchAll(/<testcase((?:\s+[\w:-]+="[^"]*")*)\s*(\/>|>([\s\S]*?)<\/testcase>)/g),
  ].map(([, attributes, , body = '']) => ({
    name: plain(/\sname="([^"]*)"/.exec(attributes)?.[1] ?? ''),
    outcome: /<(failure|error)\b/.test(body) ? 'failed' : /<skipped\b/.test(body) ? 'skipped' : 'passed',
  }));
  // Deno reports a suite as a case of its own and names what is inside `suite > test`.
  const isSuite = (name) => cases.some((other) => other.name.startsWith(`${name} > `));
  const suites = [...new Set(cases.map(({ name }) => name).filter(isSuite))];
  return cases
    .filter(({ name }) => !suites.includes(name))
    .map(({ name, outcome }) => ({ title: withoutSuite(name, suites), outcome }));
}

function withoutSuite(name, suites) {
  const around = suites.filter((suite) => name.startsWith(`${suite} > `)).map((suite) => suite.length + 3);
  return name.slice(Math.max(0, ...around));
}

function plain(text) {
  const named = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  const decoded = text.replace(/&(?:(amp|lt|gt|quot|apos)|#(x?)([0-9a-f]+));/gi, (_all, name, hex, code) =>
    name ? named[name] : String.fromCodePoint(Number.parseInt(code, hex ? 16 : 10)),
  );
  // Node escapes a quotation mark twice.
  return decoded.replaceAll('&quot;', '"');
}
