// What the pool runs in the offload bench: the same as raw Piscina.

export { default as echo, spin } from './offload-raw.ts';
