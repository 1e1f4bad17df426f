"""Where settings are looked for, and what is said of mistakes in them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.pipeline.settings.written import Written, loaded, refusal

import pitstop
from pitstop.core.errors import ConfigError
from pitstop.core.origin import Origin
from pitstop.pipeline.settings import Settings, load
from pitstop.pipeline.settings.model import Run


def test_nothing_has_to_be_configured() -> None:
    assert loaded() == Settings()


def test_the_nearest_of_the_three_files_counts() -> None:
    cargo = "[workspace]\nmetadata.pitstop.run.jobs = 3\n"
    pyproject = "[tool.pitstop.run]\njobs = 2\n"
    assert load(Written({"Cargo.toml": cargo})).run.jobs == 3
    assert load(Written({"Cargo.toml": "[package.metadata.pitstop]\nrun = { jobs = 4 }"})).run.jobs == 4
    both = load(Written({"Cargo.toml": cargo, "pyproject.toml": pyproject}))
    assert (both.run.jobs, both.file) == (2, "pyproject.toml")
    every = load(Written({"Cargo.toml": cargo, "pyproject.toml": pyproject, "pitstop.toml": "[run]\njobs = 1"}))
    assert (every.run.jobs, every.file) == (1, "pitstop.toml")


def test_a_manifest_that_does_not_speak_of_it_is_not_parsed() -> None:
    assert load(Written({"pyproject.toml": "[[[ broken"})) == Settings()


def test_every_file_that_may_decide_is_known_to_have_been_asked_for() -> None:
    files = Written({"lib/pitstop.toml": ""})
    load(files)
    assert files.reads == {"pitstop.toml", "pyproject.toml", "Cargo.toml", "pitstop_pipeline.py", "lib/pitstop.toml"}


def test_each_value_knows_where_it_was_written() -> None:
    settings = loaded('pass_env = ["A"]\n\n[run]\njobs = 2\n  memory = "4GiB"\n[env]\nCI = "1"\n')
    assert settings.run == Run(jobs=2, memory=4 << 30)
    assert settings.folders == ()
    assert dict(settings.origins) == {
        "pass_env": Origin("pitstop.toml", 1, 12),
        "run.jobs": Origin("pitstop.toml", 4, 8),
        "run.memory": Origin("pitstop.toml", 5, 12),
        "env.CI": Origin("pitstop.toml", 7, 6),
    }


def test_variables_are_set_by_a_table_and_read_by_a_list() -> None:
    table, listed = loaded("[env]\nB = 'x'\nA = 1\n"), loaded("env = ['CI', 'A=1', 'GIT_*']")
    assert (table.env, table.read_env) == ((("A", "1"), ("B", "x")), ())
    assert (listed.env, listed.read_env) == ((("A", "1"),), ("CI", "GIT_*"))


def test_a_file_may_have_windows_line_ends_and_a_byte_order_mark() -> None:
    settings = load(Written({"pitstop.toml": b"\xef\xbb\xbf[run]\r\njobs = 2\r\n"}))
    assert dict(settings.origins) == {"run.jobs": Origin("pitstop.toml", 2, 8)}


def test_a_file_that_cannot_be_read_is_said_to_be_so() -> None:
    files = Written({"pitstop.toml": ""})
    files.texts = {}
    with pytest.raises(ConfigError, match=r"pitstop\.toml: the file cannot be read"):
        load(files)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[run]\n  jbos = 3", "2:3: unknown key `jbos`\nhint: did you mean `jobs`?"),
        ("[rnu]\njobs = 3", "1:2: unknown key `rnu`\nhint: did you mean `run`?"),
        ("run.jobs = '3'", "1:12: `jobs` takes a whole number, not a string"),
        ("run.jobs = true", "1:12: `jobs` takes a whole number, not a boolean"),
        ("run.jobs = -1", "1:12: -1 is out of range: a number from 0 on is wanted"),
        ("run = 3", "1:7: a table is wanted here, not an integer"),
        ("[run]\ntasks = ['a', 3]", "2:15: `tasks` takes a string, not an integer"),
        ("[run]\ntasks = {}", "2:9: `tasks` takes a string, or an array of strings, not a table"),
        ("run.keep_going = 1", "1:18: `keep_going` takes true or false, not an integer"),
        (
            "run.output = 'Plain'",
            "1:14: `Plain` is none of `auto`, `live`, `plain`, `github`, `json`\nhint: did you mean `plain`?",
        ),
        (
            "run.memory = '12 Gigs'",
            '1:14: `12 Gigs` is no size\nhint: write it as `"2GiB"`, `"512MiB"`, or as bytes',
        ),
        ("record.keep_days = nan", "1:20: nan is out of range: a number from 0 on is wanted"),
        ("[env]\nA = true", '2:5: `A` takes a string, not a boolean\nhint: write it in quotes: `"…"`'),
        ("env = ['A', '']", "1:13: an empty text stands here\nhint: give it a value, or remove it"),
        ("pass_env = ['A=1']", "1:13: `A=1` is no name of a variable"),
        (
            "[tasks.build]\ntimeout = '3 x'",
            '2:11: `3 x` is no duration\nhint: write it as `"30m"`, `"1h 30m"`, `"90s"`, or as seconds',
        ),
        (
            "[tasks.build]\ntimeout = 0",
            "2:11: a duration must be greater than zero\nhint: remove the key for no limit",
        ),
        ("[tasks.build]\nretry = { cont = 1 }", "2:11: unknown key `cont`\nhint: did you mean `count`?"),
        ("[tasks.build]\nretry = {}", "2:9: `count` is missing\nhint: for example `count = 2`"),
        (
            "[tasks.build]\nretry = { count = 1, exit_codes = [256] }",
            "2:36: 256 is no exit code: they go from 0 to 255",
        ),
        (
            "[tasks.build]\nresources.memory = 'x'",
            '2:20: `x` is no size\nhint: write it as `"2GiB"`, `"512MiB"`, or as bytes',
        ),
        ("[tasks.build]\ncache = 'yes'", '2:9: `cache` takes true, false or "checkout"'),
        (
            "[tasks.build]\ncommand = 3",
            "2:11: `command` takes a string for the shell, or an array of arguments, not an integer",
        ),
        (
            "[tasks.build]\ncommand = ''",
            "2:11: the command is empty\nhint: `command = []` makes a task that only waits for others",
        ),
        ("[tasks.build]\ninputs = ['src/[ab']", "2:11: `src/[ab` is no glob: `[` is not closed"),
        (
            "[tasks.build]\ninputs = ['../x']",
            "2:11: `../x` leaves the folder\nhint: `//folder` is relative to the repository",
        ),
        ("[tasks.build]\ninputs = ['a\\b']", "2:11: `a\\b` is no path\nhint: write folders with `/`"),
        (
            "[tasks.build]\ncwd = '/tmp'",
            "2:7: `/tmp` is absolute\nhint: write it relative to the package, or with `//` relative to the repository",
        ),
        (
            "[tasks.build]\noutputs = ['dist/**', '../x']",
            """\
2:23: the output `../x` lies outside the package
hint: declare a task of the repository (`//:name`), or one of the package that holds the folder""",
        ),
        (
            "[tasks.build]\noutputs = ['$default']",
            "2:12: `$default` stands for files that are read; it is no output",
        ),
        ("[tasks.build]\nwhen = 'brnch'", "2:9: unknown name `brnch`\nhint: did you mean `branch`?"),
        ("[tasks.build]\nwhen = \"tag == 'a' and evnt\"", "2:24: unknown name `evnt`\nhint: did you mean `event`?"),
        ("[tasks.build]\nwhen = { brunch = 'a' }", "2:10: unknown condition `brunch`\nhint: did you mean `branch`?"),
        (
            "[tasks.build]\nwhen = \"branch == 'a' and branch == 'b'\"",
            "2:8: the condition can never hold: `branch == 'a'` and `branch == 'b'` exclude each other",
        ),
    ],
)
def test_a_mistake_is_named_by_its_place_and_the_nearest_name(toml: str, said: str) -> None:
    assert refusal(toml) == f"error: pitstop.toml:{said}"


@pytest.mark.parametrize(
    ("toml", "place"),
    [
        ("a = [1,\n", "pitstop.toml:2:1"),
        ("[run]\njobs = \n", "pitstop.toml:2:8"),
        ("[run]\njobs = 1\njobs = 2\n", "pitstop.toml:3:"),
        (b"[run]\nx = '\xff'\n", "pitstop.toml:2:6"),
        ("x = " + "[" * 5000, "pitstop.toml"),
    ],
)
def test_what_is_no_toml_is_named_by_its_place(toml: str | bytes, place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(Written({"pitstop.toml": toml}))
    assert caught.value.problem.startswith(place)


def test_a_mistake_in_a_manifest_is_named_there() -> None:
    with pytest.raises(ConfigError) as caught:
        load(Written({"pyproject.toml": "[project]\nname = 'x'\n\n[tool.pitstop.run]\njbos = 1\n"}))
    assert caught.value.render() == "error: pyproject.toml:5:1: unknown key `jbos`\nhint: did you mean `jobs`?"


def test_to_import_the_settings_costs_next_to_nothing() -> None:
    source = Path(pitstop.__file__).parents[1]
    code = f"import sys; sys.path.insert(0, {str(source)!r}); import pitstop.pipeline.settings; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    heavy = {"tomllib", "json", "ast", "difflib", "datetime", "dataclasses", "pitstop.pipeline.stages"}
    assert heavy.isdisjoint(done.stdout.split())


def test_settings_that_are_not_read_are_named() -> None:
    texts: dict[str, str | bytes] = {"pyproject.toml": "[tool.pitstop.run]\njobs = 2\n", "Cargo.toml": "# pitstop\n"}
    assert load(Written(texts)).notes == ()
    (note,) = load(Written({**texts, "pitstop.toml": ""})).notes
    assert note == ("pyproject.toml", "its settings for pitstop are not read: pitstop.toml stands beside it")
