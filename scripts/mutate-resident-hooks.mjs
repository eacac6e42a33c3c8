// In the process that stays, `node:test` is the little runner that can run what is registered again.

const mini = new URL('mutate-mini.mjs', import.meta.url).href;

export async function resolve(specifier, context, next) {
  return specifier === 'node:test' ? { url: mini, shortCircuit: true } : next(specifier, context);
}
