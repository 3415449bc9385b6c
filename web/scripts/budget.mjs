// Fails the build when the first load or a page grows past its budget (user-experience 3.2).
import { readFileSync } from 'node:fs';

const SHELL = 200 * 1024;
const ROUTE = 60 * 1024;
const TOTAL_BROTLI = 1.2 * 1024 * 1024;

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const chunks = read('../.vite-manifest.json');
const shipped = new Map(read('../dist/manifest.json').files.map((file) => [file.path, file]));

/** Every file that loading `key` brings with it, but for what is there already. */
function closure(key, seen, have) {
  if (seen.has(key)) return [];
  seen.add(key);
  const chunk = chunks[key];
  const own = [chunk.file, ...(chunk.css ?? [])].filter((file) => !have.has(file));
  return [...own, ...(chunk.imports ?? []).flatMap((next) => closure(next, seen, have))];
}
const gz = (files) => [...new Set(files)].reduce((total, file) => total + shipped.get(file).gz, 0);
const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;

const entry = Object.keys(chunks).find((key) => chunks[key].isEntry);
const shell = closure(entry, new Set(), new Set());
const problems = [];
const report = (name, size, limit) => {
  console.log(`${kb(size).padStart(10)} of ${kb(limit).padStart(9)}  ${name}`);
  if (size > limit) problems.push(`${name}: ${kb(size)} gzip is over its budget of ${kb(limit)}`);
};
report('shell (first load)', gz(shell), SHELL);
/** What is there already when `key` is asked for: the shell, and the page that asks. */
function before(key) {
  const askers = Object.keys(chunks).filter((k) => (chunks[k].dynamicImports ?? []).includes(key));
  const loads = askers.map((asker) => new Set([...shell, ...closure(asker, new Set(), new Set())]));
  return new Set([...(loads[0] ?? shell)].filter((file) => loads.every((load) => load.has(file))));
}
for (const key of Object.keys(chunks).filter((k) => chunks[k].isDynamicEntry).sort()) {
  report(key, gz(closure(key, new Set(), before(key))), ROUTE);
}
// Workers are loaded on demand, too, and whole: they share nothing with the page.
for (const file of [...shipped.keys()].filter((path) => /-worker-[^/]*\.js$/.test(path)).sort()) report(file.replace(/-[^-]*\.js$/, ''), gz([file]), ROUTE);
const total = [...shipped.values()].reduce((sum, file) => sum + file.br, 0);
report('everything, brotli', total, TOTAL_BROTLI);
if (problems.length > 0) {
  for (const problem of problems) console.error(`budget: ${problem}`);
  process.exit(1);
}
