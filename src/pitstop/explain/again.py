"""What to type to run nothing but the test that failed, by the tool that told it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import TEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.core.finding import Failure


def run_again(failures: Sequence[Failure]) -> str:
    """Return a command for the first test among `failures` that can be run alone; empty where none is known."""
    names = {failure.test for failure in failures}
    for failure in failures:
        if any(name.startswith(failure.test + "/") for name in names):
            continue  # of a test that has parts of its own, the part is to be run
        if failure.kind == TEST and failure.test and (command := _command(failure)):
            return command
    return ""


def _command(failure: Failure) -> str:
    from shlex import quote

    name, file = failure.test, failure.place.file if failure.place else ""
    match failure.tool:
        case "pytest":
            return (
                f"pytest {quote(name)}" if "::" in name or "/" in name or name == file else f"pytest -k {quote(name)}"
            )
        case "unittest":
            return f"python -m unittest {quote(name)}" if "." in name and " " not in name else ""
        case "cargo" | "libtest" | "rust":
            return f"cargo test {quote(name)} -- --exact"
        case "nextest" | "cargo-nextest":
            return f"cargo nextest run -E {quote(f'test(={name})')}"
        case "go":
            return f"go test ./... -run {quote('^' + name.replace('/', '$/^') + '$')}"
        case "jest" | "vitest":
            return f"npx {failure.tool}{' ' + quote(file) if file else ''} -t {quote(name)}"
        case "mocha":
            return f"npx mocha -f {quote(name)}"
        case "surefire" | "mvn" | "maven" | "failsafe":
            owner, _, method = name.partition("#") if "#" in name else name.rpartition(".")
            return f"mvn test -Dtest={quote(f'{owner}#{method}')} -DfailIfNoTests=false" if owner else ""
        case "gradle":
            return f"./gradlew test --tests {quote(name)}"
        case "dotnet" | "xunit" | "nunit" | "mstest":
            return f"dotnet test --filter {quote('FullyQualifiedName~' + name.partition('(')[0])}"
        case "rspec":
            return f"bundle exec rspec {quote(f'{file}:{failure.place.line}')}" if failure.place else ""
        case "phpunit":
            return f"vendor/bin/phpunit --filter {quote(name.rpartition(chr(92))[2])}"  # a pattern: no backslash
        case "ctest":
            return f"ctest -R {quote(f'^{name}$')} --output-on-failure"
        case _:
            return ""
