"""What linters of scripts, data and prose printed."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
In build.sh line 3:
rm $1
   ^-- SC2086 (info): Double quote to prevent globbing and word splitting.

run.sh:4:6: warning: foo is referenced but not assigned. [SC2154]
Dockerfile:3 DL3008 warning: Pin versions in apt get install
""",
        [
            Failure(
                "shellcheck",
                "style",
                "Double quote to prevent globbing and word splitting.",
                1,
                3,
                Place("build.sh", 3),
                "SC2086",
            ),
            Failure(
                "shellcheck", "style", "foo is referenced but not assigned.", 5, 5, Place("run.sh", 4, 6), "SC2154"
            ),
            Failure("hadolint", "style", "Pin versions in apt get install", 6, 6, Place("Dockerfile", 3), "DL3008"),
        ],
    ),
    (
        """\
docs/page.md: 10: MD007/ul-indent Unordered list indentation [Expected: 4; Actual: 1]
docs/page.md:3:81 MD013/line-length Line length [Expected: 80; Actual: 90]
.github/workflows/ci.yml:5:7: unexpected key "step" for "job" section [syntax-check]
config.yaml:3:1: [error] trailing spaces (trailing-spaces)
""",
        [
            Failure(
                "markdownlint",
                "style",
                "Unordered list indentation [Expected: 4; Actual: 1]",
                1,
                1,
                Place("docs/page.md", 10),
                "MD007/ul-indent",
            ),
            Failure(
                "markdownlint",
                "style",
                "Line length [Expected: 80; Actual: 90]",
                2,
                2,
                Place("docs/page.md", 3, 81),
                "MD013/line-length",
            ),
            Failure(
                "actionlint",
                "style",
                'unexpected key "step" for "job" section',
                3,
                3,
                Place(".github/workflows/ci.yml", 5, 7),
                "syntax-check",
            ),
            Failure("yamllint", "style", "trailing spaces", 4, 4, Place("config.yaml", 3, 1), "trailing-spaces"),
        ],
    ),
    (
        """\
fix end of files.........................................................Failed
- hook id: end-of-file-fixer
- exit code: 1
✖   subject may not be empty [subject-empty]
src/a.md:3:5 - Unknown word (teh)
""",
        [
            Failure("pre-commit", "style", "end-of-file-fixer", 2, 3),
            Failure("commitlint", "style", "subject may not be empty", 4, 4, code="subject-empty"),
            Failure("cspell", "style", "Unknown word (teh)", 5, 5, Place("src/a.md", 3, 5)),
        ],
    ),
    (
        """\
>>> Lint for tools/x.py:

README.md:3:5: "teh" is a misspelling of "the"
manifests/init.pp - ERROR: two-space soft tabs not used on line 3
""",
        [
            Failure("lintrunner", "style", ">>> Lint for tools/x.py:", 1, 1, Place("tools/x.py")),
            Failure("misspell", "style", '"teh" is a misspelling of "the"', 3, 3, Place("README.md", 3, 5)),
            Failure("puppet-lint", "style", "two-space soft tabs not used", 4, 4, Place("manifests/init.pp", 3)),
        ],
    ),
    (
        """\
a/z.yaml
  1:1       warning  missing document start "---"  (document-start)
  1:5       error    too many spaces after colon  (colons)
  5:3       error    syntax error: expected <block end>, but found '<block sequence start>' (syntax)

== [models/o.sql] FAIL
L:   2 | P:  23 |  PRS | Couldn't find closing bracket for opening bracket.
WARNING: Parsing errors found and dialect is set to 'postgres'.
All Finished!
""",
        [
            Failure("yamllint", "style", "too many spaces after colon", 3, 3, Place("a/z.yaml", 1, 5), code="colons"),
            Failure(
                "yamllint",
                "style",
                "syntax error: expected <block end>, but found '<block sequence start>'",
                4,
                4,
                Place("a/z.yaml", 5, 3),
                code="syntax",
            ),
            Failure(
                "sqlfluff",
                "style",
                "Couldn't find closing bracket for opening bracket.",
                7,
                7,
                Place("models/o.sql", 2, 23),
                code="PRS",
            ),
        ],
    ),
    (
        """\
WARNING  Listing 2 violation(s) that are fatal
no-changed-when: Commands should not change things if nothing needs doing.
site.yml:3 Task/Handler: shell echo hi

name[casing]: All names should start with an uppercase letter.
site.yml:4:11 Task/Handler: copy it

# Rule Violation Summary

  1 name profile:basic tags:idiom
""",
        [
            Failure(
                "ansible-lint",
                "style",
                "Commands should not change things if nothing needs doing.",
                2,
                3,
                Place("site.yml", 3),
                code="no-changed-when",
            ),
            Failure(
                "ansible-lint",
                "style",
                "All names should start with an uppercase letter.",
                5,
                6,
                Place("site.yml", 4, 11),
                code="name[casing]",
            ),
        ],
    ),
    (
        """\
$ codespell docs
docs/a.md:1: recieve ==> receive
docs/a.md:1: teh ==> the
$ redocly lint
[5] api.yaml:9:11 at #/paths/~1a~1{id}/get/responses/200/descr

Property `descr` is not expected here.

9 |     descr: ok
  |     ^^^^^

Error was generated by the struct rule.


[8] api.yaml:2:1 at #/info

Info object should contain `license` field.

Warning was generated by the info-license rule.
""",
        [
            Failure("codespell", "style", "recieve ==> receive", 2, 2, Place("docs/a.md", 1)),
            Failure("codespell", "style", "teh ==> the", 3, 3, Place("docs/a.md", 1)),
            Failure(
                "redocly",
                "style",
                "Property `descr` is not expected here.",
                5,
                12,
                Place("api.yaml", 9, 11),
                code="struct",
            ),
        ],
    ),
]

GREEN = [
    """\
docs/page.md is fine in docs, checked 10 rules
fix end of files.........................................................Passed
In total line 3 was read
""",
]
