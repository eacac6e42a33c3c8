// Getters and proxies that throw, numbers that JSON has not and objects without a text broke through in many places
// where options are read, with the engine's error or their own. Each is refused by an OptionsError that says where.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast, http, OptionsError, policiesOf, policy, rateLimiter } from '../../src/index.ts';
import { attach } from '../../src/worker.ts';
import { serving } from '../admin/given.ts';

const hostile = new Proxy({}, { get: () => assert.fail('read'), ownKeys: () => assert.fail('listed') });
const blank = Object.create(null);
const getter = (name: string) =>
  Object.defineProperty({}, name, { enumerable: true, get: () => assert.fail('read') });
const small = createHoldfast({ memory: { policies: 2, threads: 2, keys: 0 } });
const { proxy: revoked, revoke } = Proxy.revocable([], {});
revoke();

const REFUSED: [what: string, path: string, act: () => unknown][] = [
  ['a clock that throws', 'clock', () => createHoldfast(getter('clock') as never)],
  [
    'a named policy that throws',
    'policies.send',
    () => createHoldfast({ policies: getter('send') as never }),
  ],
  ['null for policies', 'policies', () => createHoldfast({ policies: null as never })],
  ['null for a clock', 'clock', () => createHoldfast({ clock: null as never })],
  ["a number for a runtime's options", 'options', () => createHoldfast(5 as never)],
  ['a clock whose now throws', 'settings.clock.now', () => policy({}, { clock: getter('now') as never })],
  ['null for a name', 'settings.name', () => policy({}, { name: null as never })],
  [
    'a registry that throws',
    'metrics.registry',
    () => createHoldfast({ metrics: { registry: hostile as never } }),
  ],
  ['a snapshot that throws', 'snapshot.version', () => policy().restore(hostile as never)],
  [
    'a change that throws',
    'rateLimiter.perKey',
    () => rateLimiter({ permitsPerSecond: 1 }).update(getter('perKey') as never),
  ],
  [
    'a list that cannot be read',
    'components.a.dependsOn',
    () => small.component({ name: 'a', dependsOn: revoked as never }),
  ],
  [
    'a bigint among names',
    'components.a.dependsOn[0]',
    () => small.component({ name: 'a', dependsOn: [5n] as never }),
  ],
  ['a URL without a text', 'http(a).url', () => http('a', { url: blank })],
  ['a check that throws', 'health.add(check)', () => small.health.add(hostile as never)],
  [
    'budgets that cannot be read',
    'degradation.drive(a).budget',
    () => small.degradation.drive('a', { budget: revoked as never }),
  ],
  [
    'a symbol for a component',
    'degradation.set(component)',
    () => small.degradation.set(Symbol('a') as never, 'normal'),
  ],
  ['a worker that throws', 'share(worker)', () => small.share(hostile)],
  ['a handle without a memory', 'handle', () => attach({ kind: 'holdfast.handle', plane: null })],
  ['a handle that throws', 'handle', () => attach(hostile)],
  ['null for a module', 'policiesOf(module)', () => policiesOf('file:///a.js', null as never)],
];

for (const [what, path, act] of REFUSED) {
  it(`${what} is refused at ${path}`, () => {
    assert.throws(act, (error) => {
      assert.ok(error instanceof OptionsError, String(error));
      assert.equal(error.path, path);
      return true;
    });
  });
}

it('admin.allowedHosts is refused where it stands', async () => {
  await assert.rejects(serving({}, { allowedHosts: [blank] }), (error) => {
    assert.equal((error as OptionsError).path, 'admin.allowedHosts[0]');
    return true;
  });
});
