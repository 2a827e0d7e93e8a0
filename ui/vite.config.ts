import { readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Puts the glyph sprite into the page itself, so that `<use href="#name">` needs no request. */
function glyphSprite(): Plugin {
  const spritePath = new URL('./src/glyphs.svg', import.meta.url);
  return {
    name: 'glyph-sprite',
    transformIndexHtml(html) {
      const sprite = readFileSync(spritePath, 'utf8').replace('<svg ', '<svg class="sprite" aria-hidden="true" ');
      return html.replace('<!-- glyphs -->', () => sprite);
    },
  };
}

export default defineConfig({
  plugins: [svelte(), glyphSprite()],
  clearScreen: false,
  server: { port: 5173, strictPort: true, host: '127.0.0.1' },
  build: {
    outDir: 'dist',
    target: 'safari16.4',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/test/setup.ts'],
    restoreMocks: true,
    // A limit, not a pace: tests wait for conditions, and a busy machine takes its time.
    testTimeout: 60_000,
  },
});
