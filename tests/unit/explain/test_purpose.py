"""What commands, goals, tasks and scripts are for, by their names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.finding import KINDS
from pitstop.explain.lines import read_lines
from pitstop.explain.purpose import failed_names, purpose_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("mvn test -B", "test"),
        ("npm run build && npm test", "test"),
        ("python runtests.py -x lint", "test"),
        ("cargo clippy --all-targets -- -D warnings", "style"),
        (":app:compileReleaseKotlin", "compile"),
        (":core:testDebugUnitTest", "test"),
        ("maven-checkstyle-plugin:check", "style"),
        ("maven-surefire-plugin:test", "test"),
        ("pip install -r requirements.txt", "package"),
        ("git submodule update --init", "git"),
        ("tsc --noEmit", "types"),
        ("japicmp-maven-plugin:cmp", "types"),
        ("bundle exec", "package"),
        ("antlr4-maven-plugin:antlr4", "compile"),
        ("maven-toolchains-plugin:toolchain", "configuration"),
        ("./run.sh", ""),
        ("", ""),
    ],
)
def test_a_name_says_what_it_is_for(name: str, kind: str) -> None:
    assert purpose_of(name) == kind


@pytest.mark.parametrize(
    ("line", "name", "kind"),
    [
        (
            (
                "[ERROR] Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin:3.11.0:compile (default-compile)"
                " on project a: Compilation failure"
            ),
            "maven-compiler-plugin:compile",
            "compile",
        ),
        (
            "[ERROR] Failed to execute goal on project a: Could not resolve dependencies for project b",
            "resolve dependencies",
            "package",
        ),
        ("Execution failed for task ':lib:ktlintCheck'.", ":lib:ktlintCheck", "style"),
        ("make[2]: *** [Makefile:12: check-format] Error 1", "check-format", "style"),
        ("npm ERR! Failed at the shop@1.0.0 test script.", "test", "test"),
        ("nox > Session lint failed.", "lint", "style"),
        (
            (
                "[ERROR] Failed to execute goal org.apache.felix:maven-bundle-plugin:5.1.9:bundle (default-bundle)"
                " on project fairway: Error(s) found in bundle configuration -> [Help 1]"
            ),
            "maven-bundle-plugin:bundle",
            "configuration",
        ),
    ],
)
def test_a_tool_names_the_step_that_failed(line: str, name: str, kind: str) -> None:
    found = list(failed_names(read_lines(f"working\n{line}\n".encode())))
    assert [(one.name, one.kind, one.number) for one in found] == [(name, kind, 2)]


@given(st.text(max_size=200))
def test_any_name_has_a_purpose_of_the_known_ones_or_none(name: str) -> None:
    assert purpose_of(name) in {"", *KINDS}


@given(st.binary(max_size=400))
def test_any_bytes_can_be_asked_for_names(data: bytes) -> None:
    lines = read_lines(data)
    assert all(1 <= one.number <= len(lines) for one in failed_names(lines))
