// Leaves in dist/ only `.br` and `.gz` of every file, and dist/manifest.json, which the server embeds and serves from.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const DIST = new URL('../dist/', import.meta.url).pathname;
const TYPES = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
  webmanifest: 'application/manifest+json',
  txt: 'text/plain; charset=utf-8',
};

function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else yield path;
  }
}

// Vite's own manifest (what imports what) is for the budget check only and is not shipped.
rmSync(join(DIST, '../.vite-manifest.json'), { force: true });
renameSync(join(DIST, '.vite/manifest.json'), join(DIST, '../.vite-manifest.json'));
rmSync(join(DIST, '.vite'), { recursive: true });

const files = [];
for (const file of [...filesUnder(DIST)]) {
  const path = relative(DIST, file).split(sep).join('/');
  const content_type = TYPES[path.slice(path.lastIndexOf('.') + 1)];
  if (!content_type) throw new Error(`${path}: no content type is known for this ending; add it to scripts/compress.mjs`);
  const raw = readFileSync(file);
  const br = brotliCompressSync(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  });
  const gz = gzipSync(raw, { level: 9 });
  writeFileSync(`${file}.br`, br);
  writeFileSync(`${file}.gz`, gz);
  rmSync(file);
  files.push({
    path,
    content_type,
    size: raw.length,
    br: br.length,
    gz: gz.length,
    sha256: createHash('sha256').update(raw).digest('hex'),
    // Names under assets/ carry a hash of the content, so they may be cached for ever.
    immutable: path.startsWith('assets/'),
  });
}
writeFileSync(join(DIST, 'manifest.json'), `${JSON.stringify({ version: 1, files }, null, 1)}\n`);

const sum = (key) => files.reduce((total, file) => total + file[key], 0);
const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
console.log(`dist: ${files.length} files, ${kb(sum('size'))} raw, ${kb(sum('gz'))} gzip, ${kb(sum('br'))} brotli`);
statSync(join(DIST, 'manifest.json'));
