"""Errors that ended node."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
node:internal/modules/cjs/loader:1210
  throw err;
  ^

Error: Cannot find module './nope'
Require stack:
- /app/index.js
    at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)
    at require (node:internal/modules/helpers:182:18)
    at Object.<anonymous> (/app/index.js:3:11) {
  code: 'MODULE_NOT_FOUND',
  requireStack: [ '/app/index.js' ]
}

Node.js v20.20.2
""",
        [
            Failure(
                "node",
                "package",
                "Error: Cannot find module './nope'",
                5,
                5,
                Place("/app/index.js", 3, 11),
                "MODULE_NOT_FOUND",
            ),
        ],
    ),
    (
        """\
/app/s.js:1
let = (;
       ^

SyntaxError: Unexpected token ';'
    at wrapSafe (node:internal/modules/cjs/loader:1464:18)

Node.js v20.20.2
""",
        [
            Failure("node", "compile", "SyntaxError: Unexpected token ';'", 5, 5, Place("/app/s.js", 1)),
        ],
    ),
    (
        """\
TypeError: Cannot read properties of null (reading 'x')
    at helper (/app/node_modules/lib/a.js:1:2)
    at main (/app/index.js:10:6)
npm ERR! code ELIFECYCLE
npm ERR! Exit status 1
""",
        [
            Failure(
                "node",
                "runtime",
                "TypeError: Cannot read properties of null (reading 'x')",
                1,
                1,
                Place("/app/index.js", 10, 6),
            ),
            Failure("npm", "command", "Exit status 1", 5, 5, code="ELIFECYCLE", summary=True),
        ],
    ),
    (
        """\
<--- Last few GCs --->
FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
 1: 0xb090e0 node::Abort() [node]
""",
        [
            Failure(
                "node",
                "memory",
                "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
                2,
                2,
            ),
        ],
    ),
    (
        """\
node:child_process:930
    throw err;
    ^

Error: Command failed: /app/node_modules/@esbuild/linux-x64/bin/esbuild src/main.ts --bundle
    at genericNodeError (node:internal/errors:984:15)
    at Object.<anonymous> (/app/node_modules/esbuild/bin/esbuild:222:28)

Node.js v20.20.2
""",
        [
            Failure(
                "node",
                "runtime",
                "Error: Command failed: /app/node_modules/@esbuild/linux-x64/bin/esbuild src/main.ts --bundle",
                5,
                5,
                summary=True,
            ),
        ],
    ),
]

GREEN = [
    """\
Error: only told, in /app/index.js
    at log (/app/index.js:10:6)
done
""",
]
