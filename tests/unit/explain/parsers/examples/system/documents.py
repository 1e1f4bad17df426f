"""What tools printed that make and check documents."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
Error: Undefined variable: "$gap".
        on line 98 of sass/cart.sass
        from line 5 of sass/all.sass
>> margin: $gap
""",
        [
            Failure("sass", "compile", 'Undefined variable: "$gap".', 1, 3, Place("sass/cart.sass", 98)),
        ],
    ),
    (
        """\
Building sites … ERROR 2019/08/01 15:12:45 [en] REF_NOT_FOUND: Ref "/docs/start": "/site/content/docs/a.md:58:54": page not found
Error: Error building site: "/site/content/docs/a.md:58:54": failed to render
""",
        [
            Failure(
                "hugo",
                "docs",
                '[en] REF_NOT_FOUND: Ref "/docs/start": "/site/content/docs/a.md:58:54": page not found',
                1,
                1,
                Place("/site/content/docs/a.md", 58, 54),
            ),
            Failure(
                "hugo",
                "docs",
                '"/site/content/docs/a.md:58:54": failed to render',
                2,
                2,
                Place("/site/content/docs/a.md", 58, 54),
            ),
        ],
    ),
    (
        """\
(./docs/a.md): did not find expected ',' or ']' while parsing a flow sequence at line 5 column 7
> White listed:
  1. [L004] 200 https://example.com/fine
Issues :-(
> Links
  1. [L296] 301 https://example.com/a  → https://example.com/b
  [404] http://example.com/gone
ERROR: Detected 1 broken links. Scanned 1 links in 0.06 seconds.
""",
        [
            Failure(
                "yaml",
                "compile",
                "did not find expected ',' or ']' while parsing a flow sequence at line 5 column 7",
                1,
                1,
            ),
            Failure("awesome_bot", "docs", "https://example.com/a → https://example.com/b", 6, 6, code="301"),
            Failure("links", "docs", "http://example.com/gone", 7, 7, code="404"),
            Failure("links", "docs", "Detected 1 broken links. Scanned 1 links in 0.06 seconds.", 8, 8),
        ],
    ),
    (
        """\
CssSyntaxError: /app/main.css:11:3: Unknown word
! Undefined control sequence.
l.12 \\nope
""",
        [
            Failure("postcss", "compile", "Unknown word", 1, 1, Place("/app/main.css", 11, 3)),
            Failure("latex", "docs", "! Undefined control sequence.", 2, 3),
        ],
    ),
    (
        """\
Error: Parse error on line 12:
... as the source.**Common builders:**
---------------------^
Expecting 'BACKTICK', got 'TEXT'
  *  External link http://example.com/gone failed: 404 No error
""",
        [
            Failure("json", "compile", "Parse error on line 12:", 1, 4),
            Failure("html-proofer", "docs", "External link http://example.com/gone failed: 404 No error", 5, 5),
        ],
    ),
    (
        """\
Error: Undefined variable.
  ╷
1 │ a { color: $nope; }
  │            ^^^^^
  ╵
  src/a.scss 1:12  root stylesheet
""",
        [
            Failure("sass", "compile", "Undefined variable.", 1, 6, Place("src/a.scss", 1, 12)),
        ],
    ),
    (
        """\
INFO    -  Cleaning site directory
WARNING -  A reference to 'guide/start.md' is included in the 'nav' configuration, which is not found in the documentation files.
WARNING -  Doc file 'index.md' contains a link 'gone.md', but the target is not found among documentation files.

Aborted with 2 warnings in strict mode!
""",
        [
            Failure(
                "mkdocs",
                "docs",
                "A reference to 'guide/start.md' is included in the 'nav' configuration, which is not found in the documentation files.",
                2,
                2,
            ),
            Failure(
                "mkdocs",
                "docs",
                "Doc file 'index.md' contains a link 'gone.md', but the target is not found among documentation files.",
                3,
                3,
            ),
            Failure("mkdocs", "docs", "Aborted with 2 warnings in strict mode!", 5, 5, summary=True),
        ],
    ),
    (
        """\
$ lessc a.less out.css
NameError: variable @brand is undefined in /app/a.less on line 1, column 13:
1 .a { color: @brand; }
2
""",
        [
            Failure(
                "less", "compile", "variable @brand is undefined", 2, 2, Place("/app/a.less", 1, 13), code="NameError"
            ),
        ],
    ),
]

GREEN = [
    """\
Start building sites …
[200] http://example.com/here
Detected 0 broken links. Scanned 12 links.
  on line 98 of sass/cart.sass
""",
]
