// The ways in which one file of assembly/ can be wrong: a swapped comparison, plus for minus, one more or less, a
// branch always or never taken, a statement left out, a neighbouring word of the layout.
//
// A mutant is an edit of the text, with the expression or statement around it that can stand beside the right one in
// a binary that holds all mutants of a file (mutate-kernels-schemata.mjs).

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeKind as Kind, Node, newOptions, newProgram, parse } from 'assemblyscript';
import { root } from './root.mjs';

const OPERATORS = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '==': ['!='],
  '!=': ['=='],
  '&&': ['||'],
  '||': ['&&'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '<<': ['>>'],
  '>>': ['<<'],
  '&': ['|'],
  '|': ['&'],
  '^': ['&'],
  '+=': ['-='],
  '-=': ['+='],
  '*=': ['/='],
  '|=': ['&='],
};
const FUNCTIONS = { min: 'max', max: 'min', floor: 'ceil', ceil: 'floor', nearest: 'floor' };
const WORDS = { true: 'false', false: 'true', Infinity: '0', NaN: '0' };
const LOOPS = new Set([Kind.For, Kind.While, Kind.Do]);
const BRANCHES = new Set([Kind.If, Kind.Ternary]);
/** Built-in accesses: what they are given as an offset has to be a constant, so the whole access is the site. */
const ACCESS = /^(atomic\.|load|store)/;

/** `{ mutants, loops }` of a file; loops are the ranges of their bodies. */
export function mutantsOf(file, source) {
  const tree = treeOf(file, source);
  const found = { mutants: [], loops: [] };
  const add = (what, site, start, end, text) => {
    const mutant = { file, what, start, end, text, site, ...told(source, start, end, text) };
    found.mutants.push(mutant);
  };
  for (const statement of tree.statements) visit(statement, [], { source, add, loops: found.loops });
  return found;
}

function treeOf(file, source) {
  const program = newProgram(newOptions());
  parse(program, source, file, true);
  return program.sources.find(({ internalPath }) => `${internalPath}.ts` === file);
}

function visit(node, above, to) {
  if (node.kind === Kind.Import || node.kind === Kind.Export) return;
  mutate(node, above, to);
  if (LOOPS.has(node.kind)) to.loops.push(rangeOf(node.body, to.source));
  for (const child of childrenOf(node)) visit(child, [node, ...above], to);
}

function childrenOf(node) {
  const isCode = (each) =>
    each instanceof Node && ![Kind.NamedType, Kind.FunctionType, Kind.Source].includes(each.kind);
  return Object.entries(node)
    .filter(([name]) => name !== 'range')
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
    .filter(isCode);
}

function mutate(node, above, { source, add }) {
  const { start, end } = node.range;
  const text = source.slice(start, end);
  const replaced = (what, by) => add(what, siteOf(node, above, source), start, end, by);
  switch (node.kind) {
    case Kind.Binary: {
      const between = source.slice(node.left.range.end, node.right.range.start);
      const operator = between.replace(/\/\/.*|[()]/g, '').trim();
      const at = node.left.range.end + between.indexOf(operator);
      for (const other of OPERATORS[operator] ?? [])
        add('operator', siteOf(node, above, source), at, at + operator.length, other);
      break;
    }
    case Kind.UnaryPrefix:
      if (/^[!~]|^-(?![\d.I])/.test(text)) replaced('operator', text.slice(1));
      break;
    case Kind.UnaryPostfix:
      replaced('operator', text.endsWith('++') ? `${text.slice(0, -2)}--` : `${text.slice(0, -2)}++`);
      break;
    case Kind.Literal:
      for (const other of neighboursOf(text)) replaced('constant', other);
      break;
    case Kind.True:
    case Kind.False:
    case Kind.Identifier:
    case Kind.Constructor:
      if (isName(node, above)) break;
      if (Object.hasOwn(WORDS, text)) replaced('constant', WORDS[text]);
      if (Object.hasOwn(FUNCTIONS, text)) replaced('function', FUNCTIONS[text]);
      if (LAYOUT.has(text)) replaced('layout', LAYOUT.get(text));
      break;
    case Kind.Expression:
    case Kind.Break:
    case Kind.Continue:
      replaced('statement', '{}');
      break;
  }
  const parent = above[0];
  if (parent?.condition !== node) return;
  if (BRANCHES.has(parent.kind)) for (const word of ['true', 'false']) replaced('branch', word);
  if (LOOPS.has(parent.kind) && text !== 'true') replaced('branch', 'false');
}

/** Whether an identifier is being declared, or is a property. */
function isName(node, [parent]) {
  return parent.name === node || parent.property === node;
}

/** One more and one less. */
function neighboursOf(text) {
  if (/^0x/.test(text)) return [1n, -1n].map((by) => `0x${(BigInt(text) + by).toString(16)}`);
  if (!/^[\d.]+$/.test(text)) return [];
  if (!text.includes('.')) return [1n, -1n].map((by) => String(BigInt(text) + by));
  const places = text.split('.')[1].length;
  return [1, -1].map((by) => (Number(text) + by).toFixed(places));
}

/** What stands beside the right code: an expression, or a statement; nothing for what is outside of functions. */
function siteOf(node, above, source) {
  const inside = above.some(({ kind }) => kind === Kind.FunctionDeclaration);
  if (!inside) return undefined;
  let at = node;
  const textOf = ({ range }) => source.slice(range.start, range.end);
  for (const each of above) {
    if (each.kind === Kind.Call && each.expression === at) at = each;
    else if (each.kind === Kind.Call && ACCESS.test(textOf(each)) && at !== each) at = each;
    else if (each.kind === Kind.UnaryPrefix && textOf(each).startsWith('-')) at = each;
    else if (each.kind === Kind.Expression && each.expression === at) at = each;
    else if (each.kind !== Kind.Call && each.kind !== Kind.Binary && each.kind !== Kind.Parenthesized) break;
  }
  return rangeOf(at, source);
}

/** A statement ends behind its semicolon. */
function rangeOf(node, source) {
  const { start, end } = node.range;
  const statement = [Kind.Expression, Kind.Break, Kind.Continue].includes(node.kind);
  return { start, end: statement && source[end] === ';' ? end + 1 : end, statement };
}

/** The line as it is, and as it would be. */
function told(source, start, end, text) {
  const from = source.lastIndexOf('\n', start - 1) + 1;
  const upTo = (at) => (source.indexOf('\n', at) + source.length + 1) % (source.length + 1) || source.length;
  const line = source.slice(0, start).split('\n').length;
  const whole = source.slice(from, upTo(start)).trim();
  const becomes = (source.slice(from, start) + text + source.slice(end, upTo(end))).trim();
  return { line, from: whole, to: becomes };
}

/** Each word of the layout and its neighbour, the next of the same family. */
const LAYOUT = neighbours(readFileSync(join(root, 'assembly/layout.ts'), 'utf8'));

function neighbours(layout) {
  const families = new Map();
  for (const [, name, family] of layout.matchAll(/^export const (([A-Z]+)_\w+) = /gm)) {
    families.set(family, [...(families.get(family) ?? []), name]);
  }
  const pairs = [...families.values()].flatMap((names) =>
    names.map((name, index) => [name, names[index + 1] ?? names[index - 1]]),
  );
  return new Map(pairs.filter(([, other]) => other !== undefined));
}
