"""What is done with a package that does not compile with what else was selected, and might with its whole workspace.

cargo builds what one call selects with the features that all of it asks for together, so a package that uses a feature
which only another one turns on compiles in `cargo test --workspace`, and not in a call for those that missed the cache.
When an error looks like that and the workspace does turn on more, the whole workspace is what is asked.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pitstop.core.task import TaskId
from pitstop.pipeline.batch.values import Member, Wider

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.core.package import Package

_MISSING = (
    "E0404", "E0405", "E0407", "E0412", "E0422", "E0423", "E0425", "E0432", "E0433", "E0437", "E0438", "E0463",
    "E0531", "E0532", "E0560", "E0574", "E0576", "E0599", "E0609", "E0277",
)  # fmt: skip
"""Of rustc's errors those that say that something is not there, or does not implement a trait."""


def wider(members: Sequence[Member], packages: Sequence[Package], root: str) -> Wider | None:
    """Return how to ask the whole workspace about some of `members`; None when they are all of it."""
    workspace, spec = members[0].package.workspace, members[0].spec
    crates = [package for package in packages if package.ecosystem == "cargo" and package.workspace == workspace]
    if {package.id for package in crates} <= {member.package.id for member in members}:
        return None
    known: list[bool] = []

    def may_help(why: str) -> bool:
        if not looks_missing(why):
            return False
        if not known:
            known.append(turns_on_more(members, crates, root))
        return known[0]

    return Wider(tuple(Member(TaskId(""), package, spec) for package in crates), may_help)


def looks_missing(why: str) -> bool:
    """Return whether an error of rustc may come from a feature that is not turned on."""
    return any(f"error[{code}]" in why for code in _MISSING) or "error: cannot find " in why


def turns_on_more(members: Sequence[Member], crates: Sequence[Package], root: str) -> bool:
    """Return whether the other `crates` turn on more, in what `members` and what they need depend on, than they do."""
    import tomllib

    from pitstop.pipeline.detect.cargo.features import together
    from pitstop.pipeline.detect.cargo.workspace import read_asks

    def read(path: str) -> dict[str, object]:
        try:
            with open(os.path.join(root, path), "rb") as file:
                return tomllib.load(file)
        except (OSError, ValueError):
            return {}

    top = read(f"{members[0].package.workspace}/Cargo.toml".lstrip("/"))
    asked = {package.id: read_asks(read(package.manifest), top) for package in crates}
    needs = {package.id: (*package.needs, *package.dev_needs) for package in crates}
    inside: set[str] = set()
    waiting = [member.package.id for member in members]
    while waiting:
        name = waiting.pop()
        if name in asked and name not in inside:
            inside.add(name)
            waiting += needs[name]
    here, everywhere = together(asked[name] for name in inside), together(asked.values())
    return any(everywhere[name] != features for name, features in here.items())
