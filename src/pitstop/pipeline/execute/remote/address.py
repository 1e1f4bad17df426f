"""How to come in at a cluster: what `[remote]` says, in the words of the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pitstop.pipeline.settings.model import Remote as Configured


def options_of(configured: Configured) -> dict[str, str]:
    """Return what `[remote]` says of the connection, as `cache/reapi/endpoint.py` names it."""
    from urllib.parse import quote

    given = {
        "instance": configured.instance,
        "token_env": configured.token_env,
        "headers": ",".join(f"{name}={quote(value)}" for name, value in configured.headers.items()),
        "headers_env": configured.headers_env,
        "ca": configured.ca,
        "certificate": configured.certificate,
        "key": configured.key,
        "server_name": configured.server_name,
    }
    return {name: value for name, value in given.items() if value}
