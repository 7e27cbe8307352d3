// Layers and who may import whom (docs/ARCHITECTURE.md): each row lists what a folder must not import.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const server = (folder) => `packages/server/src/${folder}/**/*.ts`;
const sdk = (folder) => `packages/sdk/src/${folder}/**/*.ts`;
const NODE = { group: ['node:*'], message: 'This layer is pure: no Node.' };

function layer(files, forbidden) {
  const patterns = forbidden.map((entry) =>
    typeof entry === 'string'
      ? { group: [entry], message: 'An import against the arrows: see docs/ARCHITECTURE.md, layers.' }
      : entry,
  );
  return {
    files,
    ignores: ['**/*.test.ts', '**/conformance.ts', '**/conformance/**', '**/{replay,workflow}/testing/**'],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
}

const PURE_GLOBALS = [
  'process',
  'Buffer',
  'console',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'fetch',
  'crypto',
  'performance',
  'TextEncoder',
  'TextDecoder',
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/cjs/**',
      '**/generated/**',
      '**/node_modules/**',
      'conformance/**',
      'examples/**',
      '**/*.mjs',
      '**/*.js',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-console': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
  layer(
    [server('core')],
    ['**/engine/**', '**/ports/**', '**/api/**', '**/store/**', '**/transport/**', '**/run/**', NODE],
  ),
  layer([server('engine')], ['**/api/**', '**/store/**', '**/transport/**', '**/run/**', NODE]),
  layer([server('ports')], ['**/engine/**', '**/api/**', '**/store/**', '**/transport/**', '**/run/**', NODE]),
  layer([server('api')], ['**/store/**', '**/transport/**', '**/run/**', NODE]),
  layer([server('store')], ['**/engine/**', '**/api/**', '**/transport/**', '**/run/**']),
  layer([server('transport')], ['**/core/**', '**/engine/**', '**/api/**', '**/store/**', '**/run/**']),
  layer(['packages/protocol/src/**/*.ts'], ['@perdure/server*']),
  layer(
    [sdk('{conversion,replay,workflow}')],
    ['**/client/**', '**/activity/**', '**/worker/**', '**/testing/**', NODE],
  ),
  layer([sdk('{client,activity}')], ['**/replay/**', '**/workflow/**', '**/worker/**', '**/testing/**']),
  layer(['packages/cli/src/**/*.ts'], ['**/server/src/**']),
  {
    files: [server('core'), server('engine'), server('api'), sdk('{conversion,replay}')],
    ignores: ['**/*.test.ts', '**/replay/testing/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...PURE_GLOBALS.map((name) => ({ name, message: 'Pure code: time, randomness and I/O come from outside.' })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Randomness comes from outside.' },
        { object: 'Date', property: 'now', message: 'Time comes from outside.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time comes from outside.' },
      ],
    },
  },
  {
    files: ['**/*.test.ts', '**/conformance/**', '**/testing/**', 'sim/**', 'bench/**'],
    rules: {
      // node:test's describe and it return promises that nobody awaits; simulations and tests look at parts of unions.
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-console': 'off',
    },
  },
);
