"""Bundler and RubyGems: what cannot be found, resolved or built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE
from pitstop.explain.parsers.rows import Row, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_ROWS = (
    Row(
        "gem",
        "Could not find ",
        r"\s*+(?:Bundler::GemNotFound: )?(?P<message>Could not find (?:gem '|compatible versions|[\w-]+-\d[\w.]* in (?:any|locally|rubygems)).*)",
        "bundler",
        "package",
        more=r"\s+\S|The source|\s*$",
        most=8,
    ),
    Row(
        "locally",
        "Could not find ",
        r"\s*+(?:Bundler::GemNotFound: )?(?P<message>Could not find .* in locally installed gems.*)",
        "bundler",
        "package",
    ),
    Row(
        "bundler",
        "Bundler could not find",
        r"\s*+(?P<message>Bundler could not find compatible versions for gem.*)",
        "bundler",
        "package",
        more=r"\s+\S|\s*$|[A-Z].*:",
        most=30,
    ),
    Row(
        "native|extension",
        "Failed to build gem native extension",
        r"\s*+(?:Gem::Ext::BuildError: )?(?:ERROR: +)?(?:Error installing .*)?(?P<message>(?:ERROR: )?Failed to build gem native extension\.?)",
        "gem",
        COMPILE,
        more=r"\s+\S|\s*$|\S.*(?:\.\.\.|\*\*\*|no$)",
        most=30,
    ),
    Row(
        "bundler",
        "An error occurred while installing ",
        r"\s*+(?P<message>An error occurred while installing .*)",
        "bundler",
        "package",
        more=r"(?:Make|to).*",
        most=2,
    ),
    Row(
        "ruby",
        "but your Gemfile specified",
        r"\s*+(?P<message>Your Ruby version is .*, but your Gemfile specified .*)",
        "bundler",
        "configuration",
    ),
    Row(
        "gemfile",
        "There was an error ",
        r"\s*+(?:\[!\] )?(?P<message>There was an error (?:parsing|while loading) `.*)",
        "bundler",
        "configuration",
        more=r"\s*+[#>]|\s*$|\s+\S",
        most=10,
    ),
    Row(
        "gem",
        "ERROR: ",
        r"\s*+(?P<message>ERROR:  (?:Could not find a valid gem|Error installing|While executing gem).*)",
        "gem",
        "package",
        more=r"\s+\S",
        most=6,
    ),
    Row(
        "deployment|frozen",
        "deployment mode",
        r"\s*+(?P<message>You are trying to install in deployment mode after changing.*)",
        "bundler",
        "configuration",
        more=r"\S|\s*$|\s+\S",
        most=12,
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each gem that is missing, at odds with others, or does not build."""
    return read(_ROWS, lines, at)
