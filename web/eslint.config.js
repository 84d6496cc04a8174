import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

// Each ban says why, so that the person who meets it learns the rule and not only the refusal.
const banned = [
  { selector: 'ExportDefaultDeclaration', message: 'Named exports only: one name for one thing, everywhere.' },
  {
    selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
    message: 'Trusted Types refuses raw HTML; render elements instead.',
  },
  {
    selector: "CallExpression[callee.name='parseFloat'], CallExpression[callee.object.name='Number'][callee.property.name='parseFloat']",
    message: 'Money and quantities are decimal strings: use lib/decimal.ts, never floats.',
  },
  {
    selector: "CallExpression[callee.name='Number']",
    message: 'Money and quantities are decimal strings: use lib/decimal.ts; for counts use parseInt with a radix.',
  },
];
const patterns = [
  { group: ['sonner', 'vaul', '@emotion/*', '@radix-ui/*'], message: 'Injects <style> elements: breaks the content security policy.' },
];
const baseUi = { group: ['@base-ui/*'], message: 'Only components/ui wraps the headless library.' };
const features = ['home', 'auth', 'account', 'orders', 'customers', 'products', 'price-lists', 'imports'];

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'node_modules', 'src/lib/schema.gen.ts'] },
  ...tseslint.configs.strict,
  jsxA11y.flatConfigs.recommended,
  reactHooks.configs.flat['recommended-latest'],
  {
    files: ['src/**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-syntax': ['error', ...banned],
      'no-restricted-imports': ['error', { patterns: [...patterns, baseUi] }],
      'jsx-a11y/no-autofocus': 'off',
      'react-hooks/incompatible-library': 'off',
      'max-lines': ['error', { max: 400, skipBlankLines: true }],
    },
  },
  { files: ['src/components/ui/**'], rules: { 'no-restricted-imports': ['error', { patterns }] } },
  ...features.map((name) => ({
    files: [`src/features/${name}/**/*.{ts,tsx}`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            ...patterns,
            baseUi,
            {
              regex: `^@/features/(?!${name}/)`,
              message: 'Features never import features: move what is shared to components/ or lib/.',
            },
            { group: ['@/routes/*', '@/router'], message: 'Imports run lib, components → features → routes.' },
          ],
        },
      ],
    },
  })),
  {
    files: ['src/lib/**', 'src/components/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [...patterns, { group: ['@/features/*', '@/routes/*'], message: 'Imports run lib, components → features → routes.' }] },
      ],
    },
  },
  { files: ['*.config.ts', '*.config.js', 'eslint.config.js'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['src/**/*.test.{ts,tsx}', 'src/testing/**'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
);
