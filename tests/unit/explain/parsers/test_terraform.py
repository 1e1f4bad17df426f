"""Terraform says the error first and the place two lines later."""

from __future__ import annotations

from pitstop.core.finding import Place
from pitstop.explain.lines import read_lines
from pitstop.explain.parsers import find_failures

LOG = """\
│ Error: Unsupported argument
│
│   on cdn.tf line 12, in resource "aws_cloudfront_distribution" "shop":
Error: Terraform exited with code 1.
"""


def test_the_place_belongs_to_the_error_above_it_and_the_last_word_is_none() -> None:
    (failure,) = [one for one in find_failures(read_lines(LOG.encode())) if not one.summary]
    assert (failure.message, failure.place, failure.first) == ("Unsupported argument", Place("cdn.tf", 12), 1)
