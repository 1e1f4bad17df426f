"""The page of events: every kind and field that there is, with its default and meaning."""

from __future__ import annotations

from pitstop.core.events import KINDS
from pitstop.records.reference import events_reference


def test_each_kind_has_a_section_and_each_field_a_row() -> None:
    sections = {section.split("\n")[0]: section for section in events_reference().split("\n## ")[1:]}
    assert list(sections) == list(KINDS)
    for name, kind in KINDS.items():
        rows = [line.split("`")[1] for line in sections[name].splitlines() if line.startswith("| `")]
        assert rows == list(kind._fields)
        assert all(line.count(" | ") == 3 for line in sections[name].splitlines() if line.startswith("| `"))


def test_a_row_says_type_default_and_meaning() -> None:
    page = events_reference()
    assert '| `revision` | string | `""` | The commit that is checked out. |' in page
    assert "| `exit_code` | integer or null | `null` |  |" in page
    assert "| `argv` | array of strings | `[]` |  |" in page
