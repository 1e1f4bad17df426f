"""What the TypeScript compiler printed."""

# ruff: noqa: RUF001  signs that the tools print

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
src/a.ts(2,7): error TS2322: Type 'number' is not assignable to type 'string'.
src/a.ts(3,5): error TS2345: Argument of type '{ a: number; }' is not assignable to parameter of type 'Shape'.
  Property 'b' is missing in type '{ a: number; }' but required in type 'Shape'.
src/b.ts(4,1): error TS1005: ',' expected.
""",
        [
            Failure(
                "tsc",
                "types",
                "Type 'number' is not assignable to type 'string'.",
                1,
                1,
                Place("src/a.ts", 2, 7),
                "TS2322",
            ),
            Failure(
                "tsc",
                "types",
                "Argument of type '{ a: number; }' is not assignable to parameter of type 'Shape'.",
                2,
                3,
                Place("src/a.ts", 3, 5),
                "TS2345",
            ),
            Failure("tsc", "compile", "',' expected.", 4, 4, Place("src/b.ts", 4, 1), "TS1005"),
        ],
    ),
    (
        """\
src/a.ts:2:7 - error TS2322: Type 'number' is not assignable to type 'string'.

2 const x: string = add(1, 2)
        ~

src/a.ts:3:5 - error TS2304: Cannot find name 'ad'.

3 ad("1")
  ~~

Found 2 errors in the same file, starting at: src/a.ts:2
""",
        [
            Failure(
                "tsc",
                "types",
                "Type 'number' is not assignable to type 'string'.",
                1,
                4,
                Place("src/a.ts", 2, 7),
                "TS2322",
            ),
            Failure("tsc", "types", "Cannot find name 'ad'.", 6, 9, Place("src/a.ts", 3, 5), "TS2304"),
            Failure("tsc", "types", "Found 2 errors in the same file, starting at: src/a.ts:2", 11, 11, summary=True),
        ],
    ),
    (
        """\
ERROR in src/app/a.ts(3,5):
TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.
""",
        [
            Failure(
                "tsc",
                "types",
                "Argument of type 'string' is not assignable to parameter of type 'number'.",
                1,
                2,
                Place("src/app/a.ts", 3, 5),
                "TS2345",
            ),
        ],
    ),
    (
        """\
error TS18003: No inputs were found in config file '/app/tsconfig.json'. Specified 'include' paths were '["src"]'.
""",
        [
            Failure(
                "tsc",
                "types",
                "No inputs were found in config file '/app/tsconfig.json'. Specified 'include' paths were '[\"src\"]'.",
                1,
                1,
                code="TS18003",
            ),
        ],
    ),
    (
        """\
> tsc --noEmit
Error: src/app/a.component.ts:14:10 - error TS2339: Property 'nme' does not exist on type 'Pet'.
""",
        [
            Failure(
                "tsc",
                "types",
                "Property 'nme' does not exist on type 'Pet'.",
                2,
                2,
                Place("src/app/a.component.ts", 14, 10),
                "TS2339",
            ),
        ],
    ),
    (
        """\
[16:40:38] E/launcher - Error: TSError: ⨯ Unable to compile TypeScript
e2e/app.spec.ts (5,1): Cannot find name 'describe'. (2304)
e2e/app.spec.ts (7,13): Argument of type '() => void' is not assignable to parameter of type 'Done'.
  Type 'void' is not assignable to type 'Promise<void>'. (2345)
""",
        [
            Failure("tsc", "types", "Cannot find name 'describe'.", 2, 2, Place("e2e/app.spec.ts", 5, 1), "TS2304"),
            Failure(
                "tsc",
                "types",
                "Argument of type '() => void' is not assignable to parameter of type 'Done'.",
                3,
                4,
                Place("e2e/app.spec.ts", 7, 13),
                "TS2345",
            ),
        ],
    ),
]

GREEN = [
    """\
> tsc -p tsconfig.json
12:01:10 - Found 0 errors. Watching for file changes.
""",
]
