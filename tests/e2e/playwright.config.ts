import { defineConfig } from '@playwright/test';

/** `cargo xtask test --only e2e` sets CHROMIUM; by hand any Chromium or Chrome will do. */
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results',
  // Tests wait for services and pages more than they compute: two files at a time, each with a server of its own, and one test
  // of a file at a time.
  workers: 2,
  fullyParallel: false,
  // A retry would hide a flake.
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  // Bounds for what never comes. On a busy machine the engine alone may take more than ten seconds to load.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    launchOptions: {
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
    locale: 'en-GB',
    timezoneId: 'UTC',
    viewport: { width: 1280, height: 800 },
    contextOptions: { reducedMotion: 'reduce' },
    // A trace of every test costs half as much again as the test: `--trace on` makes one where it is wanted.
    screenshot: 'only-on-failure',
  },
});
