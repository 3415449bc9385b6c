// Rules that no type checker knows: text only through messages, colors only through tokens, logical CSS only.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const SRC = new URL('../src/', import.meta.url).pathname;
const problems = [];
const report = (file, line, text) => problems.push(`src/${file}:${line}: ${text}`);
const TEXT_ATTRIBUTES = new Set(['aria-label', 'title', 'placeholder', 'label', 'alt', 'hint', 'aria-description']);
const HEX = /#[0-9a-fA-F]{3,8}\b/;
const PHYSICAL = /(?:^|[\s;{])((?:margin|padding|border)-(?:left|right|top|bottom)[a-z-]*|left|right|top|bottom|text-align:\s*(?:left|right)|float:\s*(?:left|right))\s*[:;]/;
/** The only files with colors. */
const COLORS = new Set(['app/theme.ts']);

function lintCode(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const at = (node) => source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  const visit = (node) => {
    if (ts.isJsxText(node) && /\p{L}/u.test(node.text)) report(file, at(node), `text without a message: ${JSON.stringify(node.text.trim())}`);
    if (ts.isJsxExpression(node) && node.expression && ts.isStringLiteral(node.expression) && ts.isJsxElement(node.parent) && /\p{L}/u.test(node.expression.text)) {
      report(file, at(node), `text without a message: ${node.expression.text}`);
    }
    if (ts.isJsxAttribute(node) && TEXT_ATTRIBUTES.has(node.name.getText()) && node.initializer && ts.isStringLiteral(node.initializer) && /\p{L}/u.test(node.initializer.text)) {
      report(file, at(node), `text without a message in ${node.name.getText()}: ${node.initializer.text}`);
    }
    if ((ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) && HEX.test(node.text) && !COLORS.has(file)) {
      report(file, at(node), `raw color ${node.text}: use a token`);
    }
    if (ts.isPropertyAssignment(node) && /^(margin|padding)(Left|Right|Top|Bottom)$/.test(node.name.getText())) {
      report(file, at(node), `physical style ${node.name.getText()}: use the logical one`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

function lintStyles(file, text) {
  text.split('\n').forEach((line, i) => {
    if (HEX.test(line)) report(file, i + 1, `raw color: ${line.trim()}`);
    const physical = PHYSICAL.exec(line);
    if (physical) report(file, i + 1, `physical property ${physical[1]}: use the logical one`);
  });
}

for (const file of readdirSync(SRC, { recursive: true, encoding: 'utf8' }).sort()) {
  if (/\.test\.tsx?$/.test(file)) continue;
  const read = () => readFileSync(join(SRC, file), 'utf8');
  if (/\.tsx?$/.test(file) && !file.endsWith('.d.ts')) lintCode(file, read());
  if (file.endsWith('.css')) lintStyles(file, read());
  if (/\.(tsx?|css)$/.test(file) && !file.endsWith('schema.d.ts') && read().split('\n').length > 800) report(file, 1, 'longer than 800 lines');
}
if (problems.length > 0) {
  for (const problem of problems) console.error(problem);
  console.error(`lint: ${problems.length} problem${problems.length === 1 ? '' : 's'}`);
  process.exit(1);
}
console.log('lint: clean');
