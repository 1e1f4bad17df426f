"""The legs of a matrix, by GitHub's rules, and which of them this machine can run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pitstop.pipeline.stages.model import Leg, Matrix

MOST_LEGS = 256
"""GitHub's own bound for one matrix."""

_OS = {
    "linux": ("linux", "ubuntu", "debian", "fedora", "alpine"),
    "macos": ("macos", "darwin", "osx", "mac"),
    "windows": ("windows", "win32", "win"),
}
_ARCH = {
    "x86_64": ("x86_64", "amd64", "x64"),
    "aarch64": ("aarch64", "arm64"),
    "i686": ("i686", "i386", "x86", "386"),
    "armv7l": ("armv7l", "armv7", "arm"),
    "riscv64": ("riscv64",),
    "ppc64le": ("ppc64le",),
    "s390x": ("s390x",),
}


class Machine(NamedTuple):
    """The machine that a run is on."""

    os: str
    """`linux`, `macos` or `windows`."""
    arch: str
    """`x86_64`, `aarch64`, …"""


def this_machine() -> Machine:
    """Return what this process runs on."""
    import sys
    from platform import machine

    return Machine(_word(_OS, sys.platform) or sys.platform, _word(_ARCH, machine()) or machine())


def legs(matrix: Matrix) -> list[Leg]:
    """Return the combinations of the axes less those that are excluded, plus what is included.

    As GitHub does: an exclusion may name some of the axes; an inclusion is added to each combination that it does not
    contradict, where it may overwrite what an earlier inclusion added but no axis, and is a leg of its own where there
    is none. Unlike there, two legs that are the same are one. Whoever calls has checked that `size` is within bounds.
    """
    from itertools import product

    names = [name for name, _ in matrix.axes]
    combinations = product(*(values for _, values in matrix.axes)) if names else ()
    originals = [dict(zip(names, values, strict=True)) for values in combinations]
    originals = [leg for leg in originals if not any(dict(gone).items() <= leg.items() for gone in matrix.exclude)]
    extended = [dict(leg) for leg in originals]
    alone = []
    for included in map(dict, matrix.include):
        fits = False
        for original, leg in zip(originals, extended, strict=True):
            if all(original.get(name, value) == value for name, value in included.items()):
                leg.update(included)
                fits = True
        if not fits:
            alone.append(included)
    order = list(dict.fromkeys([*names, *(name for entry in matrix.include for name, _ in entry)]))
    found = [tuple((name, leg[name]) for name in order if name in leg) for leg in (*extended, *alone)]
    return list(dict.fromkeys(found))


def size(matrix: Matrix) -> int:
    """Return how many combinations the axes have, before anything is excluded."""
    count = 1 if matrix.axes else 0
    for _, values in matrix.axes:
        count *= len(values)
    return count


def runs_here(leg: Leg, machine: Machine) -> bool:
    """Return whether `os` and `arch` of a leg are this machine's. Words that are no system or processor pass."""
    values = dict(leg)
    system = _word(_OS, values.get("os", ""))
    arch = _word(_ARCH, values.get("arch", ""))
    return system in {"", machine.os} and arch in {"", machine.arch}


def name_of(leg: Leg) -> str:
    """Return `os=linux,python=3.12`."""
    return ",".join(f"{name}={value}" for name, value in leg)


def variable(name: str) -> str:
    """Return the name of the variable of an axis: `node-version` is `MATRIX_NODE_VERSION`."""
    return f"MATRIX_{name.upper().replace('-', '_')}"


def _word(table: dict[str, tuple[str, ...]], text: str) -> str:
    """Return the usual word for `ubuntu-22.04`, `x64`; nothing for a text that says none."""
    first = text.lower().partition("-")[0]
    for word, others in table.items():
        if text.lower() in others or first in others:
            return word
    return ""
