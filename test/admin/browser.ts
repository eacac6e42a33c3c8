// Chromium, as Debian has it.

import { existsSync } from 'node:fs';
import process from 'node:process';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

const NONE =
  'the dashboard is tried in Chromium: install it (apt-get install chromium), or say where it is by CHROMIUM';
const executablePath = PLACES.find((place) => place !== undefined && existsSync(place));

/** Why there is nothing to try it in, for whoever has just cloned this; in CI that is a failure. */
export const noBrowser: string | false = executablePath === undefined && !process.env.CI && NONE;

/** Starts a browser without a window. */
export function browse(): Promise<Browser> {
  if (executablePath === undefined) throw new Error(NONE);
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
}
