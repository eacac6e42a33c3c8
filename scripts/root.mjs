// The folder that package.json stands in.

import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
