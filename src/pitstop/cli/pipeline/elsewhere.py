"""The cluster of a run, from `--remote` and `[remote]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.environ import environ
from pitstop.core.errors import UsageError
from pitstop.pipeline.execute.options import Remote
from pitstop.pipeline.execute.remote.address import options_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pitstop.core.task import Task
    from pitstop.pipeline.settings.model import Remote as Configured

RACE = "auto"
NOWHERE = "off"


def cluster_of(asked: str, configured: Configured, tasks: Iterable[Task], root: str) -> Remote | None:
    """Return where else the tasks of a run may be carried out; None: nowhere.

    `asked` is what `--remote` says: an address, `auto`, `off`, or nothing. Raises UsageError for what is no address.
    """
    marked = any(task.spec.remote for task in tasks)
    if asked == NOWHERE or not (asked or (configured.url and marked)):
        return None
    url = configured.url if asked in {"", RACE} else asked
    if not url:
        raise UsageError(
            "`--remote=auto` needs a cluster", hint='say which: `[remote] url = "grpc://host:port"` in pitstop.toml'
        )
    options = options_of(configured)
    from pitstop.cache.reapi.endpoint import endpoint_of
    from pitstop.pipeline.keys import this_platform

    endpoint_of(url, options, environ, root=root)
    return Remote(
        url,
        options,
        this_platform() if configured.platform is None else configured.platform,
        configured.env,
        max(configured.jobs, 1),
        configured.priority,
        configured.queue_timeout,
        configured.reconnect,
        configured.fallback,
        everything=bool(asked),
        race=asked == RACE,
    )


def no_cluster(asked: str, configured: Configured) -> str:
    """Return why tasks with `remote = true` run here all the same, as it is told when one does; empty: not at all."""
    if asked or configured.url:
        return ""
    return 'no cluster is named (`[remote] url = "grpc://host:port"` in pitstop.toml, or `--remote`)'
