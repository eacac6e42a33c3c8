// What is here: names the package, the runtime and the engine that decides.

import { readFileSync } from 'node:fs';
import * as holdfast from 'holdfast';

const { name, version, description } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as Record<string, string>;

const shared = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
const exported = Object.keys(holdfast).sort();

console.log(`${name} ${version}: ${description}`);
console.log(`runtime: node ${process.versions.node}, ${process.platform} ${process.arch}`);
console.log(`shared WASM memory: ${shared.buffer instanceof SharedArrayBuffer ? 'available' : 'missing'}`);
console.log(`exports: ${exported.length === 0 ? 'none yet' : exported.join(', ')}`);
