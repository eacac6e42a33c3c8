// Module hooks under which tests are played on a mutated binary: the engine's module comes from here, `node:test` only
// gathers, and what a differential test would play is written down instead.

const here = (name) => new URL(name, import.meta.url).href;

export async function resolve(specifier, context, nextResolve) {
  const parent = context.parentURL ?? '';
  if (specifier === 'node:test' && parent.includes('/test/')) return taken('gathered.ts');
  if (specifier.endsWith('/wasm-engine.ts')) return taken('mutated-engine.ts');
  if (specifier === './history.ts' && parent.endsWith('.differential.test.ts')) return taken('recorded.ts');
  if (specifier.endsWith('/arena.ts') && parent.endsWith('/test/state/given.ts'))
    return taken('freed-arena.ts');
  return nextResolve(specifier, context);
}

const taken = (name) => ({ url: here(name), shortCircuit: true });
