// Reads one source: its mutants in order, and the places at which a copy says that it was reached.

import { parse } from '@babel/parser';
import { mutantsOf } from './mutate-operators.mjs';

/** What types add to an expression: the expression stays. */
const WRAPPERS = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSInstantiationExpression',
]);
const BODIES = new Set(['consequent', 'alternate', 'body']);
const BRANCHING = new Set([
  'IfStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
]);

/** What belongs to one chain of `?.`, which ends as a whole where there is nothing. */
const CHAINED = new Set(['OptionalMemberExpression', 'OptionalCallExpression', 'TSNonNullExpression']);

/**
 * `mutants`: what may be wrong, in the order of the text, each `{ start, end, text, operator, line, lineText, what,
 * point, host }`, where the host is what can stand beside its mutant as a whole: an expression, a block, or the
 * statements of a case. `marked(tell)`: the source that calls `tell` with the number of each point, when it is first
 * reached; the first point is the module itself.
 */
export function readSource(text) {
  const tree = parse(text, { sourceType: 'module', plugins: ['typescript', 'explicitResourceManagement'] });
  const lines = text.split('\n');
  const points = [{ start: 0, end: text.length }];
  const mutants = [];
  walk(tree.program, { parent: tree, key: 'program' }, (node, place) => {
    points.push(...pointsOf(node, place));
    for (const [operator, put, start = node.start, end = node.end] of mutantsOf(node, place, text)) {
      const line = lineAt(text, start);
      const seen = text.slice(node.start, node.end);
      const after = text.slice(node.start, start) + put + text.slice(end, node.end);
      mutants.push({
        start,
        end,
        text: put,
        operator,
        line,
        lineText: lines[line - 1].trim(),
        what: say(seen, after),
        host: hostOf(node, place, { start, end }),
      });
    }
  });
  mutants.sort((one, other) => one.start - other.start || one.end - other.end);
  for (const mutant of mutants) mutant.point = innermost(points, mutant);
  return { text, mutants, marked: (tell) => mark(text, points, tell) };
}

/** The source with one mutant in it. */
export function plant(text, { start, end, text: put }) {
  return text.slice(0, start) + put + text.slice(end);
}

function walk(node, place, visit) {
  if (/^TS|^Type|^Import|^ExportAll/.test(node.type) && !WRAPPERS.has(node.type)) return;
  if (node.declare === true) return;
  visit(node, place);
  for (const [key, child] of Object.entries(node)) {
    if (/Comments$|^loc$|^extra$|^(return)?[tT]ype/.test(key)) continue;
    for (const each of Array.isArray(child) ? child : [child]) {
      if (typeof each?.type === 'string') walk(each, { parent: node, key, above: place }, visit);
    }
  }
}

function hostOf(node, place, edit) {
  if (node.type === 'BlockStatement') return { start: node.start, end: node.end, form: 'block' };
  if (node.type === 'SwitchCase') return { ...edit, form: 'case' };
  // The body of an arrow function: the function itself may stand where its name is given to it.
  if (node.type === 'ArrowFunctionExpression') return { ...edit, form: 'expression' };
  let whole = node;
  let { parent, key, above } = place;
  const linked = () =>
    CHAINED.has(parent.type) && (key === 'object' || key === 'callee' || key === 'expression');
  while (CHAINED.has(whole.type) && linked()) {
    whole = parent;
    ({ parent, key, above } = above);
  }
  if (parent.type === 'UnaryExpression' && parent.operator === 'delete') whole = parent;
  return { start: whole.start, end: whole.end, form: 'expression' };
}

/** Where a node begins something that may or may not be run. */
function pointsOf(node, { parent, key }) {
  const { start, end } = node;
  if (node.type === 'BlockStatement') {
    return [{ start, end, at: node.directives.at(-1)?.end ?? start + 1, form: 'inside' }];
  }
  if (node.type === 'SwitchCase' && node.consequent.length > 0) {
    const [first] = node.consequent;
    return [{ start: first.start, end: node.consequent.at(-1).end, at: first.start, form: 'inside' }];
  }
  if (key === 'body' && parent.type === 'ArrowFunctionExpression')
    return [{ start, end, at: start, form: 'value' }];
  if (
    BRANCHING.has(parent.type) &&
    BODIES.has(key) &&
    !(key === 'alternate' && node.type === 'IfStatement')
  ) {
    return [{ start, end, at: start, form: 'statement' }];
  }
  return [];
}

function mark(text, points, tell) {
  const edits = [];
  for (const [index, { start, end, at, form }] of points.entries()) {
    if (index === 0) continue;
    const told = `__at[${index}] || __tell(${index})`;
    if (form === 'inside') edits.push({ at, put: `${told};`, order: index });
    else {
      const [open, close] = form === 'value' ? [`(${told}, `, ')'] : [`{${told};`, '}'];
      edits.push({ at: start, put: open, order: index });
      // What closes here closes from the inside out, and before anything opens.
      edits.push({ at: end, put: close, order: -index });
    }
  }
  edits.sort((one, other) => one.at - other.at || one.order - other.order);
  let out = '';
  let from = 0;
  for (const { at, put } of edits) {
    out += text.slice(from, at) + put;
    from = at;
  }
  const head = `const __at = new Uint8Array(${points.length}); const __tell = (at) => { __at[at] = 1; ${tell}(at); }; __tell(0);`;
  return `${head} ${out}${text.slice(from)}`;
}

function innermost(points, mutant) {
  let best = 0;
  for (const [index, { start, end }] of points.entries()) {
    const inside = start <= mutant.start && mutant.end <= end;
    if (inside && end - start <= points[best].end - points[best].start) best = index;
  }
  return best;
}

const lineAt = (text, at) => text.slice(0, at).split('\n').length;

const say = (before, after) => `${short(before)} → ${short(after)}`;

function short(text) {
  const one = text.replace(/\s+/g, ' ');
  return one.length <= 90 ? one : `${one.slice(0, 60)} … ${one.slice(-25)}`;
}
