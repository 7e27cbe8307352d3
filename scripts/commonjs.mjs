/**
 * Writes the CommonJS output of the packages that applications load, beside the ES modules: file by file, so that modules stay what
 * they are and state is where it was. `node scripts/commonjs.mjs [package folder …]`. Does nothing where the output is up to date.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folders = process.argv.length > 2 ? process.argv.slice(2) : ['packages/protocol', 'packages/sdk'];
for (const folder of folders) await convert(join(root, folder));

async function convert(folder) {
  const dist = join(folder, 'dist');
  const cjs = join(folder, 'cjs');
  const wanted = sources(dist, JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).files);
  mkdirSync(cjs, { recursive: true });
  for (const file of readdirSync(cjs, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath ?? file.path, file.name);
    const isKept = !file.isFile() || file.name === 'package.json' || wanted.includes(relative(cjs, path));
    if (!isKept) rmSync(path);
  }
  writeFileSync(join(cjs, 'package.json'), '{ "type": "commonjs", "sideEffects": false }\n');
  await Promise.all(wanted.map((path) => write(join(dist, path), join(cjs, path))));
}

/** Everything that is published: `files` of the package says what is not. */
function sources(dist, files) {
  const left = files.filter((file) => file.startsWith('!dist/')).map((file) => file.slice('!dist/'.length));
  const isLeft = (path) => left.some((start) => path.startsWith(start.replace(/\.\*$/, '.').replace(/\/?$/, '')));
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(js|d\.ts)$/.test(entry.name))
    .map((entry) => relative(dist, join(entry.parentPath ?? entry.path, entry.name)))
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !/\.test\./.test(path) && !isLeft(path));
}

async function write(from, to) {
  if (existsSync(to) && statSync(to).mtimeMs >= statSync(from).mtimeMs) return;
  mkdirSync(dirname(to), { recursive: true });
  if (from.endsWith('.d.ts')) {
    copyFileSync(from, to);
    return;
  }
  const text = readFileSync(from, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '');
  const usesUrl = text.includes('import.meta.url');
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    banner: usesUrl ? "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" : '',
    define: {
      'import.meta.url': 'importMetaUrl',
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
    },
  });
  writeFileSync(to, code);
}
