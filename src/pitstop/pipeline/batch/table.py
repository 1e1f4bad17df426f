"""The batch adapters by name, and which tasks can share a call."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from pitstop.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from pitstop.core.package import Package
    from pitstop.pipeline.batch.rounds import Batch
    from pitstop.pipeline.batch.values import Member

ADAPTERS = {
    "cargo-fmt": "pitstop.pipeline.batch.cargo_fmt",
    "cargo-clippy": "pitstop.pipeline.batch.cargo_build",
    "cargo-build": "pitstop.pipeline.batch.cargo_build",
    "cargo-doc": "pitstop.pipeline.batch.cargo_build",
    "cargo-test": "pitstop.pipeline.batch.cargo_test",
    "go-build": "pitstop.pipeline.batch.golang",
    "go-vet": "pitstop.pipeline.batch.golang",
    "go-test": "pitstop.pipeline.batch.golang_test",
}
"""What stands in `TaskSpec.batch` -> the module with the adapter."""


class Adapter(Protocol):
    """What a module of an adapter offers."""

    def alike(self, member: Member) -> Hashable | None:
        """Return what members must have in common to share a call; None: it can be in no batch."""

    def start(
        self,
        members: Sequence[Member],
        root: str,
        packages: Sequence[Package],
        tools: Mapping[str, str],
        *,
        color: bool,
    ) -> Batch:
        """Return the batch of these members, which are alike."""


def adapter(name: str) -> Adapter:
    """Return the adapter `name`, imported now. Raises UsageError when there is none."""
    if name not in ADAPTERS:
        raise UsageError(f"there is no batch adapter `{name}`", hint=f"there are {', '.join(sorted(ADAPTERS))}")
    return cast("Adapter", import_module(ADAPTERS[name]))


def group(members: Sequence[Member]) -> list[tuple[Member, ...]]:
    """Return `members` in groups of which each can be done by one `start`, in the order of their first members.

    A member whose command cannot be shared (a text for the shell, no `-p`) is in no group: it runs alone. No package is
    in a group twice.
    """
    groups: dict[Hashable, list[Member]] = {}
    seen: dict[Hashable, list[str]] = {}
    for member in members:
        spec = member.spec
        common = adapter(spec.batch).alike(member) if spec.batch else None
        if common is None:
            continue
        surroundings = (spec.env, spec.read_env, spec.pass_env, spec.secrets, spec.timeout_s, spec.retry)
        legs = seen.setdefault((spec.batch, common, surroundings, member.package.id), [])  # of a matrix
        legs.append(member.task)
        groups.setdefault((spec.batch, common, surroundings, len(legs)), []).append(member)
    return [tuple(group) for group in groups.values()]


def start(
    members: Sequence[Member],
    root: str,
    *,
    packages: Sequence[Package] = (),
    tools: Mapping[str, str] | None = None,
    color: bool = False,
) -> Batch:
    """Return the batch that does `members`, which must be a group that `group` made.

    `packages` are all packages of the repository: they tell whose failure keeps a member from being built. `tools` maps
    the programs that were found to what they say of their version; with `cargo-nextest` in it tests go through it.
    """
    return adapter(members[0].spec.batch).start(
        members, root, packages or [m.package for m in members], tools or {}, color=color
    )
