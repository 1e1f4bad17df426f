"""Which calls of compilers another machine can do, and how they are moved there. All else stays here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.pipeline.execute.remote.compile import c, rust
from pitstop.pipeline.execute.remote.compile.depfile import parse, written
from pitstop.pipeline.execute.remote.compile.tree import Trees
from pitstop.pipeline.execute.remote.compile.wanted import below, moved

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["gcc", "cc", "g++-12", "/usr/bin/clang++", "x86_64-linux-gnu-gcc-12", "c++"])
def test_compilers_are_known_by_name(name: str) -> None:
    assert c.is_compiler(name)


@pytest.mark.parametrize("name", ["ld", "rustc", "python", "gccgo", "ccache", "-"])
def test_other_programs_are_not(name: str) -> None:
    assert not c.is_compiler(name)


def test_a_compilation_is_taken_apart() -> None:
    line = "gcc -O2 -Iinclude -isystem /usr/x -DX=1 -D Y -MD -MP -MF deps/a.d -c src/a.c -o obj/a.o"
    wanted = c.understood(tuple(line.split()))
    assert wanted is not None
    assert " ".join(wanted.argv) == "gcc -O2 -Iinclude -isystem /usr/x -DX=1 -D Y -c src/a.c -o obj/a.o"
    assert [wanted.argv[place][front:] for place, front in zip(wanted.paths, wanted.fronts, strict=True)] == [
        "include",
        "/usr/x",
        "src/a.c",
        "obj/a.o",
    ]
    assert " ".join(wanted.scan) == "gcc -O2 -Iinclude -isystem /usr/x -DX=1 -D Y -M -MT it src/a.c"
    assert (wanted.outputs, wanted.depfile, wanted.target) == (("obj/a.o",), "deps/a.d", "obj/a.o")
    assert (wanted.phony, wanted.system, wanted.folders) == (True, True, ("include", "/usr/x"))


def test_names_that_are_not_given_are_those_of_the_compiler() -> None:
    wanted = c.understood(("gcc", "-MMD", "-c", "src/a.cc"))
    assert wanted is not None
    assert (wanted.outputs, wanted.depfile, wanted.system) == (("a.o",), "a.d", False)


@pytest.mark.parametrize("more", [(), ("-MQ", "o b/$a#.o")])
def test_a_target_is_written_as_make_wants_it(more: tuple[str, ...]) -> None:
    wanted = c.understood(("gcc", "-MD", *more, "-c", "a.c", "-o", "o b/$a#.o"))
    assert wanted is not None
    assert wanted.target == "o\\ b/$$a\\#.o"


def test_a_repository_below_a_folder_of_the_system_is_not_the_systems() -> None:
    trees = Trees("/usr/src/app")
    assert not trees.is_system("/usr/src/app/main.c")
    assert trees.is_system("/usr/src/application/main.c")
    assert trees.is_system("/usr/include/stdio.h")


@pytest.mark.parametrize(
    "line",
    [
        "gcc a.c -o a",  # links
        "gcc -c a.c b.c",
        "gcc -c",
        "gcc -E a.c",
        "gcc -S a.c -c",
        "gcc -c -",
        "gcc -c a.s",
        "gcc -c @flags a.c",
        "gcc -c -march=native a.c",
        "gcc -c -fprofile-use=x a.c",
        "gcc -c --coverage a.c",
        "gcc -c -gsplit-dwarf a.c",
        "gcc -c -Wp,-MD,a.d a.c",
        "gcc -c -x c++ a.c",
        "gcc -c -include",
        "gcc -c -I=/usr/include a.c",
        "clang -c -Xclang -load a.c",
        "clang -c -ftime-trace a.c",
        "clang -c -foptimization-record-file=a.yaml a.c",
        "gcc -c -fdiagnostics-format=sarif-file a.c",
        "gcc -c -fbranch-probabilities a.c",
        "gcc -c a.c --what-is-this",
    ],
)
def test_what_is_not_surely_one_compilation_stays_here(line: str) -> None:
    assert c.understood(tuple(line.split())) is None


def test_a_moved_command_has_no_path_of_this_machine() -> None:
    line = "gcc -I/w/repo/include -I/usr/x -c /w/repo/src/a.c -o /w/repo/build/a.o"
    wanted = c.understood(tuple(line.split()))
    assert wanted is not None
    assert " ".join(moved(wanted, "/w/repo", "/w/repo/build")) == "gcc -I../include -I/usr/x -c ../src/a.c -o a.o"
    assert " ".join(moved(wanted, "", "/w/repo/build")) == "gcc -I../include -I../../../usr/x -c ../src/a.c -o a.o"


@pytest.mark.parametrize(
    ("path", "found"), [("a/../b.c", "s/b.c"), ("/w/r/x", "x"), ("/w/rx", ""), ("../..", ""), ("..", ""), ("/w/r", "")]
)
def test_a_path_is_below_a_folder_or_it_is_not(path: str, found: str) -> None:
    assert below("/w/r", "/w/r/s", path) == found


def test_another_version_of_the_compiler_is_another_action(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text("int a;\n")
    programs = []
    for version in ("12", "13"):
        program = tmp_path / version / "gcc"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\necho gcc {version}\n")
        program.chmod(0o755)
        programs.append(str(program))
    wanted = c.understood(("gcc", "-c", "a.c"))
    assert wanted is not None
    trees = Trees(str(tmp_path))
    salts = [trees.prepare(wanted, program, str(tmp_path), ["a.c"]).salt for program in [*programs, programs[0]]]
    assert salts[0] == salts[2] != salts[1]


_RUSTC = (
    "rustc --crate-name b --edition=2021 b/src/lib.rs --error-format=json --json=diagnostic-rendered-ansi "
    "--crate-type lib --emit=dep-info,metadata,link -C debuginfo=2 -C extra-filename=-1f --out-dir /w/target/deps "
    "-L dependency=/w/target/deps --extern a=/w/target/deps/liba-2e.rmeta"
)


def test_a_library_of_rust_is_taken_apart() -> None:
    wanted = rust.understood(tuple(_RUSTC.split()), "/w/b")
    assert wanted is not None
    assert wanted.outputs == tuple(f"/w/target/deps/{name}" for name in ("b-1f.d", "libb-1f.rmeta", "libb-1f.rlib"))
    assert wanted.inputs == ("/w/b", "b/src/lib.rs", "/w/target/deps/liba-2e.rmeta", "/w/target/deps")
    there = " ".join(moved(wanted, "/w", "/w"))
    assert "/w" not in there
    assert there.endswith("--out-dir target/deps -L dependency=target/deps --extern a=target/deps/liba-2e.rmeta")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("--crate-type lib", "--crate-type bin"),
        ("--crate-type lib", "--crate-type proc-macro"),
        ("--crate-type lib", "--test"),
        ("-C debuginfo=2", "-C incremental=/w/target/incremental"),
        ("-C debuginfo=2", "-C target-cpu=native"),
        ("-C debuginfo=2", "-C linker=clang"),
        ("-C debuginfo=2", "--target x.json"),
        ("-L dependency=", "-L native=/w/lib -L dependency="),
        ("b/src/lib.rs", "-"),
        ("--emit=dep-info,metadata,link", "--emit=asm"),
    ],
)
def test_what_links_or_is_incremental_stays_here(old: str, new: str) -> None:
    assert rust.understood(tuple(_RUSTC.replace(old, new).split()), "/w/b") is None


def test_a_call_that_asks_for_information_stays_here() -> None:
    assert rust.understood(("rustc", "-vV"), "") is None


@given(st.lists(st.text("ab/. #$\\", min_size=1).filter(lambda name: not name.endswith("\\")), min_size=1, max_size=5))
def test_a_rule_is_read_as_it_was_written(paths: list[str]) -> None:
    # make has no way to write a backslash before a blank or a hash
    plain = [path.replace("\\", "") or "x" for path in paths]
    assert parse(written("it", plain, phony=True)) == plain
