"""What a command, goal, task, target or script is for, told by its name; and which of them a log says failed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.finding import COMPILE, STYLE, TEST
from pitstop.explain.words import find_words, positions, words_of

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_LONGEST = 2000

_BY_WORD = {
    TEST: "test tests pytest nosetests nose nose2 unittest unittests surefire failsafe testng junit rspec cucumber minitest "
    "mocha jest karma jasmine vitest ava tap tape cypress playwright protractor phpunit pest behat codeception spec specs "
    "ctest gtest catch2 nextest prove busted eunit proper coverage testsuite runtests integrationtest unittest2 benchmark "
    "runtest e2e tests_py",
    STYLE: "checkstyle lint linters lints flake8 pylint pycodestyle pep8 pydocstyle black isort yapf eslint tslint jshint "
    "jscs stylelint prettier standard xo rubocop reek pmd cpd findbugs spotbugs spotless ktlint detekt scalastyle scalafmt "
    "gofmt golint golangci staticcheck rustfmt clippy fmt format formatting license rat codenarc phpcs phpcsfixer phpstan "
    "swiftlint shellcheck hlint credo luacheck clangformat clangtidy editorconfig ruff biome style codestyle sortpom impsort "
    "forbiddenapis animal",
    COMPILE: "compile compilejava compiletestjava compilekotlin compilescala compilegroovy testcompile compiler javac kotlinc "
    "scalac groovyc gmavenplus rustc gcc clang ghc assemble aapt dex compiledebugjavawithjavac antlr antlr4 javacc xjc protoc",
    "types": "mypy tsc pyright typecheck pyre pytype flow japicmp revapi clirr",
    "docs": "javadoc sphinx mkdocs docs dokka doxygen doc",
    "package": "install dependencies dependency resolve bundle bootstrap deps restore",
    "git": "clone checkout fetch submodule",
    "configuration": "enforcer osgi toolchains",
}
_IGNORED = frozenset(
    [
        "maven",
        "plugin",
        "default",
        "project",
        "on",
        "the",
        "and",
        "a",
        "of",
        "to",
        "mvn",
        "gradle",
        "gradlew",
        "make",
        "npm",
        "yarn",
        "pnpm",
        "run",
        "exec",
        "python",
        "bash",
        "sh",
        "if",
        "then",
        "fi",
        "sudo",
        "eval",
        "cd",
        "env",
        "export",
    ]
)


class Named(NamedTuple):
    """Something that a log says failed, by name."""

    name: str
    number: int
    """Of the line that says so, from 1."""
    kind: str
    """What it is for, one of `core.finding.KINDS`; empty where its name does not say."""
    steady: bool
    """Whether it is one step of one purpose, and not a script that may do anything."""


# Whether it is of one purpose, a sign that must be in the line, the pattern. Lines as the tools write them.
_FORMS = (
    (
        True,
        "Failed to execute goal",
        r"Failed to execute goal (?:(?:[\w.-]+:)?(?P<name>[\w.-]+):\d[\w.-]*:(?P<goal>[\w.-]+)|on project)",
    ),
    (True, "Execution failed for task", r"Execution failed for task '(?P<name>[^']+)'"),
    (True, "FAILED", r"^(?:> Task )?(?P<name>:[\w:.-]+) FAILED$"),
    (True, "***", r"make(?:\[\d+\])?: \*\*\* \[(?:[^\]]*: )?(?P<name>[^\]]+)\]"),
    (True, "rake aborted", r"^(?P<name>rake) aborted!"),
    (True, "Tasks: TOP", r"^Tasks: TOP => (?P<name>\S+(?: => \S+)*)"),
    (False, "script", r"npm ERR! (?:Failed at the \S+ |\S+ )(?P<name>[\w:.-]+)(?: script\b|: `)"),
    (False, "commands failed", r"^\s*(?:ERROR: +)?(?P<name>[\w.-]+): (?:commands failed|FAIL)"),
    (True, "InvocationError", r"InvocationError for command (?P<name>.{1,300}?) \(exited with code"),
    (True, "Session", r"nox > Session (?P<name>[\w.-]+).* failed"),
    (True, "ELIFECYCLE", r"ELIFECYCLE\S*\s+(?P<name>\w+) failed"),
)


WORDS = frozenset(
    [
        "goal",
        "execution",
        "failed",
        "make",
        "gmake",
        "bmake",
        "rake",
        "tasks",
        "err",
        "commands",
        "invocationerror",
        "session",
        "elifecycle",
    ]
)
"""Of which each line that is looked for has one."""


def failed_names(lines: Sequence[Line], at: Mapping[str, Sequence[int]] | None = None) -> Iterator[Named]:
    """Yield what the lines say failed by name, in their order; `at` is what `words.find_words` finds of at least `WORDS`."""
    if at is None:
        at = find_words((line.text for line in lines), WORDS)
    for position in positions(at, WORDS):
        line = lines[position]
        text = line.text
        for steady, sign, pattern in _FORMS:
            if sign in text and (found := _compiled(pattern).search(text[:_LONGEST])):
                name = found["name"] or "resolve dependencies"
                goal = found.groupdict().get("goal")
                if goal:
                    name += f":{goal}"
                # To Maven a bundle is one of OSGi, not what Ruby installs.
                kind = purpose_of(name.replace("bundle", "osgi") if goal else name)
                yield Named(name, line.number, kind, steady)
                break


def purpose_of(name: str) -> str:
    """Return what something of that name is for: one of `core.finding.KINDS`, empty where the name does not say.

    Of several words the last that says anything counts, as in `maven-checkstyle-plugin:check`, `:app:lintDebug` or
    `npm run build && npm test`; options, and what stands behind one, count less than other words.
    """
    known = _purposes()
    for text in (_camels(name, bare=True), _camels(name), name):
        words = [word for word in words_of(text) if word not in _IGNORED]
        for word in reversed(words):
            if word in known:
                return known[word]
    return ""


def _camels(name: str, *, bare: bool = False) -> str:
    """Return `name` without options and with `testCompile` as two words; `bare`: without what follows an option either."""
    import re

    words = name.split()
    plain = " ".join(
        word
        for before, word in zip(["", *words], words, strict=False)
        if not word.startswith("-") and not (bare and before.startswith("-"))
    )
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_]", " ", plain)


@cache
def _purposes() -> dict[str, str]:
    return {word: kind for kind, words in _BY_WORD.items() for word in words.split()}


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    import re

    return re.compile(pattern)
