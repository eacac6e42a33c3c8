// What a mutant may be: for one node of a syntax tree, every small wrong way of writing it.
//
// The operators are those of the field (comparison, condition, logic, arithmetic, block, literal, update, call of a
// neighbouring method), with bits and shifts added, since twin and kernels are made of them. Text is left out:
// strings, templates and regular expressions. A wrong word in a message is seen by who reads it, and tests that
// repeat each sentence would notice nothing else.

const COMPARISONS = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '==': ['!='],
  '!=': ['=='],
  '===': ['!=='],
  '!==': ['==='],
};
const ARITHMETIC = { '+': '-', '-': '+', '*': '/', '/': '*', '%': '*' };
const BITS = { '&': '|', '|': '&', '^': '&', '<<': '>>', '>>': '<<', '>>>': '<<' };
const LOGIC = { '&&': '||', '||': '&&', '??': '&&' };
const ASSIGNED = {
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
  '%=': '*=',
  '&=': '|=',
  '|=': '&=',
  '^=': '&=',
  '<<=': '>>=',
  '>>=': '<<=',
  '>>>=': '<<=',
  '&&=': '||=',
  '||=': '&&=',
  '??=': '&&=',
};
const SIGNS = { '-': '+', '+': '-', '~': '', '!': '' };
const STEPS = { '++': '--', '--': '++' };
/** Methods and their neighbours; without one the call is left out. */
const METHODS = {
  endsWith: 'startsWith',
  startsWith: 'endsWith',
  toUpperCase: 'toLowerCase',
  toLowerCase: 'toUpperCase',
  some: 'every',
  every: 'some',
  min: 'max',
  max: 'min',
  ceil: 'floor',
  floor: 'ceil',
  trimStart: 'trimEnd',
  trimEnd: 'trimStart',
  trim: undefined,
  slice: undefined,
  substring: undefined,
  filter: undefined,
  sort: undefined,
  reverse: undefined,
  charAt: undefined,
};

const TESTED = new Set(['IfStatement', 'ConditionalExpression']);
const LOOPS = new Set(['ForStatement', 'WhileStatement', 'DoWhileStatement']);

/**
 * The mutants of one node: `[operator, text]` that stands where the node stands, or `[operator, text, start, end]`
 * for a part of it. `text` is the source, `place` says what the node is to its parent.
 */
export function mutantsOf(node, { parent, key }, text) {
  const of = (part) => `(${text.slice(part.start, part.end)})`;
  const found = [];
  const plant = (operator, ...edit) => found.push([operator, ...edit]);
  const tested = key === 'test' && TESTED.has(parent.type);
  const looped = key === 'test' && LOOPS.has(parent.type);
  if ((tested || isQuestion(node)) && node.type !== 'BooleanLiteral' && !looped) {
    plant('condition', 'true');
    plant('condition', 'false');
  }
  if (looped && node.type !== 'BooleanLiteral') plant('condition', 'false');
  operators[node.type]?.(node, { plant, of, text, parent });
  return found;
}

function isQuestion(node) {
  if (node.type === 'LogicalExpression') return node.operator !== '??';
  return node.type === 'BinaryExpression' && Object.hasOwn(COMPARISONS, node.operator);
}

const operators = {
  BinaryExpression({ operator, left, right }, { plant, of }) {
    const write = (kind, other) => plant(kind, `(${of(left)} ${other} ${of(right)})`);
    for (const other of COMPARISONS[operator] ?? []) write('comparison', other);
    if (Object.hasOwn(BITS, operator)) write('bits', BITS[operator]);
    if (Object.hasOwn(ARITHMETIC, operator) && !isText(left) && !isText(right)) {
      write('arithmetic', ARITHMETIC[operator]);
    }
  },
  LogicalExpression({ operator, left, right }, { plant, of }) {
    plant('logic', `(${of(left)} ${LOGIC[operator]} ${of(right)})`);
  },
  AssignmentExpression({ operator, left, right }, { plant, text }) {
    const other = ASSIGNED[operator];
    if (other === undefined || isText(right)) return;
    plant(
      'assignment',
      `(${text.slice(left.start, left.end)} ${other} ${text.slice(right.start, right.end)})`,
    );
  },
  UnaryExpression({ operator, argument }, { plant, of }) {
    if (Object.hasOwn(SIGNS, operator)) plant('sign', `(${SIGNS[operator]}${of(argument)})`);
  },
  UpdateExpression({ operator, prefix, argument }, { plant, text }) {
    const counted = text.slice(argument.start, argument.end);
    plant('update', prefix ? `(${STEPS[operator]}${counted})` : `(${counted}${STEPS[operator]})`);
  },
  BooleanLiteral({ value }, { plant }) {
    plant('literal', String(!value));
  },
  ArrayExpression({ elements }, { plant }) {
    plant('literal', elements.length === 0 ? "['planted']" : '[]');
  },
  ObjectExpression({ properties }, { plant }) {
    if (properties.length > 0) plant('literal', '({})');
  },
  BlockStatement({ body }, { plant }) {
    if (body.length > 0) plant('block', '{}');
  },
  SwitchCase({ consequent }, { plant }) {
    if (consequent.length > 0) plant('block', ';', consequent[0].start, consequent.at(-1).end);
  },
  ArrowFunctionExpression({ body }, { plant }) {
    if (body.type === 'BlockStatement' || body.name === 'undefined') return;
    plant('block', '(undefined)', body.start, body.end);
  },
  OptionalMemberExpression(node, { plant, text }) {
    if (node.optional) plant('chain', ...withoutMark(node, node.object.end, text));
  },
  OptionalCallExpression(node, { plant, text }) {
    if (node.optional) plant('chain', ...withoutMark(node, node.callee.end, text));
  },
  CallExpression: mutateMethod,
};
operators.OptionalCallExpression = both(operators.OptionalCallExpression, mutateMethod);

function mutateMethod({ callee }, { plant, of }) {
  const { property, object, computed } = callee;
  if (computed || property === undefined || !Object.hasOwn(METHODS, property.name ?? '')) return;
  const neighbour = METHODS[property.name];
  if (neighbour === undefined) plant('method', of(object));
  else plant('method', neighbour, property.start, property.end);
}

/** `?.` becomes `.`, or nothing before a bracket. */
function withoutMark(node, from, text) {
  const start = text.indexOf('?.', from);
  const bracket = node.computed || node.type === 'OptionalCallExpression';
  return [bracket ? '' : '.', start, start + 2];
}

function both(one, other) {
  return (...by) => {
    one(...by);
    other(...by);
  };
}

function isText(node) {
  if (node.type === 'StringLiteral' || node.type === 'TemplateLiteral') return true;
  return (
    node.type === 'BinaryExpression' && node.operator === '+' && (isText(node.left) || isText(node.right))
  );
}
