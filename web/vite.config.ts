import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { messages } from './scripts/messages.ts';

const server = process.env['TANDEM_URL'] ?? 'http://localhost:8088';

export default defineConfig(({ command }) => ({
  plugins: [react(), messages()],
  resolve: {
    // Messages are parsed at build time (scripts/messages.ts): what is shipped needs no ICU parser. Tests do, and so does
    // react-intl's development build, which passes literals through it.
    alias: command === 'build' ? [{ find: /^@formatjs\/icu-messageformat-parser$/, replacement: '@formatjs/icu-messageformat-parser/no-parser.js' }] : [],
  },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    manifest: true,
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': { target: server, ws: true } } },
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
    environment: 'happy-dom',
    server: { deps: { inline: ['react-intl', '@formatjs/intl', 'intl-messageformat'] } },
  },
}));
