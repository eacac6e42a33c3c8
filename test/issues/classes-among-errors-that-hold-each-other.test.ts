// Where error classes were listed, a task that threw errors which held each other many times kept its thread busy for
// ever, and one that threw an error with an unreadable cause ended it. Each error is looked at once, as far as it goes.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { classesIn } from '../../src/work/known-classes.ts';

class Known extends Error {}

it('classes are found among errors that hold each other, at once', () => {
  const errors: Error[] = Array.from({ length: 60 }, (_, index) => new Error(`${index}`));
  for (const error of errors) Object.assign(error, { errors });
  errors[0].cause = new Known('deep');
  assert.deepEqual(
    classesIn(errors[59], new Set(['Known'])).map(({ name }) => name),
    ['Known'],
  );
});

it('what cannot be read is passed over', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const known = new Known('outer', { cause: proxy });
  assert.equal(classesIn(known, new Set(['Known'])).length, 1);
  assert.deepEqual(classesIn(proxy, new Set(['Known'])), []);
});
