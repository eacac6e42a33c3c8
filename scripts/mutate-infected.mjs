// Which mutants a test could notice at all: those whose value was once another than that of the right code. Whoever
// only passes by, and would have had the same, need not be asked.
//
//    return before < limit;
//    return __seen(3, before < limit, __done[3] || [[7, () => (before <= limit)], [8, () => (before >= limit)]]);
//
// Only what is without effects is evaluated twice; of the rest, reaching it has to do.

import { parseExpression } from '@babel/parser';
import { emitted, planted } from './mutate-schemata.mjs';

const LITERAL = /^(true|false)$/;
const PLUGINS = ['typescript'];
const PURE = new Set([
  'Identifier',
  'ThisExpression',
  'PrivateName',
  'MemberExpression',
  'OptionalMemberExpression',
  'NumericLiteral',
  'BigIntLiteral',
  'StringLiteral',
  'BooleanLiteral',
  'NullLiteral',
  'BinaryExpression',
  'LogicalExpression',
  'ConditionalExpression',
  'ParenthesizedExpression',
  'TSNonNullExpression',
]);

/** Whether a mutant's value can be compared with the right one. */
export function isCompared(text, mutant) {
  const { start, end, form } = mutant.host;
  if (form !== 'expression') return false;
  if (LITERAL.test(mutant.text) && mutant.operator === 'condition')
    return start === mutant.start && end === mutant.end;
  return isPure(text.slice(start, end)) && isPure(planted(text, start, end, mutant));
}

/** `source`: of readSource; `tell`: what is called with `#number` when a mutant's value was another for the first time. */
export function withInfections({ text, mutants }, tell) {
  let hosts = 0;
  const switched = (right, { start, end, mutants: own }) => {
    const compared = own.filter((mutant) => isCompared(text, mutant));
    if (compared.length === 0) return right;
    const id = hosts++;
    const thunks = compared.map((mutant) => {
      // Of what is only asked whether it is so, nothing else counts.
      if (isAsked(mutant, text.slice(start, end))) return `[${mutant.number}, () => (${mutant.text}), true]`;
      return `[${mutant.number}, () => (${planted(text, start, end, mutant)})]`;
    });
    return `__seen(${id}, (${right}), __done[${id}] || [${thunks.join(', ')}])`;
  };
  const out = emitted(text, mutants, 0, switched);
  return `const __done = []; const __told = ${tell}; ${SEEN} ${out}`;
}

const SEEN = `const __seen = (id, value, wrong) => {
  if (wrong === true) return value;
  const told = (__done['t' + id] ??= new Set());
  for (const [number, get, asked] of wrong) {
    if (told.has(number)) continue;
    let other;
    try { other = get(); } catch { other = __done; }
    if (Object.is(other, asked ? !!value : value)) continue;
    told.add(number);
    __told('#' + number);
  }
  if (told.size === wrong.length) __done[id] = true;
  return value;
};`.replace(/\n\s*/g, ' ');

/** Conditions that are not made of others: they are mutated where they are tested, and nowhere else. */
function isAsked({ operator }, expression) {
  if (operator !== 'condition') return false;
  try {
    const { type } = parseExpression(expression, { plugins: PLUGINS, errorRecovery: true });
    return type !== 'LogicalExpression';
  } catch {
    return false;
  }
}

const pure = new Map();

function isPure(expression) {
  let found = pure.get(expression);
  if (found === undefined) {
    found = hasNoEffects(expression);
    pure.set(expression, found);
  }
  return found;
}

function hasNoEffects(expression) {
  try {
    const tree = parseExpression(expression, { plugins: PLUGINS, errorRecovery: true });
    return everyNode(tree, (node) => PURE.has(node.type) || isSign(node));
  } catch {
    return false;
  }
}

const isSign = ({ type, operator }) =>
  type === 'UnaryExpression' && ['!', '-', '+', '~', 'typeof'].includes(operator);

function everyNode(node, holds) {
  if (!holds(node)) return false;
  return Object.entries(node).every(
    ([key, child]) =>
      /Comments$|^loc$|^extra$|^errors$/.test(key) ||
      (Array.isArray(child) ? child : [child]).every(
        (each) => typeof each?.type !== 'string' || everyNode(each, holds),
      ),
  );
}
