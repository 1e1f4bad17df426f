"""The JSON Schema takes what the program takes, and is published as it is made."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.unit.pipeline.settings.written import Written

from pitstop.core.errors import ConfigError
from pitstop.pipeline.settings import load
from pitstop.pipeline.settings.fields.sections import TOP
from pitstop.pipeline.settings.fields.table import Field, table
from pitstop.pipeline.settings.model import Settings
from pitstop.pipeline.settings.reference import SECTIONS, example, reference
from pitstop.pipeline.settings.schema import as_text, schema
from pitstop.pipeline.settings.show import toml

if TYPE_CHECKING:
    from pitstop.pipeline.settings.fields.kinds import Kind

PUBLISHED = Path(__file__).parents[4] / "docs/reference/pitstop.schema.json"
VALIDATOR = Draft202012Validator(schema())


def is_read(text: str) -> bool:
    """Return whether the program takes a `pitstop.toml`."""
    try:
        load(Written({"pitstop.toml": text}))
    except ConfigError:
        return False
    return True


def is_valid(text: str) -> bool:
    """Return whether the schema takes it."""
    return VALIDATOR.is_valid(tomllib.loads(text))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


def test_what_is_published_is_what_the_code_makes() -> None:
    assert PUBLISHED.read_text() == as_text(), "pitstop config schema > docs/reference/pitstop.schema.json"


def kinds(kind: Kind) -> list[Kind]:
    return [kind, *(below for part in kind.parts for below in kinds(part))]


def test_two_kinds_of_one_name_are_the_same() -> None:
    by_name: dict[str, dict[str, Any]] = {}
    for kind in kinds(table("top", TOP)):
        assert by_name.setdefault(kind.name, kind.schema) == kind.schema


def test_everything_that_the_schema_refers_to_is_in_it() -> None:
    made = schema()
    referred = {part.split('"')[0] for part in json.dumps(made).split("#/$defs/")[1:]}
    assert referred == set(made["$defs"])


FIELDS = [(section.header, field) for section in SECTIONS for field in section.fields if field.example]


ABOVE = {
    "[pipelines.release.triggers]": "[pipelines.release]\nstages = ['x']\n",
    "[[pipelines.release.notify]]": "[pipelines.release]\nstages = ['x']\n",
    "[[pipelines.release.stages]]": "[[pipelines.release.stages]]\nname = 'test'\ndepends_on = []\n",
}
BESIDE = {
    "[tasks.build.artifacts.app]": {"paths": '["dist/**"]'},
    "[[pipelines.release.stages]]": {"name": "'x'"},
    "[pipelines.release]": {"stages": "['x']"},
    "[[pipelines.release.notify]]": {"on": "'always'", "channel": "'c'", "target": "'t'"},
    "[tasks.build.retry]": {"count": "1"},
    "[[cache.tiers]]": {"url": "'redis://cache.example'"},
}


def around(header: str, field: Field) -> str:
    """Return a file with this field and what it cannot do without."""
    given = BESIDE.get(header, {}) | {field.name: field.example}
    if field.name == "approval_timeout":
        given["approval_required"] = "true"
    lines = "".join(f"{key} = {value}\n" for key, value in given.items())
    above = ABOVE.get(header, "") if field.name != "name" else ""
    return f"{above}{header}\n{lines}"


@pytest.mark.parametrize(("header", "field"), FIELDS, ids=[f"{header}{field.name}" for header, field in FIELDS])
def test_every_example_is_taken_by_the_program_and_by_the_schema(header: str, field: Field) -> None:
    text = around(header, field)
    assert is_read(text), text
    assert is_valid(text), text


def test_the_examples_of_the_reference_make_one_file() -> None:
    found = {section.heading: example(section) for section in SECTIONS}
    text = found["Top of the file"] + found["Run"] + found["Cache"] + found["Record"] + found["Tasks"]
    stage = ABOVE["[[pipelines.release.stages]]"] + found["Stages"].replace('name = "test"', "name = 'x'")
    one = found["Pipelines"].replace("[pipelines.release]\n", "[pipelines.release]\nstages = ['a']\n")
    assert is_read(text)
    assert is_read(one)
    assert is_read(stage)
    assert is_valid(text)
    assert is_valid(one)
    assert is_valid(stage)


def test_every_key_is_in_the_reference_with_its_meaning() -> None:
    page = reference()
    for section in SECTIONS:
        for field in section.fields:
            assert f"| `{field.name}` |" in page
            assert field.doc.endswith(".")
            assert "|" not in field.doc + field.kind.words + field.default


def test_the_defaults_in_the_reference_are_the_programs() -> None:
    for name in ("run", "cache", "record"):
        section = next(section for section in SECTIONS if section.header == f"[{name}]")
        words = {field.name: field.default for field in section.fields}
        plain = {key: text for key, text in words.items() if is_toml(f"{key} = {text}")}
        made = load(Written({"pitstop.toml": "\n".join([f"[{name}]", *(f"{k} = {t}" for k, t in plain.items())])}))
        assert getattr(made, name) == getattr(Settings(), name)
        assert set(words) == set(getattr(made, name)._fields)


def is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


SCALARS = st.one_of(
    st.sampled_from(
        ["", "a", "30m", "2GiB", "tag", "checkout", "//x", "../x", "!a", "live", "a=b", "0 3 * * *", "x,y"]
    ),
    st.sampled_from([0, 1, 2, -1, 300, 0.5, True, False]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["count", "cpu", "memory", "os", "include", "branch", "A", "name"]), inner, max_size=2
        ),
    ),
    max_leaves=4,
)


@pytest.mark.slow
@given(st.sampled_from(FIELDS), VALUES)
def test_the_schema_refuses_nothing_that_the_program_takes(place: tuple[str, Field], value: object) -> None:
    header, field = place
    text = around(header, field._replace(example=toml(value)))
    if is_read(text):
        assert is_valid(text), text


@pytest.mark.parametrize(
    "text",
    [
        "[rnu]\njobs = 1",
        "[run]\njobs = 'x'",
        "[run]\noutput = 'big'",
        "[tasks.x]\ntimeout = 'soon'",
        "[tasks.x]\nretry = { times = 1 }",
        "[tasks.x]\noutputs = ['//x']",
        "[pipelines.x]\n",
        "[pipelines.x]\nstages = []",
        "[pipelines.x]\nstages = [{ tasks = 'a' }]",
        "[pipelines.x]\nstages = [{ name = 'a', matrix = { os = 'x' } }]",
        "[pipelines.x]\nstages = ['a']\ntriggers.schedule = true",
    ],
)
def test_what_has_no_shape_is_refused_by_both(text: str) -> None:
    assert not is_read(text)
    assert not is_valid(text)


TOML_VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-(2**60), 2**60), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=6,
)


@given(TOML_VALUES)
def test_what_is_shown_is_toml(value: object) -> None:
    assert tomllib.loads(f"x = {toml(value)}")["x"] == value
