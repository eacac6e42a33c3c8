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

const REFUSED: [path: string, act: () => unknown][] = [
  ['clock', () => createHoldfast(getter('clock') as never)],
  ['policies.send', () => createHoldfast({ policies: getter('send') as never })],
  ['policies', () => createHoldfast({ policies: null as never })],
  ['clock', () => createHoldfast({ clock: null as never })],
  ['options', () => createHoldfast(5 as never)],
  ['settings.clock.now', () => policy({}, { clock: getter('now') as never })],
  ['settings.name', () => policy({}, { name: null as never })],
  ['metrics.registry', () => createHoldfast({ metrics: { registry: hostile as never } })],
  ['snapshot.version', () => policy().restore(hostile as never)],
  ['rateLimiter.perKey', () => rateLimiter({ permitsPerSecond: 1 }).update(getter('perKey') as never)],
  ['components.a.dependsOn', () => small.component({ name: 'a', dependsOn: revoked as never })],
  ['components.a.dependsOn[0]', () => small.component({ name: 'a', dependsOn: [5n] as never })],
  ['http(a).url', () => http('a', { url: blank })],
  ['health.add(check)', () => small.health.add(hostile as never)],
  ['degradation.drive(a).budget', () => small.degradation.drive('a', { budget: revoked as never })],
  ['degradation.set(component)', () => small.degradation.set(Symbol('a') as never, 'normal')],
  ['share(worker)', () => small.share(hostile)],
  ['handle', () => attach({ kind: 'holdfast.handle', plane: null })],
  ['handle', () => attach(hostile)],
  ['policiesOf(module)', () => policiesOf('file:///a.js', null as never)],
];

for (const [path, act] of REFUSED) {
  it(`${path} is refused where it stands: ${String(act).replace(/\s+/g, ' ').slice(6)}`, () => {
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
