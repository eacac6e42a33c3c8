// Loads the symbols of disposal in an engine that has none, and prints what becomes of them.

const engine = globalThis.Symbol;
const bare: Partial<SymbolConstructor> = { for: engine.for, iterator: engine.iterator };
if (process.argv[2] === 'frozen') Object.freeze(bare);
globalThis.Symbol = bare as SymbolConstructor;
const { ASYNC_DISPOSE, DISPOSE } = await import('../../src/base/dispose.ts');
globalThis.Symbol = engine;

console.log(String(DISPOSE), DISPOSE === engine.for('Symbol.dispose'), bare.dispose === DISPOSE);
console.log(String(ASYNC_DISPOSE), ASYNC_DISPOSE === engine.for('Symbol.asyncDispose'));
