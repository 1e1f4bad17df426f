"""Results of actions at a REAPI server (ActionCache), as the bytes of `ActionResult` messages.

There is no call for many at once, so many calls are under way at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc

from pitstop.cache import wire
from pitstop.cache.reapi.calls import REAPI
from pitstop.cache.reapi.errors import ReapiError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pitstop.cache.reapi.client import Client
    from pitstop.core.digest import Digest

_WINDOW = 64


def get_results(client: Client, actions: Sequence[Digest]) -> Iterator[tuple[Digest, bytes]]:
    """Yield the action and the message of each result that is there. Raises ReapiError."""
    # GetActionResultRequest: instance_name = 1, action_digest = 2. Nothing is parsed: the bytes are what is verified.
    call = client.channel.unary_unary(f"{REAPI}.ActionCache/GetActionResult", bytes, bytes)
    instance = wire.text(1, client.endpoint.instance)
    requests = (instance + wire.digest(2, action) for action in actions)
    answers = client.asking(call, requests, "say whether it has a result", window=_WINDOW)
    for action, answer in zip(actions, answers, strict=True):
        if not isinstance(answer, ReapiError):
            yield action, answer
        elif answer.code is not grpc.StatusCode.NOT_FOUND:
            raise answer


def put_results(client: Client, results: Iterable[tuple[Digest, bytes]]) -> None:
    """Keep messages under actions, over what is there. Raises ReapiError."""
    if not client.offer().updates:
        raise ReapiError(
            f"`{client.endpoint.place}` takes no results from clients",
            hint="say `write = false` here",
            permanent=True,
            code=grpc.StatusCode.PERMISSION_DENIED,
        )
    # UpdateActionResultRequest: instance_name = 1, action_digest = 2, action_result = 3.
    call = client.channel.unary_unary(f"{REAPI}.ActionCache/UpdateActionResult", bytes, bytes)
    instance = wire.text(1, client.endpoint.instance)
    requests = (instance + wire.digest(2, action) + wire.message(3, message) for action, message in results)
    for answer in client.asking(call, requests, "take a result", window=_WINDOW):
        if isinstance(answer, ReapiError):
            raise answer
