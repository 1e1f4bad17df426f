"""What Svelte's, ReScript's and Solidity's checkers, Parcel and the GraphQL code generator printed."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
Loading svelte-check in workspace: /app
Getting Svelte diagnostics...

/app/src/A.svelte:5:1
Warn: `<img>` element should have an alt attribute
https://svelte.dev/e/a11y_missing_attribute (svelte)
<p>{missing}</p>

/app/src/A.svelte:2:7
Error: Type 'string' is not assignable to type 'number'. (ts)
<script lang="ts">
  let n: number = "x";
</script>

====================================
svelte-check found 1 error and 1 warning in 1 file
""",
        [
            Failure(
                "svelte-check",
                "types",
                "Type 'string' is not assignable to type 'number'.",
                9,
                10,
                Place("/app/src/A.svelte", 2, 7),
                code="ts",
            ),
            Failure(
                "svelte-check", "types", "svelte-check found 1 error and 1 warning in 1 file", 16, 16, summary=True
            ),
        ],
    ),
    (
        """\
>>>> Start compiling
rescript: [3/3] src/A.cmj
FAILED: src/A.cmj

  We've found a bug for you!
  /app/src/A.res:1:21

  1 │ let f = (x: int) => x ++ "a"
  2 │

  This has type: int
  But this function argument is expecting: string

FAILED: cannot make progress due to previous errors.
""",
        [
            Failure("rescript", "compile", "This has type: int", 5, 12, Place("/app/src/A.res", 1, 21)),
            Failure(
                "rescript", "compile", "FAILED: cannot make progress due to previous errors.", 14, 14, summary=True
            ),
        ],
    ),
    (
        """\
Warning: Function state mutability can be restricted to view
 --> C.sol:4:3:
  |
4 |   function g() public returns (uint) { return x; }
  |   ^ (Relevant source part starts here and spans across multiple lines).

DeclarationError: Undeclared identifier.
 --> C.sol:5:69:
  |
5 |   function f(string memory s) public returns (uint) { x = s; return y; }
  |                                                                     ^

""",
        [
            Failure("solc", "compile", "Undeclared identifier.", 7, 11, Place("C.sol", 5, 69), code="DeclarationError"),
        ],
    ),
    (
        """\
Building...
🚨 Build failed.

@parcel/core: Failed to resolve './nope.js' from './m.js'

  /app/m.js:1:17
  > 1 | import {q} from './nope.js';
  >   |                 ^^^^^^^^^^^
    2 | q();

✖ Load GraphQL schemas [FAILED: Failed to load schema from s.graphql:
Unknown type: "User".
Error: Unknown type: "User".
    at getNamedType (/app/node_modules/graphql/utilities/extendSchema.js:525:13)
]
""",
        [
            Failure(
                "parcel",
                "compile",
                "@parcel/core: Failed to resolve './nope.js' from './m.js'",
                4,
                8,
                Place("/app/m.js", 1, 17),
            ),
            Failure("graphql-codegen", "compile", "Failed to load schema from s.graphql:", 11, 13),
        ],
    ),
]

GREEN = [
    """\
svelte-check found 0 errors and 0 warnings
✔ Load GraphQL schemas
✨ Built in 1.04s
>>>> Finish compiling 210 mseconds
Warning: Function state mutability can be restricted to view
 --> C.sol:4:3:
""",
]
