"""What can be done with a crate."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.task import TaskSpec
from pitstop.links.formats import read_toml
from pitstop.pipeline.detect.cargo.features import fit
from pitstop.pipeline.detect.cargo.lints import said_lints
from pitstop.pipeline.detect.cargo.workspace import MANIFEST
from pitstop.pipeline.detect.draft import above, at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pitstop.pipeline.detect.cargo.features import Flags
    from pitstop.pipeline.detect.cargo.workspace import Crate
    from pitstop.pipeline.detect.evidence import Evidence
    from pitstop.pipeline.files import Files


class Settings(NamedTuple):
    """What holds for all crates of a workspace."""

    clippy: tuple[str, ...] | None
    """What follows `cargo clippy` after `--`; None: the repository does not use it."""
    features: Mapping[str, Flags] = {}
    """Options about features by task, as the repository's own automation gives them."""

    @classmethod
    def of(
        cls, files: Files, evidence: Evidence, top: str, crates: Mapping[str, Crate], features: Mapping[str, Flags]
    ) -> Settings:
        """Return the settings of the workspace in `top`."""
        uses = evidence.says(r"\bcargo[ -](?:\S+ )?clippy\b", r"clippy-check", r"\bcargo-clippy\b")
        places = (top, *above(top))
        uses = uses or any(at(place, name) in files for place in places for name in ("clippy.toml", ".clippy.toml"))
        tables = [crate.table.get("lints") for crate in crates.values() if crate.top == top]
        uses = uses or any(isinstance(table, dict) and "clippy" in table for table in tables)
        lints = _workspace_lints(files, top, crates)
        uses = uses or (isinstance(lints, dict) and "clippy" in lints)
        if not uses:
            return cls(None, features)
        strict = evidence.says(r"clippy\b.*(?:-D ?|--deny[ =])warnings", r"RUSTFLAGS.*-D ?warnings")
        options = said_lints(evidence.ci)
        return cls((*(("-D", "warnings") if strict and "warnings" not in options else ()), *options), features)


def _workspace_lints(files: Files, top: str, crates: Mapping[str, Crate]) -> object:
    """Return what stands in `[workspace.lints]`; the manifest of a workspace need not be that of a crate."""
    table: object = crates[top].table if top in crates else read_toml(files.read(at(top, MANIFEST)) or b"", MANIFEST)
    for key in ("workspace", "lints"):
        table = table.get(key) if isinstance(table, dict) else None
    return table


def tasks_of(crate: Crate, settings: Settings) -> tuple[TaskSpec, ...]:
    """Return format, lint, build, test and doc of `crate`; cargo itself builds what it needs first."""
    lock = f"cargo:{crate.top}"

    def spec(name: str, *command: str, batch: str, tools: tuple[str, ...] = (), lock: str = lock) -> TaskSpec:
        return TaskSpec(
            name=name,
            command=("cargo", *command),
            cwd=crate.top,
            tools=("cargo", "rustc", *tools),
            batch=batch,
            lock=lock,
            origin=crate.manifest,
        )

    which = ("-p", crate.name)
    features = {task: fit(flags, crate) for task, flags in settings.features.items()}
    form = spec("format", "fmt", *which, "--check", batch="cargo-fmt", tools=("rustfmt",), lock="")
    specs = [form._replace(inputs=("**/*.rs", "Cargo.toml"))]  # the form of a crate depends on no other crate
    if settings.clippy is not None:
        flags = ("--", *settings.clippy) if settings.clippy else ()
        specs.append(
            spec(
                *("lint", "clippy", *which, "--all-targets", *features.get("lint", ()), *flags),
                batch="cargo-clippy",
                tools=("cargo-clippy",),
            )
        )
    specs.append(spec("build", "build", *which, *features.get("build", ()), batch="cargo-build"))
    specs.append(spec("test", "test", *which, *features.get("test", ()), batch="cargo-test", tools=("?cargo-nextest",)))
    specs.append(spec("doc", "doc", "--no-deps", *which, *features.get("doc", ()), batch="cargo-doc"))
    return tuple(specs)
