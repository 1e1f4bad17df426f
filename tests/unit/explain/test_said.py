"""What common words of tools say of a line, whatever tool it is."""

from __future__ import annotations

import pytest

from pitstop.explain.said import said_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("parse.c:41:9: error: 'lenght' undeclared", "compile"),
        ("Cart.cs(17,20): error CS1061: no definition", "compile"),
        ("Cart.hs:3:1: error: [GHC-88464]", "compile"),
        ("shop_test.go:9: error budget is 38", ""),
        ('Error: Library "lwt.unix" not found.', "package"),
        ("Could not locate cheshire/core__init.class or cheshire/core.clj on classpath.", "package"),
        ("q.rkt:2:9: collection not found", "package"),
        ("environment variable SHOP_TOKEN is not set", "configuration"),
        ("set the environment variable SHOP_TOKEN first", "configuration"),
        ("environment variables: 14 are handed on", ""),
    ],
)
def test_a_line_says_what_kind_of_failure_it_speaks_of(text: str, kind: str) -> None:
    assert [each for each, _, _ in said_of(text)][:1] == [kind][: bool(kind)]
