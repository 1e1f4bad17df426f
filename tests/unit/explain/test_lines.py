"""The lines of any log: numbers, texts, raws."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pitstop.explain.lines import LONGEST, Line, read_lines

PARTS = (
    *(b"\n", b"\r", b"\r\n", b"\x00", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1b[31m", b"\x1b[0K", b" ", b"a", b"7"),
    *(b"2024-01-01T00:00:00.1234567Z ", b"[2024-01-01T00:00:00.123Z] ", b"12:34:56 ", b"2024-99-99 25:61:61,5 "),
    *(b"##[group]", b"##[endgroup]", b"##[error]", b"##[section]Starting: ", b"##vso[task.logissue type=error;]"),
    *(b"::error file=a,line=b::", b"::group::", b"::endgroup::", b"::", b"[command]", b"Post job cleanup."),
    *(b"section_start:1:a[x=y]\r\x1b[0K", b"section_end:1:a\r\x1b[0K", b"travis_fold:start:a\r\x1b[0K"),
    *(b"travis_fold:end:a\r", b"travis_time:end:1:start=1,finish=99999999999,duration=2\r", b"$ make", b"+ make"),
    *(b"[Pipeline] { (a)", b"[Pipeline] }", b"[Pipeline] sh", b"[a] $ make", b"\x1b_bk;t=1700000000000\x07", b"--- a"),
    *(b"~~~ Running", b"^^^ +++", b"#1 2.3 x", b"\x1b[8mha:////4abc=\x1b[0m", "\u00e9\u2028\x85".encode()),
)
logs = st.lists(st.one_of(st.sampled_from(PARTS), st.binary(max_size=6)), max_size=40).map(b"".join)


def read(text: str) -> list[Line]:
    return read_lines(text.encode())


@given(logs)
def test_any_bytes_are_lines_numbered_by_their_line_feeds(data: bytes) -> None:
    lines = read_lines(data)
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    if b"\0" not in data and b"\xff\xfe" not in data and b"\xfe\xff" not in data:
        assert len(lines) == data.count(b"\n") + (not data.endswith(b"\n") and data != b"")


@given(logs)
def test_a_text_for_matching_has_no_control_codes_and_a_raw_one_no_line_end(data: bytes) -> None:
    for line in read_lines(data):
        assert not any(char < " " and char != "\t" for char in line.text)
        assert "\n" not in line.raw


@given(
    st.lists(
        st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=20).filter(lambda t: ":" not in t)
    )
)
def test_plain_text_stays_as_it_is(texts: list[str]) -> None:
    texts = ["begin", *(f"x {text}" for text in texts)]
    assert [line.text for line in read("\n".join(texts))] == [line.raw for line in read("\n".join(texts))] == texts


def test_an_empty_log_has_no_lines() -> None:
    assert read_lines(b"") == []
    assert read("\n") == [Line(1, "", "")]


def test_colours_and_progress_bars_are_stripped_for_matching_never_for_showing() -> None:
    (line,) = read("\x1b[31merror\x1b[0m: 10 %\r\x1b[31merror\x1b[0m: bad\r\n")
    assert line.text == "error: bad"
    assert line.raw == "\x1b[31merror\x1b[0m: 10 %\r\x1b[31merror\x1b[0m: bad"


def test_utf_16_is_read_with_its_mark_and_without() -> None:
    text = "first line\nerror: grün\n"
    for data in (text.encode("utf-16"), b"\xfe\xff" + text.encode("utf-16-be"), text.encode("utf-16-le")):
        assert [line.text for line in read_lines(data)] == ["first line", "error: grün"]


def test_utf_16_that_was_appended_to_utf_8_can_be_read() -> None:
    data = b"plain, and rather more of it than of the other, so that nobody is misled\n" + "bad\n".encode("utf-16-le")
    assert [line.text for line in read_lines(data)][:2] == [data.split(b"\n")[0].decode(), "bad"]


def test_an_endless_line_is_cut_for_matching() -> None:
    first, second = read_lines(b"x" * 1_000_000 + b"\nnext\n")
    assert len(first.text) == LONGEST
    assert len(first.raw) == 1_000_000
    assert second.text == "next"


def test_the_marks_of_parts_that_were_put_together_are_no_text() -> None:
    assert [line.text for line in read("\ufefferror\n\ufefferror\n")] == ["error", "error"]
