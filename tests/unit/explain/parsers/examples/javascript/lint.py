"""What linters and formatters of JavaScript printed."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\

/app/src/bad.js
  3:10  error  Parsing error: Unexpected token (

/app/src/lint.js
  1:7   error    'a' is assigned a value but never used  no-unused-vars
  2:5   warning  Unexpected constant condition           no-constant-condition
  2:10  error    'foo' is not defined                    no-undef

✖ 4 problems (3 errors, 1 warning)

""",
        [
            Failure("eslint", "compile", "Parsing error: Unexpected token (", 3, 3, Place("/app/src/bad.js", 3, 10)),
            Failure(
                "eslint",
                "style",
                "'a' is assigned a value but never used",
                6,
                6,
                Place("/app/src/lint.js", 1, 7),
                "no-unused-vars",
            ),
            Failure("eslint", "style", "'foo' is not defined", 8, 8, Place("/app/src/lint.js", 2, 10), "no-undef"),
            Failure("eslint", "style", "✖ 4 problems (3 errors, 1 warning)", 10, 10, summary=True),
        ],
    ),
    (
        """\
/app/src/lint.js: line 2, col 10, Error - 'foo' is not defined. (no-undef)
/app/src/lint.js:3:10: 'bar' is not defined. [Error/no-undef]
""",
        [
            Failure("eslint", "style", "'foo' is not defined.", 1, 1, Place("/app/src/lint.js", 2, 10), "no-undef"),
            Failure("eslint", "style", "'bar' is not defined.", 2, 2, Place("/app/src/lint.js", 3, 10), "no-undef"),
        ],
    ),
    (
        """\
Checking formatting...
[warn] src/a.ts
[warn] src/lint.js
[warn] Code style issues found in 2 files. Run Prettier with --write to fix.
""",
        [
            Failure("prettier", "style", "Code style differs from Prettier's", 2, 2, Place("src/a.ts")),
            Failure("prettier", "style", "Code style differs from Prettier's", 3, 3, Place("src/lint.js")),
            Failure(
                "prettier",
                "style",
                "[warn] Code style issues found in 2 files. Run Prettier with --write to fix.",
                4,
                4,
                summary=True,
            ),
        ],
    ),
    (
        """\
[error] src/bad.js: SyntaxError: Unexpected token (3:10)
[error]   1 | const a = 1
[error] > 3 | function ( {
[error]     |          ^
Error occurred when checking code style in the above file.
""",
        [
            Failure("prettier", "compile", "Unexpected token", 1, 4, Place("src/bad.js", 3, 10)),
            Failure(
                "prettier", "style", "Error occurred when checking code style in the above file.", 5, 5, summary=True
            ),
        ],
    ),
    (
        """\
standard: Use JavaScript Standard Style (https://standardjs.com)
  /app/index.js:3:5: Extra semicolon. (semi)
ERROR: src/app.ts:7:3 - Missing semicolon
src/main.js:2:1 lint/suspicious/noDoubleEquals  FIXABLE  ━━━━━━━━━━
""",
        [
            Failure("standard", "style", "Extra semicolon.", 2, 2, Place("/app/index.js", 3, 5), "semi"),
            Failure("tslint", "style", "Missing semicolon", 3, 3, Place("src/app.ts", 7, 3)),
            Failure(
                "biome",
                "style",
                "src/main.js:2:1 lint/suspicious/noDoubleEquals FIXABLE ━━━━━━━━━━",
                4,
                4,
                Place("src/main.js", 2, 1),
                "suspicious/noDoubleEquals",
            ),
        ],
    ),
    (
        """\
src/a.js
src/b.css
Code style issues found in the above file(s). Forgot to run Prettier?
src/main.js:636 Insert `;` (prettier/prettier)
""",
        [
            Failure("prettier", "style", "Code style differs from Prettier's", 1, 1, Place("src/a.js")),
            Failure("prettier", "style", "Code style differs from Prettier's", 2, 2, Place("src/b.css")),
            Failure(
                "prettier",
                "style",
                "Code style issues found in the above file(s). Forgot to run Prettier?",
                3,
                3,
                summary=True,
            ),
            Failure("eslint", "style", "Insert `;`", 4, 4, Place("src/main.js", 636), "prettier/prettier"),
        ],
    ),
    (
        """\
src/a.js: line 3, col 5, Missing semicolon. (W033)
src/app.ts[3, 5]: missing whitespace
ERROR: (semicolon) src/app.ts[4, 5]: Missing semicolon
  ✗ src/b.coffee
     ✗ #3: Line exceeds maximum allowed length. max_line_length.
Error ---- src/c.js:3:5

Cannot call f with 1

""",
        [
            Failure("jshint", "style", "Missing semicolon.", 1, 1, Place("src/a.js", 3, 5), "W033"),
            Failure("tslint", "style", "missing whitespace", 2, 2, Place("src/app.ts", 3, 5)),
            Failure("tslint", "style", "Missing semicolon", 3, 3, Place("src/app.ts", 4, 5), "semicolon"),
            Failure(
                "coffeelint",
                "style",
                "Line exceeds maximum allowed length",
                5,
                5,
                Place("src/b.coffee", 3),
                "max_line_length",
            ),
            Failure("flow", "types", "Error ---- src/c.js:3:5", 6, 6, Place("src/c.js", 3, 5)),
        ],
    ),
    (
        """\
   src/a.js
      1 |var a = 1
                  ^ Missing semicolon.
      2 |if (a == 2) { foo() }
                            ^ Missing semicolon.

>> 2 errors in 1 file
""",
        [
            Failure("jshint", "style", "Missing semicolon.", 3, 3, Place("src/a.js", 1)),
            Failure("jshint", "style", "Missing semicolon.", 5, 5, Place("src/a.js", 2)),
            Failure("grunt", "style", ">> 2 errors in 1 file", 7, 7, summary=True),
        ],
    ),
    (
        """\
src/a.ts:2:20
ERROR: 2:20  semicolon  Missing semicolon

src/a.css:2:1: Unclosed block (CssSyntaxError) [error]
src/a.css: line 2, col 1, error - Unclosed block (CssSyntaxError)
   src/a.html
      L1 |<html><p class=x></html>
                  ^ The value of attribute [ class ] must be in double quotes. (attr-value-double-quotes)

Scanned 1 files, found 1 errors in 1 files (31 ms)
""",
        [
            Failure("tslint", "style", "Missing semicolon", 2, 2, Place("src/a.ts", 2, 20), "semicolon"),
            Failure("stylelint", "style", "Unclosed block", 4, 4, Place("src/a.css", 2, 1), "CssSyntaxError"),
            Failure("eslint", "style", "Unclosed block", 5, 5, Place("src/a.css", 2, 1), "CssSyntaxError"),
            Failure(
                "htmlhint",
                "style",
                "The value of attribute [ class ] must be in double quotes.",
                8,
                8,
                Place("src/a.html", 1),
                "attr-value-double-quotes",
            ),
        ],
    ),
    (
        """\

  src/z.js:1:7
  ✖  1:7   a is assigned a value but never used.  no-unused-vars
  ✖  2:12  Missing semicolon.                     @stylistic/semi

  2 errors

/app/api.yaml
  2:6  warning  info-contact   Info object must have "contact" object.                     info
  2:6    error  oas3-schema    "info" property must have required property "version".      info
  6:9    error  path-params    Operation must define parameter "{id}" as expected by path  paths./a/{id}.get
 8:15    error  oas3-schema    "200" property must have required property "description".

✖ 4 problems (3 errors, 1 warning, 0 infos, 0 hints)
""",
        [
            Failure(
                "eslint",
                "style",
                "a is assigned a value but never used.",
                3,
                3,
                Place("src/z.js", 1, 7),
                code="no-unused-vars",
            ),
            Failure("eslint", "style", "Missing semicolon.", 4, 4, Place("src/z.js", 2, 12), code="@stylistic/semi"),
            Failure(
                "spectral",
                "style",
                '"info" property must have required property "version".',
                10,
                10,
                Place("/app/api.yaml", 2, 6),
                code="oas3-schema",
            ),
            Failure(
                "spectral",
                "style",
                'Operation must define parameter "{id}" as expected by path',
                11,
                11,
                Place("/app/api.yaml", 6, 9),
                code="path-params",
            ),
            Failure(
                "spectral",
                "style",
                '"200" property must have required property "description".',
                12,
                12,
                Place("/app/api.yaml", 8, 15),
                code="oas3-schema",
            ),
            Failure("eslint", "style", "✖ 4 problems (3 errors, 1 warning, 0 infos, 0 hints)", 14, 14, summary=True),
        ],
    ),
    (
        """\
$ oxlint --deny-warnings src/a.js

  ⚠ eslint(no-debugger): `debugger` statement is not allowed
   ╭─[src/a.js:2:18]
 1 │ const a = [];
 2 │ if (a == null) { debugger }
   ·                  ────────
   ╰────
  help: Remove the debugger statement

Found 1 warning and 0 errors.
""",
        [
            Failure(
                "oxlint",
                "style",
                "`debugger` statement is not allowed",
                3,
                4,
                Place("src/a.js", 2, 18),
                code="no-debugger",
            ),
        ],
    ),
    (
        """\
$ knip
Unused files (1)
unused.js
Unused dependencies (1)
lodash  package.json
$ eslint .

Oops! Something went wrong! :(

ESLint: 8.57.1

ESLint couldn't find the config "airbnb-nope" to extend from. Please check that the name of the config is correct.

$ biome ci src
src/a.js format ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

  ✖ File content differs from formatting output
""",
        [
            Failure("knip", "style", "Unused files (1)", 2, 3),
            Failure("knip", "style", "Unused dependencies (1)", 4, 5),
            Failure(
                "eslint",
                "configuration",
                'ESLint couldn\'t find the config "airbnb-nope" to extend from. Please check that the name of the config is correct.',
                12,
                12,
            ),
            Failure(
                "biome",
                "style",
                "src/a.js format ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━",
                15,
                15,
                Place("src/a.js"),
            ),
        ],
    ),
]

GREEN = [
    """\
> eslint src
/app/src/lint.js
  2:5  warning  Unexpected constant condition  no-constant-condition

✖ 1 problem (0 errors, 1 warning)

Checking formatting...
All matched files use Prettier code style!
""",
]
