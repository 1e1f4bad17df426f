"""`pitstop dependencies`: builds what the crates of a Cargo workspace need, and none of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from pitstop.core.environ import environ
from pitstop.core.errors import EXIT_FAILED, EXIT_OK, PlanError, SurroundingError, UsageError

if TYPE_CHECKING:
    import argparse


def parser() -> argparse.ArgumentParser:
    """Return the parser of this command."""
    import argparse

    made = argparse.ArgumentParser(
        prog="pitstop dependencies",
        description="Build what the crates of the Cargo workspace here need from elsewhere, and none of the crates. With "
        "`[cache] dependencies = true` runs do it by themselves, and keep what was built.",
    )
    made.add_argument("folder", nargs="?", default=".", metavar="DIR", help="of the workspace (default: here)")
    made.add_argument("--lint", action="store_true", help="also what `cargo clippy` needs")
    return made


def dependencies(args: list[str]) -> int:
    """Carry out `pitstop dependencies`; return its exit code."""
    from pitstop.links.git import find_root
    from pitstop.links.ignore import ignore
    from pitstop.pipeline.dependencies import skeleton

    given = parser().parse_args(args)
    if not os.path.exists(os.path.join(given.folder, "Cargo.toml")):
        raise UsageError(f"there is no Cargo.toml in `{given.folder}`", hint="name the folder of the workspace")
    crates = skeleton.look(given.folder)
    root = find_root(os.path.realpath(given.folder))
    folder = f"{root}/.pitstop/dependencies"
    try:
        os.makedirs(folder, exist_ok=True)
        ignore(f"{root}/.pitstop")
        top = skeleton.lay_out(crates, root, folder)
    except PlanError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    except OSError as error:
        raise SurroundingError(f"cannot write `{error.filename}`: {error.strerror}") from error
    clean = not os.path.exists(crates.target)
    surroundings = {**environ, "CARGO_TARGET_DIR": crates.target}
    try:
        for command in skeleton.commands(crates.members, lint=given.lint, clean=clean):
            sys.stdout.flush()
            if subprocess.run(command, cwd=top, env=surroundings, check=False).returncode:
                return EXIT_FAILED
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return EXIT_OK
