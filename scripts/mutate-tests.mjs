// The process that tries one mutant: runs the test files named on its command line, one after another, and ends at
// the first test that fails. In a copy of the sources, where tests are plain JavaScript.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const files = process.argv.slice(2);
if (files.some((file) => readFileSync(file, 'utf8').includes('fast-check'))) {
  const { default: fc } = await import('fast-check');
  // Whether a property fails is asked, not by how little.
  fc.configureGlobal({ endOnFailure: true });
}

for (const file of files) await import(pathToFileURL(resolve(file)).href);
