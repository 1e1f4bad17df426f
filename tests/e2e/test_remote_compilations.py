"""`pitstop-cc` before real compilers, with a real engine: the same files, the same words, the same exit codes."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.parts.argon2_source import argon2_source
from tests.support.parts import require

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.pit import Pit

pytestmark = pytest.mark.slow


@pytest.fixture
def cc(pit: Pit, casd_address: str) -> Iterator[Pit]:
    """A repository that has a cluster, with `pitstop-cc` on PATH."""
    require("gcc")
    pit.tool("pitstop-cc", f'exec {sys.executable} -P -m pitstop.cli.remote.cc "$@"')
    pit.write("pitstop.toml", f'[remote]\nurl = "grpc://{casd_address}"\n')
    with tempfile.TemporaryDirectory() as runtime:
        pit.env["XDG_RUNTIME_DIR"] = runtime
        yield pit
        pit("pitstop-cc", "--stop", program=False)


def counts(pit: Pit) -> dict[str, int]:
    lines = pit("pitstop-cc", "--stats", program=False).out.splitlines()
    return {name: int(count) for count, _, name in (line.strip().partition("  ") for line in lines)}


def test_a_library_of_c_is_compiled_elsewhere_and_is_the_same(cc: Pit) -> None:
    source = argon2_source()
    for part in ("src", "include"):
        shutil.copytree(source / part, cc.root / part)
    names = ["core", "encoding", "blake2/blake2b"]
    for name in names:
        object_file = f"{name.replace('/', '-')}"
        flags = ("-O2", "-Wall", f"-I{cc.root}/include", "-MMD", "-MP", "-c", f"src/{name}.c")
        done = cc("pitstop-cc", "gcc", *flags, "-o", f"{object_file}.o", program=False)
        assert (done.exit, done.err) == (0, "")
        cc("gcc", *flags, "-o", f"{object_file}.plain.o", program=False)
        assert (cc.root / f"{object_file}.o").read_bytes() == (cc.root / f"{object_file}.plain.o").read_bytes()
        made, plain = cc.read(f"{object_file}.d"), cc.read(f"{object_file}.plain.d")
        assert set(made.replace("\\\n", "").split()) == set(plain.replace(".plain", "").replace("\\\n", "").split())
    assert counts(cc) == {"sent": len(names)}


def test_clang_is_a_compiler_as_well(cc: Pit) -> None:
    clang = next((name for name in ("clang", *(f"clang-{n}" for n in range(25, 12, -1))) if shutil.which(name)), "")
    if not clang:
        pytest.skip("no `clang` is installed: apt-get install clang")
    cc.write("inc/a.h", "#define A 3\n").write("src/a.c", '#include "a.h"\nint f(void) { int unused; return A; }\n')
    flags = ("-O2", "-Wall", "-Iinc", "-MMD", "-MP", "-c", "src/a.c", "-o")
    plain = cc(clang, *flags, "plain.o", program=False)
    done = cc("pitstop-cc", clang, *flags, "a.o", program=False)
    assert (done.exit, done.err) == (0, plain.err)
    assert "unused" in done.err
    assert (cc.root / "a.o").read_bytes() == (cc.root / "plain.o").read_bytes()
    assert cc.read("a.d").replace("\\\n", "").split() == ["a.o:", "src/a.c", "inc/a.h", "inc/a.h:"]
    assert counts(cc) == {"sent": 1}


def test_warnings_are_said_and_errors_are_the_compilers_own(cc: Pit) -> None:
    cc.write("warns.c", "int f(void) { int unused; return 0; }\n").write("fails.c", "int f(void) { return; }; oops\n")
    warned = cc("pitstop-cc", "gcc", "-Wall", "-c", "warns.c", program=False)
    assert (warned.exit, "unused variable" in warned.err) == (0, True)
    failed = cc("pitstop-cc", "gcc", "-c", "fails.c", program=False)
    plain = cc("gcc", "-c", "fails.c", program=False)
    assert (failed.exit, failed.raw_err) == (plain.exit, plain.raw_err)
    assert counts(cc) == {"sent": 1, "here: it failed there": 1}


def test_who_waits_for_the_end_of_a_pipe_does_not_wait_for_the_process_behind(cc: Pit) -> None:
    cc.write("a.c", "int a;\n")
    piped = cc("timeout", "30", "sh", "-c", "pitstop-cc gcc -c a.c 3>&1 >/dev/null | cat", program=False)
    assert (piped.exit, counts(cc)) == (0, {"sent": 1})


def test_what_is_no_file_is_not_written_from_elsewhere(cc: Pit) -> None:
    cc.write("a.c", "int a;\n").write("real.o", "")
    (cc.root / "link.o").symlink_to("real.o")
    assert cc("pitstop-cc", "gcc", "-MD", "-MF", "/dev/stdout", "-c", "a.c", program=False).out.startswith("a.o: a.c")
    assert cc("pitstop-cc", "gcc", "-c", "a.c", "-o", "link.o", program=False).exit == 0
    assert (cc.root / "link.o").is_symlink()
    assert (cc.root / "real.o").stat().st_size
    assert "sent" not in counts(cc)


def test_the_compiler_of_the_build_is_asked_for_its_version_also_by_a_process_with_another_path(cc: Pit) -> None:
    cc.write("a.c", "int a;\n")
    assert cc("pitstop-cc", "gcc", "-c", "a.c", program=False).exit == 0
    path = cc.env["PATH"]
    cc.write("other/gcc", f'#!/bin/sh\n[ "$1" = --version ] && touch "$0.asked"\nPATH={path} exec gcc "$@"\n')
    (cc.root / "other/gcc").chmod(0o755)
    again = cc("pitstop-cc", "gcc", "-c", "a.c", program=False, env={"PATH": f"{cc.root}/other:{path}"})
    assert (again.exit, (cc.root / "other/gcc.asked").exists()) == (0, True)


def test_what_links_runs_here(cc: Pit) -> None:
    cc.write("main.c", "int main(void) { return 7; }\n")
    assert cc("pitstop-cc", "gcc", "main.c", "-o", "main", program=False).exit == 0
    assert cc("./main", program=False).exit == 7
    assert cc("pitstop-cc", "--stats", program=False).out == "nothing was compiled here lately\n"


def test_without_a_cluster_everything_runs_here(cc: Pit) -> None:
    cc.write("pitstop.toml", "").write("a.c", "int f(void) { return 0; }\n")
    assert cc("pitstop-cc", "gcc", "-c", "a.c", program=False).exit == 0
    assert (cc.root / "a.o").exists()
    assert counts(cc) == {"here: `[remote] url` names no cluster": 1}


def test_cargo_has_its_libraries_compiled_elsewhere(cc: Pit) -> None:
    # Of a tool chain in the home folder a worker has nothing.
    if not all(os.access(f"/usr/bin/{tool}", os.X_OK) for tool in ("cargo", "rustc")):
        pytest.skip("cargo and rustc of the system are not there")
    cc.write("Cargo.toml", '[workspace]\nmembers = ["one", "two", "app"]\nresolver = "2"\n').write(
        ".gitignore", "target\n"
    )
    for name, needs in (("one", ""), ("two", "one"), ("app", "two")):
        dependency = f'{needs} = {{ path = "../{needs}" }}\n' if needs else ""
        manifest = f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n{dependency}'
        cc.write(f"{name}/Cargo.toml", manifest)
    cc.write("one/src/lib.rs", "mod inner;\npub fn one() -> u32 { inner::ONE }\n")
    cc.write("one/src/inner.rs", "pub const ONE: u32 = 1;\n")
    cc.write("two/src/lib.rs", "pub fn two() -> u32 { one::one() + 1 }\n")
    cc.write("app/src/main.rs", 'fn main() { println!("{}", two::two()); }\n')
    wrapper = str(Path(cc.home) / "bin/pitstop-cc")
    env = {"RUSTC_WRAPPER": wrapper, "RUSTC": "/usr/bin/rustc", "CARGO_INCREMENTAL": "0"}
    built = cc("/usr/bin/cargo", "build", "--offline", env=env, program=False)
    assert built.exit == 0, built
    assert cc("target/debug/app", program=False).out == "2\n"
    assert counts(cc) == {"sent": 2}
    cc.write("one/src/inner.rs", "pub const ONE: u32 = 2;\n")
    assert cc("/usr/bin/cargo", "build", "--offline", env=env, program=False).exit == 0
    assert cc("target/debug/app", program=False).out == "3\n"
