"""What bundlers printed."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
ERROR in main
Module not found: Error: Can't resolve './src/lint2.js' in '/app'
Did you mean './src/lint.js'?

webpack 5.112.2 compiled with 1 error and 1 warning in 94 ms
""",
        [
            Failure("webpack", "compile", "Module not found: Error: Can't resolve './src/lint2.js' in '/app'", 2, 2),
            Failure(
                "webpack", "compile", "webpack 5.112.2 compiled with 1 error and 1 warning in 94 ms", 5, 5, summary=True
            ),
        ],
    ),
    (
        """\
ERROR in ./src/bad.js 3:9
Module parse failed: Unexpected token (3:9)
You may need an appropriate loader to handle this file type.
""",
        [
            Failure(
                "webpack", "compile", "Module parse failed: Unexpected token (3:9)", 2, 2, Place("./src/bad.js", 3, 9)
            ),
        ],
    ),
    (
        """\
✘ [ERROR] Expected identifier but found "("

    src/bad.js:3:9:
      3 │ function ( {
        ╵          ^

1 error
""",
        [
            Failure("esbuild", "compile", 'Expected identifier but found "("', 1, 5, Place("src/bad.js", 3, 9)),
        ],
    ),
    (
        """\
vite v5.4.0 building for production...
transforming...
✓ 3 modules transformed.
x Build failed in 50ms
error during build:
[vite]: Rollup failed to resolve import "nope-pkg" from "/app/src/main.js".
This is most likely unintended because it can break your application at runtime.
""",
        [
            Failure("vite", "compile", '"nope-pkg" from "/app/src/main.js".', 6, 6),
        ],
    ),
    (
        """\
src/main.js → dist/bundle.js...
[!] RollupError: Could not resolve "./nope" from "src/main.js"
src/main.js
""",
        [
            Failure("rollup", "compile", 'Could not resolve "./nope" from "src/main.js"', 2, 2),
        ],
    ),
    (
        """\
SyntaxError: /app/src/index.js: Unexpected token, expected "," (3:10)
  1 | const a = 1
> 3 | call(a b)
    |        ^
""",
        [
            Failure("babel", "compile", 'Unexpected token, expected ","', 1, 1, Place("/app/src/index.js", 3, 10)),
        ],
    ),
    (
        """\
  test/numbers.coffee:8:25: error: unexpected identifier
  eq 'bigint', typeof 42n
""",
        [
            Failure("coffee", "compile", "unexpected identifier", 1, 1, Place("test/numbers.coffee", 8, 25)),
        ],
    ),
    (
        """\
[12:00:00] Using gulpfile /app/gulpfile.js
[12:00:01] 'lint' errored after 2.1 s
[12:00:01] Error in plugin "gulp-eslint"
Message:
    Failed with 1 error
Running "jshint:all" (jshint) task
>> 1 error in 3 files
Warning: Task "jshint:all" failed. Use --force to continue.
""",
        [
            Failure("gulp", "command", "lint' errored after 2.1 s", 2, 2, summary=True),
            Failure("gulp", "compile", 'Error in plugin "gulp-eslint"', 3, 5),
            Failure("grunt", "style", ">> 1 error in 3 files", 7, 7, summary=True),
            Failure("grunt", "command", "jshint:all", 8, 8, summary=True),
        ],
    ),
    (
        """\
vite v8.3.8 building client environment for production...
✗ Build failed in 231ms
error during build:
Build failed with 1 error:

[UNRESOLVED_IMPORT] Could not resolve './pages/About.js' in src/main.js
   ╭─[ src/main.js:1:15 ]
   │
 1 │ import x from './pages/About.js';
   │               ─────────┬────────
   │                        ╰────────── Module not found.
───╯

    at unwrapBindingResult (file:///app/node_modules/rolldown/dist/shared/error.mjs:20:128)
""",
        [
            Failure(
                "rolldown",
                "compile",
                "Could not resolve './pages/About.js' in src/main.js",
                6,
                12,
                Place("src/main.js", 1, 15),
                code="UNRESOLVED_IMPORT",
            ),
        ],
    ),
    (
        """\
  ▲ Next.js 14.2.35

Failed to compile.

./pages/index.js
Module not found: Can't resolve '../components/Header'

https://nextjs.org/docs/messages/module-not-found


> Build failed because of webpack errors
""",
        [
            Failure("webpack", "compile", "Failed to compile.", 3, 3, summary=True),
            Failure(
                "webpack",
                "compile",
                "Module not found: Can't resolve '../components/Header'",
                5,
                6,
                Place("./pages/index.js"),
            ),
        ],
    ),
]

GREEN = [
    """\
vite v5.4.0 building for production...
✓ 34 modules transformed.
webpack 5.112.2 compiled successfully in 94 ms
src/index.js → dist/error.js...
""",
]
