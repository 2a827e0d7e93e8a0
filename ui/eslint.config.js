import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const noHtmlMessage = 'Text from a feed is hostile: it becomes a text node, never markup.';
const noHtml = [
  {
    selector:
      'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|srcdoc|createContextualFragment)$/]',
    message: noHtmlMessage,
  },
  {
    selector: 'MemberExpression[property.value=/^(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|srcdoc)$/]',
    message: noHtmlMessage,
  },
  {
    selector: 'CallExpression[callee.object.name="document"][callee.property.name=/^write(ln)?$/]',
    message: noHtmlMessage,
  },
  { selector: 'CallExpression[callee.property.name="parseFromString"]', message: noHtmlMessage },
  { selector: 'SvelteAttribute[key.name=/^(innerHTML|outerHTML|srcdoc)$/]', message: noHtmlMessage },
  {
    selector: 'SvelteAttribute[key.name="style"]',
    message: 'The policy refuses style attributes; use a class or the style: directive.',
  },
  { selector: 'SvelteDirective[kind="Binding"][key.name.name=/^(innerHTML)$/]', message: noHtmlMessage },
];

export default ts.config(
  { ignores: ['dist/', 'node_modules/'] },
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-restricted-syntax': ['error', ...noHtml],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@tauri-apps/*'], message: 'Only src/lib/ipc.ts talks to the bridge.' }] },
      ],
      'svelte/no-at-html-tags': 'error',
      'svelte/no-target-blank': 'error',
      'svelte/require-each-key': 'error',
      'svelte/button-has-type': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['src/lib/ipc.ts', 'src/test/**', 'src/**/*.test.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
  { files: ['*.ts', '*.js'], languageOptions: { globals: { ...globals.node } } },
);
