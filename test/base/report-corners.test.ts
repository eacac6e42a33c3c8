import assert from 'node:assert/strict';
import { it } from 'node:test';
import { warnOfListener } from '../../src/base/report.ts';

it('a warning is given also of an error that cannot be looked at', async () => {
  const unseen = {
    get() {
      throw new Error('not for you');
    },
  };
  const warnings: (Error & { detail?: string })[] = [];
  const hear = (warning: Error) => void warnings.push(warning);
  process.on('warning', hear);
  try {
    warnOfListener('a listener', Object.create(Error.prototype, { message: unseen, stack: unseen }));
    warnOfListener('a listener', 'only a text');
    await new Promise((resolve) => setTimeout(resolve));
  } finally {
    process.off('warning', hear);
  }
  assert.deepEqual(
    warnings.map(({ message, detail }) => [/threw (.*);/.exec(message)?.[1], detail]),
    [
      ['something that cannot be shown', undefined],
      ['only a text', undefined],
    ],
  );
});
