"""Files, zips, folders and streams as logs, whole and damaged."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.errors import SurroundingError
from pitstop.explain.sources import Log, read_message, read_path, read_stream

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SET_UP = b"\xef\xbb\xbf2024-01-01T00:00:00.0000000Z Runner\n"
MAKE = (
    b"\xef\xbb\xbf2024-01-01T00:00:01.0000000Z ##[group]Run make\n"
    b"2024-01-01T00:00:01.0000000Z ##[endgroup]\n"
    b"2024-01-01T00:00:02.0000000Z ##[error]bad\n"
)
OLD_LAYOUT = {
    "1_build.txt": SET_UP + MAKE,
    "2_test (a, 1).txt": b"fine\n",
    "build/1_Set up job.txt": SET_UP,
    "build/10_Complete job.txt": b"done",
    "build/2_Run make.txt": MAKE,
    "build/system.txt": b"sent to a runner\n",
    "test (a, 1)/1_Set up job.txt": b"fine\n",
}
NEW_LAYOUT = {"0_build.txt": SET_UP + MAKE, "build/system.txt": b"sent\n", "lost/system.txt": b"the runner was lost\n"}


def packed(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def logs_of(data: bytes, name: str = "logs.zip") -> list[Log]:
    return list(read_stream(io.BytesIO(data), name))


def told(log: Log) -> list[tuple[int, str, str]]:
    return [(line.number, line.step, line.text) for line in log.lines]


def test_a_zip_of_a_run_is_a_log_for_each_job_with_the_names_of_its_steps() -> None:
    build, test = logs_of(packed(OLD_LAYOUT))
    assert (build.name, test.name) == ("build", "test (a, 1)")
    assert told(build) == [
        (1, "Set up job", "Runner"),
        (2, "Run make", "Run make"),
        (3, "Run make", ""),
        (4, "Run make", "bad"),
        (5, "Complete job", "done"),
    ]
    assert told(test) == [(1, "Set up job", "fine")]


def test_a_zip_without_files_of_steps_is_read_by_its_groups() -> None:
    build, lost = logs_of(packed(NEW_LAYOUT))
    assert [number for number, *_ in told(build)] == [1, 2, 3, 4]
    assert [step for _, step, _ in told(build)] == ["", "Run make", "Run make", "Run make"]
    assert (lost.name, told(lost)) == ("lost", [(1, "", "the runner was lost")])


def test_any_other_zip_is_a_log_for_each_file() -> None:
    first, second = logs_of(packed({"a/build.log": b"bad\n", "../../etc/\x1b[31mevil": b"x\n"}))
    assert (first.name, second.name) == ("a/build.log", "../../etc/?[31mevil")


def test_an_unpacked_zip_is_read_as_the_zip_is(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(packed(OLD_LAYOUT))) as archive:
        archive.extractall(tmp_path)
    assert [(log.name, told(log)) for log in read_path(os.fspath(tmp_path))] == [
        (log.name, told(log)) for log in logs_of(packed(OLD_LAYOUT))
    ]


def test_a_zip_may_come_through_a_pipe() -> None:
    reading, writing = os.pipe()
    with open(writing, "wb") as pipe:
        pipe.write(packed(NEW_LAYOUT))
    with open(reading, "rb") as pipe:
        assert [log.name for log in read_stream(pipe, "-")] == ["build", "lost"]


def test_of_a_zip_that_breaks_off_what_is_there_is_read() -> None:
    noise = b"".join(b"%d\n" % (number * 7919 % 10007) for number in range(20_000))
    data = packed({"0_a.txt": b"whole\n", "1_b.txt": noise, "2_c.txt": b"gone\n"})
    first, second = logs_of(data[: len(data) // 2])
    assert told(first) == [(1, "", "whole")]
    assert 100 < len(second.lines) < 20_000
    assert second.note == "`logs.zip` breaks off: 2 files could be read, the last in part"


def test_a_zip_of_which_nothing_is_left_says_what_to_do() -> None:
    with pytest.raises(SurroundingError, match=r"`logs.zip` is a broken zip") as caught:
        logs_of(packed(NEW_LAYOUT)[:20])
    assert "fetch it again" in caught.value.hint


def test_a_damaged_file_in_a_zip_is_told_and_the_others_are_read() -> None:
    data = packed({"0_a.txt": os.urandom(500), "1_b.txt": b"whole\n"})
    first, second = logs_of(data.replace(data[60:64], b"\0\0\0\0"))
    assert "`0_a.txt` in `logs.zip` cannot be read" in first.note
    assert (second.note, told(second)) == ("", [(1, "", "whole")])


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = bytearray(packed({"0_a.txt": b"x"}))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (3 << 30).to_bytes(4, "little")  # the size in the list of contents
    with pytest.raises(SurroundingError, match="would unpack to 3"):
        logs_of(bytes(data))


@pytest.mark.slow
def test_too_many_files_are_refused() -> None:
    with pytest.raises(SurroundingError, match="holds 20001 files"):
        logs_of(packed({f"{number}.txt": b"" for number in range(20_001)}))


def test_gzip_is_read_also_in_parts_and_torn() -> None:
    whole = gzip.compress(b"one\n") + gzip.compress(b"two\n")
    (log,) = logs_of(whole, "ci.log.gz")
    assert ([line.text for line in log.lines], log.note) == (["one", "two"], "")
    (torn,) = logs_of(gzip.compress(b"".join(b"%d\n" % (number**3) for number in range(9999)))[:-4000], "ci.log.gz")
    assert torn.lines[3].text == "27"
    assert torn.note == "`ci.log.gz` breaks off"


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(SurroundingError, match="No such file"):
        list(read_path(os.fspath(tmp_path / "no.log")))


def test_an_empty_log_and_an_empty_zip_hold_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.log").touch()
    (log,) = read_path(os.fspath(tmp_path / "empty.log"))
    assert log.lines == []
    assert logs_of(packed({})) == []


def test_a_message_is_a_log_of_its_lines() -> None:
    assert [line.text for line in read_message("error: linker `cc` not found\nhelp").lines] == [
        "error: linker `cc` not found",
        "help",
    ]


@given(st.sampled_from([packed(OLD_LAYOUT), gzip.compress(MAKE * 20)]), st.data())
def test_damage_anywhere_is_told_or_harmless(data: bytes, draw: st.DataObject) -> None:
    harmed = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 4))):
        at = draw.draw(st.integers(0, len(harmed) - 1))
        harmed[at] = draw.draw(st.integers(0, 255))
    try:
        logs = logs_of(bytes(harmed[: draw.draw(st.integers(0, len(harmed)))]))
    except SurroundingError as error:
        problem = error.problem
        logs = []
    else:
        problem = ""
    assert not problem or "logs.zip" in problem
    for log in logs:
        assert [line.number for line in log.lines] == list(range(1, len(log.lines) + 1))
