"""Lints: what the repository's CI has clippy deny, warn of and allow, beyond what the manifests say."""

from __future__ import annotations

import re

from pitstop.pipeline.detect.cargo.features import whole_calls

_LEVELS = {"deny": "-D", "warn": "-W", "allow": "-A", "forbid": "-F"}
_LINT = re.compile(r"(?:^|\s)(?:-([DWAF])\s*|--(deny|warn|allow|forbid)[ =])([a-z][\w:-]*)")


def said_lints(text: str) -> tuple[str, ...]:
    """Return the options behind `--` with which `text`, of CI, calls clippy for a whole workspace.

    Of several calls the one that denies most counts. The order is kept: a later option overrules an earlier one.
    """
    calls = [_lints(said.partition(" -- ")[2]) for task, said in whole_calls(text) if task == "lint"]
    return max(calls, key=lambda options: sum(one in {"-D", "-F"} for one in options), default=())


def _lints(text: str) -> tuple[str, ...]:
    found = _LINT.findall(text.replace('"', " ").replace("'", " "))
    return tuple(word for short, long, lint in found for word in (f"-{short}" if short else _LEVELS[long], lint))
