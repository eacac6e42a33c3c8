// Lets a Node that does not strip types run the TypeScript sources, in every thread: worker threads inherit
// `--import`, and unlike tsx's own entry this registers itself in them too.

import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
