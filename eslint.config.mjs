// The report page's scripts: classic scripts that page.py concatenates, each in a function of its own. What one of them
// gives to those after it is a global of its name.
import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  {
    languageOptions: {
      ecmaVersion: 2022,
      sourceType: "script",
      globals: {
        ...globals.browser,
        ...Object.fromEntries(["dom", "page", "evidence", "people"].map((name) => [name, "readonly"])),
      },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-redeclare": ["error", { builtinGlobals: false }],
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", vars: "local" }],
      "array-callback-return": "error",
      complexity: ["error", 10],
      "consistent-return": "error",
      eqeqeq: "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-shadow": ["error", { builtinGlobals: false }],
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "no-var": "error",
      "prefer-const": "error",
      strict: ["error", "function"],
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML", "write", "writeln"].map((property) => ({
          property,
          message: "Text of a machine must never be parsed as HTML: use textContent or dom.make.",
        })),
      ],
    },
  },
];
