// The process that tries one mutant: runs the test files named on its command line, one after another, and ends at
// the first test that fails. In a copy of the sources, where tests are plain JavaScript.

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

for (const file of process.argv.slice(2)) await import(pathToFileURL(resolve(file)).href);
