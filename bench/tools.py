"""What is measured: how each tool is called, what it is set to, and what a cold run of it has to forget."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bench.peers import Peers

CORES = os.cpu_count() or 1


class Tool(NamedTuple):
    """One program that runs the workspace."""

    name: str
    argv: tuple[str, ...]
    env: dict[str, str]
    """Its settings; the rest of its environment is `surroundings`."""
    state: tuple[str, ...]
    """What a cold run must not find, relative to the workspace."""
    version: tuple[str, ...] = ()
    manager: str = "pnpm"
    before_cold: tuple[str, ...] = ()
    """A command that makes it forget, where removing `state` is not enough."""
    before_next: tuple[str, ...] = ()
    """A command that ends what it left running."""
    checks_contents: bool = True
    """It decides by what is in the files; ninja and make look at their times, just at nothing."""
    note: str = ""


def tools(peers: Peers | None, pitstop: Path | None) -> list[Tool]:
    """Return all tools that can be measured with what is installed, in the order of the tables."""
    found: list[Tool] = []
    if pitstop is not None:
        found.append(
            Tool(
                name="pitstop",
                argv=(str(pitstop / "pitstop"), "run", "build"),
                env={},
                state=(".pitstop",),
                version=(str(pitstop / "pitstop"), "--version"),
                note="`pitstop run build`, no configuration",
            )
        )
    if peers is not None:
        found += _peers(peers)
    return found


def _peers(peers: Peers) -> list[Tool]:
    installed = peers.modules / ".bin"
    turbo_options = ("run", "build", f"--concurrency={CORES}", "--output-logs=none", "--ui=stream")
    turbo_env = {"TURBO_TELEMETRY_DISABLED": "1", "TURBO_NO_UPDATE_NOTIFIER": "1", "DO_NOT_TRACK": "1"}
    turbo = Tool(
        name="turbo",
        argv=(str(installed / "turbo"), *turbo_options),
        env=turbo_env,
        state=(".turbo",),
        version=(str(installed / "turbo"), "--version"),
        note=f"`turbo {' '.join(turbo_options)}`, telemetry off, scripts started by pnpm {_PNPM}",
    )
    nx = (str(installed / "nx"),)
    nx_options = ("run-many", "-t", "build", f"--parallel={CORES}", "--outputStyle=static")
    moon_options = ("run", ":build", f"--concurrency={CORES}")
    ninja = str(peers.scripts / "ninja")
    just = str(peers.scripts / "just")
    return [
        turbo,
        turbo._replace(
            name="turbo (bare)",
            argv=(str(peers.native / "turbo"), *turbo_options),
            version=(),
            note="the same program without the Node wrapper that npm installs as `turbo`",
        ),
        turbo._replace(
            name="turbo (npm)",
            manager="npm",
            version=(),
            note="the same, scripts started by npm, which is a Node program and reads all packages for each script",
        ),
        Tool(
            name="nx",
            argv=(*nx, *nx_options),
            env={"NX_DAEMON": "true", "NX_NO_CLOUD": "true", "NX_TUI": "false"},
            state=(".nx/cache",),
            version=(*nx, "--version"),
            before_cold=(*nx, "reset", "--onlyCache"),
            before_next=(*nx, "daemon", "--stop"),
            note=f"`nx {' '.join(nx_options)}`, daemon on (its CPU is not counted), cloud off, scripts started by pnpm",
        ),
        Tool(
            name="moon",
            argv=(str(installed / "moon"), *moon_options),
            env={"MOON_TELEMETRY": "false", "SHELL": "/bin/sh"},
            state=(".moon/cache",),
            version=(str(installed / "moon"), "--version"),
            note=f"`moon {' '.join(moon_options)}`, `hasher.walkStrategy: glob`, three times faster here than its default",
        ),
        Tool(
            name="just",
            argv=(just, "all"),
            env={},
            state=(),
            version=(just, "--version"),
            checks_contents=False,
            note="one recipe after the other; always runs everything",
        ),
        Tool(
            name="ninja",
            argv=(ninja, f"-j{CORES}", "--quiet"),
            env={},
            state=(".ninja_log", ".ninja_deps"),
            version=(ninja, "--version"),
            checks_contents=False,
            note="decides by times; restores nothing, so deleted outputs are built again",
        ),
        Tool(
            name="make",
            argv=("make", f"-j{CORES}", "--silent"),
            env={},
            state=(),
            version=("make", "--version"),
            checks_contents=False,
            note="GNU make of the system, without built-in rules; decides by times, as ninja",
        ),
    ]


_PNPM = "12, a native program"


def surroundings(home: Path, peers: Peers | None) -> dict[str, str]:
    """Return the environment that every measured program gets: the same PATH, and a home of its own."""
    folders: list[Path | str] = [] if peers is None else [peers.native, peers.modules / ".bin"]
    folders += os.environ["PATH"].split(os.pathsep)
    return {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "PATH": os.pathsep.join(map(str, folders)),
        "LANG": "C.UTF-8",
        "SHELL": "/bin/sh",
        "GIT_CONFIG_NOSYSTEM": "1",
        "npm_config_update_notifier": "false",
    }


def link_modules(workspace: Path, peers: Peers) -> None:
    """Put the tools into the workspace's `node_modules`, where they look for themselves."""
    modules = workspace / "node_modules"
    modules.mkdir(exist_ok=True)
    for name in ("turbo", "nx", "@nx", "@turbo", "@moonrepo"):
        (modules / name).symlink_to(peers.modules / name)


def named(everything: Iterable[Tool], names: set[str]) -> list[Tool]:
    """Return those of `everything` that `names` holds; all where it is empty."""
    return [tool for tool in everything if not names or tool.name in names]
