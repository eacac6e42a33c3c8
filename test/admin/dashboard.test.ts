import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { ping } from '../../src/control/health/ping.ts';
import { browse, noBrowser } from './browser.ts';
import { serving, TOKEN } from './given.ts';

const policies = {
  payments: {
    circuitBreaker: { consecutiveFailures: 2, openMs: 60_000 },
    rateLimiter: { permitsPerSecond: 200 },
    bulkhead: { maxConcurrent: 8, maxQueue: 8 },
    errorBudget: { objective: 0.99, windowMs: 3_600_000, minCalls: 10 },
    latencyBudget: { percentile: 0.95, targetMs: 100 },
    chaos: { error: { rate: 1 } },
  },
  search: { timeout: { attemptMs: 500 }, retry: {} },
  '<img src=x onerror=alert(1)>': {},
};

/** Notes tasks that keep the page busy for more than 50 ms. */
const WATCH_LONG_TASKS = `globalThis.longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries())).observe({ type: 'longtask' });`;

type Scene = Awaited<ReturnType<typeof serving>>;

/** Opens the dashboard and notes everything that should not happen. */
async function visit(browser: Browser, scene: Scene, options: Parameters<Browser['newPage']>[0] = {}) {
  const page = await browser.newPage(options);
  const wrong: string[] = [];
  const asked: string[] = [];
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('401')) wrong.push(message.text());
  });
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${scene.server.url}/`);
  return { page, wrong, asked };
}

function rows(page: Page) {
  return page.locator('#policies > li:not([hidden]) .name');
}

describe('the dashboard', { skip: noBrowser }, () => {
  let browser: Browser;
  let scene: Scene;
  before(async () => {
    browser = await browse();
    scene = await serving({ name: 'orders', policies }, { token: TOKEN, allowChaos: true });
    scene.holdfast.health.add(ping('database', () => true));
    await scene.holdfast.start();
  });
  after(async () => {
    await browser.close();
    await scene.end();
  });

  it('shows every policy and the runtime, asking nobody but its own server', async () => {
    const { page, wrong, asked } = await visit(browser, scene);
    await page.getByText('live', { exact: true }).waitFor();
    assert.deepEqual((await rows(page).allTextContents()).sort(), Object.keys(policies).sort());
    assert.equal(await page.locator('#runtime').textContent(), 'orders');
    assert.equal(await page.locator('#state').textContent(), 'running');
    assert.match((await page.locator('#checks').textContent()) ?? '', /database up/);
    await page.locator('.uplot canvas').first().waitFor();
    assert.deepEqual(wrong, []);
    assert.deepEqual(
      [...new Set(asked.map((url) => new URL(url).origin))].filter((origin) => origin !== 'null'),
      [scene.server.url],
    );
    await page.close();
  });

  it('follows what happens, with trouble first', async () => {
    const { page, wrong } = await visit(browser, scene);
    await page.getByText('live', { exact: true }).waitFor();
    const payments = scene.holdfast.policy('payments');
    for (let call = 0; call < 2; call++)
      await payments.execute(() => Promise.reject(new Error('boom'))).catch(() => {});
    await page.locator('.breaker[data-state="open"]').waitFor();
    assert.equal(await rows(page).first().textContent(), 'payments');
    scene.holdfast.define('late', {});
    await page.locator('.name', { hasText: /^late$/ }).waitFor();
    scene.holdfast.remove('late');
    await page.locator('.name', { hasText: /^late$/ }).waitFor({ state: 'detached' });
    payments.circuitBreaker?.close();
    await page.locator('.breaker[data-state="open"]').waitFor({ state: 'detached' });
    assert.deepEqual(wrong, []);
    await page.close();
  });

  it('draws what happened', async () => {
    const { page } = await visit(browser, scene);
    await page.getByText('live', { exact: true }).waitFor();
    const drawn = () =>
      page
        .locator('#overview canvas')
        .first()
        .evaluate((element) => {
          const canvas = element as never as {
            width: number;
            height: number;
            getContext(kind: '2d'): { getImageData(...area: number[]): { data: Uint8ClampedArray } };
          };
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          let blue = 0;
          for (let at = 0; at < data.length; at += 4) {
            // The colour of calls: rgb(37, 99, 168).
            if (
              Math.abs(data[at] - 37) + Math.abs(data[at + 1] - 99) + Math.abs(data[at + 2] - 168) < 40 &&
              data[at + 3] > 128
            )
              blue++;
          }
          return blue;
        });
    await page.locator('#overview canvas').first().waitFor();
    for (let tries = 0; tries < 50 && (await drawn()) === 0; tries++) {
      for (let call = 0; call < 50; call++) await scene.holdfast.policy('search').execute(() => 'found');
      await page.waitForTimeout(200);
    }
    assert.ok((await drawn()) > 0);
    await page.close();
  });

  it('gives commands with the token, by keyboard alone', async () => {
    const { page, wrong } = await visit(browser, scene);
    await page.getByText('live', { exact: true }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('paym');
    await page.getByText('1 of 3').waitFor();
    const summary = page.locator('#policies > li:not([hidden]) .summary');
    await summary.focus();
    await page.keyboard.press('Enter');
    await page.locator('.details').waitFor();
    assert.equal(await summary.getAttribute('aria-expanded'), 'true');
    await page.getByRole('button', { name: 'Isolate' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('#said[data-tone="bad"]').waitFor();
    assert.match((await page.locator('#said').textContent()) ?? '', /a token is needed/);
    wrong.length = 0;
    await page.getByLabel('Token').focus();
    await page.keyboard.type(TOKEN);
    await page.keyboard.press('Enter');
    await page.getByText('the token is used in this tab').waitFor();
    await page.getByRole('button', { name: 'Isolate' }).press('Enter');
    await page.locator('.breaker[data-state="isolated"]').waitFor();
    assert.equal(scene.holdfast.policy('payments').circuitBreaker?.state, 'isolated');
    await page.getByRole('button', { name: 'Release' }).press('Enter');
    await page.locator('.breaker[data-state="closed"]').waitFor();
    await page.getByRole('button', { name: 'error', exact: true }).press('Enter');
    await page.getByText('payments: error for a minute').waitFor();
    await page.getByRole('button', { name: 'End all' }).press('Enter');
    await page.getByText('all experiments have ended').waitFor();
    assert.ok(!page.url().includes(TOKEN));
    assert.deepEqual(wrong, []);
    await page.close();
  });

  it('is readable on a phone and in the dark', async () => {
    const { page } = await visit(browser, scene, {
      viewport: { width: 360, height: 740 },
      colorScheme: 'dark',
    });
    await page.getByText('live', { exact: true }).waitFor();
    const { wide, back } = await page.evaluate(() => {
      const { document, getComputedStyle } = globalThis as never as {
        document: { documentElement: { scrollWidth: number }; body: object };
        getComputedStyle(element: object): { backgroundColor: string };
      };
      return {
        wide: document.documentElement.scrollWidth,
        back: getComputedStyle(document.body).backgroundColor,
      };
    });
    assert.ok(wide <= 360, `${wide} px wide`);
    assert.equal(back, 'rgb(16, 21, 28)');
    await page.close();
  });

  it('stays smooth with 500 policies that all change every second', async () => {
    const many = Array.from({ length: 500 }, (_, index) => `policy-${index}`);
    const crowd = await serving({
      policies: Object.fromEntries(many.map((name) => [name, policies.payments])),
      memory: { policies: 500, threads: 1, keys: 0 },
    });
    const page = await browser.newPage();
    await page.addInitScript(WATCH_LONG_TASKS);
    await page.goto(`${crowd.server.url}/`);
    await page.getByText('live', { exact: true }).waitFor();
    await page.locator('#policies > li').nth(499).waitFor({ state: 'attached' });
    const traffic = setInterval(() => {
      for (const name of many) void crowd.holdfast.policy(name).executeOutcome(() => 1);
    }, 500);
    // Neighbours on the machine make any task long: what counts is the quietest of a few spans of three frames.
    let fewest = Number.POSITIVE_INFINITY;
    for (let span = 0; span < 6 && fewest > 0; span++) {
      await page.evaluate('longTasks.length = 0');
      await page.waitForTimeout(3_200);
      await page.getByRole('searchbox').fill(span % 2 === 0 ? 'policy-1' : '');
      assert.match((await page.locator('#policies > li .calls').last().textContent()) ?? '', /^[1-9]/);
      fewest = Math.min(fewest, await page.evaluate<number>('longTasks.length'));
    }
    clearInterval(traffic);
    assert.equal(fewest, 0, 'tasks of more than 50 ms in the quietest three seconds');
    await page.close();
    await crowd.end();
  });

  it('asks for the token where reading needs it', async () => {
    const guarded = await serving({ policies }, { host: '0.0.0.0', token: TOKEN });
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${guarded.port}/`);
    await page.getByText('enter the token').waitFor();
    assert.equal(await rows(page).count(), 0);
    await page.getByLabel('Token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await page.getByText('live', { exact: true }).waitFor();
    assert.equal(await rows(page).count(), 3);
    await page.close();
    await guarded.end();
  });
});
