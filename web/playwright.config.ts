// End-to-end tests drive a real `tandem demo`: TANDEM_URL is its address, TANDEM_SIGN_INS the file with its sign-ins.
import { defineConfig } from '@playwright/test';

const url = process.env['TANDEM_URL'] ?? 'http://localhost:8088';

export default defineConfig({
  testDir: 'e2e',
  // Pictures for the documents are taken on request alone.
  testIgnore: process.env['UPDATE_SCREENSHOTS'] === '1' ? [] : ['**/screenshots.spec.ts'],
  outputDir: 'test-results',
  // The tests share one busy contact center and, often, two cores.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  timeout: 300_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    baseURL: url,
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    trace: 'off',
    screenshot: 'off',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
    },
    contextOptions: { reducedMotion: 'reduce' },
  },
});
