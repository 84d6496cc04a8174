import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { budget } from './build/budget';
import { precompress } from './build/precompress';

const api = process.env.SOM_DEV_API ?? 'http://localhost:8080';
// The server takes changes from its own address only; to it, the page in front of it has that address.
const proxy = { '/api': { target: api, headers: { Origin: api } } };

export default defineConfig({
  plugins: [react(), tailwindcss(), budget(), precompress()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: ['es2022', 'chrome123', 'firefox121', 'safari17.5'],
    // The content security policy allows neither inline scripts nor data: fonts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  server: { proxy },
  preview: { proxy },
});
