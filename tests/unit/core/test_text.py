"""Durations, sizes, plurals, clean and shortened lines."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.text import duration, looks_secret, plural, secret_values, shorten, size, strip_ansi, width


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 ms"),
        (-1, "0 ms"),
        (0.0042, "4 ms"),
        (0.01, "0.01 s"),
        (0.3142, "0.31 s"),
        (0.999, "1.0 s"),
        (2.34, "2.3 s"),
        (9.96, "10 s"),
        (59.6, "1 min 00 s"),
        (125, "2 min 05 s"),
        (3599.7, "1 h 00 min"),
        (3725, "1 h 02 min"),
        (90000, "25 h 00 min"),
    ],
)
def test_a_duration_has_the_figures_a_person_wants(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1536, "1.5 KiB"),
        (20 << 20, "20 MiB"),
        ((1 << 20) - 1, "1.0 MiB"),
        (5 << 40, "5.0 TiB"),
    ],
)
def test_a_size_has_the_unit_that_makes_it_short(count: int, text: str) -> None:
    assert size(count) == text


def test_plurals_follow_the_number() -> None:
    assert [plural(n, "task") for n in (0, 1, 2)] == ["0 tasks", "1 task", "2 tasks"]
    assert plural(2, "dependency", "dependencies") == "2 dependencies"


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        (b"\x1b[31;1merror\x1b[0m: x", b"error: x"),
        (b"\x1b]8;;http://x\x07link\x1b]8;;\x1b\\", b"link"),
        (b"\x1b]0;a title that never ends\nnext", b"\nnext"),
        (b"\x1bPq#0;2\x1b\\after", b"after"),
        (b"\x1b(B\x1b7\x1b[?25la\x1b8", b"a"),
        (b"10%\r50%\r100%\n", b"100%\n"),
        (b"10%\r50%\r\n", b"50%\n"),
        (b"dos\r\nlines\r\n", b"dos\nlines\n"),
        (b"a\x00b\x07\x08c\td\n", b"abc\td\n"),
        (b"torn \x1b", b"torn "),
        (b"torn \x1b[3", b"torn "),
        (b"\xff\xfe\x1b[1mraw", b"\xff\xferaw"),
    ],
)
def test_control_codes_and_old_states_of_progress_bars_are_removed(dirty: bytes, clean: bytes) -> None:
    assert strip_ansi(dirty) == clean
    text = dirty.decode("utf-8", "surrogateescape")
    assert strip_ansi(text) == clean.decode("utf-8", "surrogateescape")


@given(st.binary())
def test_no_control_character_is_left(data: bytes) -> None:
    assert not [byte for byte in strip_ansi(data) if (byte < 32 and byte not in b"\t\n") or byte == 127]


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x9000, exclude_characters="\x7f\x9b")))
def test_text_without_control_codes_stays_as_it_is(text: str) -> None:
    if not any(unicodedata.category(char) == "Cs" for char in text):
        assert strip_ansi(text) == text


def test_a_gigabyte_line_of_progress_is_read_once() -> None:
    assert strip_ansi(b"x" * 3_000_000 + b"\r" + b"y" * 10) == b"y" * 10


@given(st.text(max_size=40), st.integers(0, 30))
def test_a_shortened_text_fits_and_is_a_beginning(text: str, columns: int) -> None:
    short = shorten(text, columns)
    assert width(short) <= columns
    if width(text) <= columns:
        assert short == text
    elif columns:
        assert short.endswith("…")
        assert text.startswith(short[:-1])


def test_wide_characters_take_two_columns_and_combining_ones_none() -> None:
    assert width("日本") == 4
    assert width("e\u0301") == 1
    assert shorten("日本語", 5) == "日本…"


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("GITHUB_TOKEN", True),
        ("npm_config__authToken", True),
        ("DB_PASSWORD", True),
        ("SECRET_KEY_BASE", True),
        ("AWS_SECRET_ACCESS_KEY", True),
        ("API_KEY", True),
        ("OPENAI_APIKEY", True),
        ("SIGNING_PASSPHRASE", True),
        ("PWD", False),
        ("OLDPWD", False),
        ("SSH_AUTH_SOCK", False),
        ("TOKENIZERS_PARALLELISM", False),
        ("PUBLIC_KEY", False),
        ("AWS_ACCESS_KEY_ID", False),
        ("MONKEY", False),
        ("PATH", False),
    ],
)
def test_a_name_tells_whether_its_value_is_a_secret(name: str, secret: bool) -> None:
    assert looks_secret(name) == secret


def test_declared_secrets_are_always_masked_and_guessed_ones_only_where_they_can_be_one() -> None:
    variables = {
        "PIN": "12",
        "USE_TOKEN": "true",
        "CI_TOKEN": "abcdefgh",
        "KEY_FILE_KEY": "/etc/key.pem",
        "X": "visible!",
    }
    assert secret_values(variables, ["PIN", "ABSENT"]) == ("12", "abcdefgh")
