"""What tools that run many packages' scripts write before each line hides nothing from the parsers."""

from __future__ import annotations

import pytest

from pitstop.core.finding import Place
from pitstop.explain.lines import read_lines
from pitstop.explain.parsers import find_failures
from pitstop.explain.parsers.prefixes import without_packages

SAID = """\

> b@1.0.0 test
> node t.js

node:assert:90
  throw new AssertionError(obj);
  ^

AssertionError [ERR_ASSERTION]: totals differ
    at Object.<anonymous> (/app/packages/b/t.js:3:8)
    at node:internal/main/run_main_module:28:49 {
  code: 'ERR_ASSERTION'
}

Node.js v20.20.2"""


@pytest.mark.parametrize(
    ("command", "prefix"),
    [
        ("turbo run test", "b:test: "),
        ("turbo run test", "@acme/b:test:unit: "),
        ("pnpm -r run test", "packages/b test: "),
        ("lerna run test --stream", "@acme/b: "),
        ("concurrently npm:test npm:lint", "[0] "),
    ],
)
def test_a_failure_is_read_behind_the_name_of_its_package(command: str, prefix: str) -> None:
    log = "\n".join([f"$ {command}", *(f"{prefix}{line}".rstrip() for line in SAID.splitlines())])
    (failure,) = (failure for failure in find_failures(read_lines(log.encode())) if not failure.summary)
    assert (failure.tool, failure.first, failure.place) == ("node", 10, Place("/app/packages/b/t.js", 3, 8))


def test_without_such_a_tool_nothing_is_taken_away() -> None:
    log = "\n".join(f"b:test: {line}".rstrip() for line in SAID.splitlines())
    assert find_failures(read_lines(log.encode())) == []


@pytest.mark.parametrize("line", ["src/a.ts error: bad", "a.ts:error: bad", "error: bad", "b test: bad"])
def test_neither_a_level_nor_what_few_lines_begin_with_is_a_package(line: str) -> None:
    many = 2 if line.startswith("b ") else 8
    lines = read_lines("\n".join([line] * many).encode())
    assert without_packages(lines, {"turbo": [0], "pnpm": [0], "lerna": [0]}) == lines
