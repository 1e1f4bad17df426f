"""What went wrong at a REAPI server, from gRPC's statuses: what, where, how to mend it, and whether to ask again.

Codes: google/rpc/code.proto. A server may put details beside a code (google/rpc/error_details.proto), in an `Any`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message

from pitstop.cache.reapi.proto import status_pb2 as rpc
from pitstop.core.errors import SurroundingError

if TYPE_CHECKING:
    from pitstop.cache.reapi.endpoint import Endpoint

M = TypeVar("M", bound=Message)

DETAILS = "grpc-status-details-bin"
"""The trailing header that holds a whole `Status`."""
_BACK_OFF_S = 1.0
"""How long to wait when a server is exhausted and does not say for how long."""
_LONGEST = 300
"""Characters of a server's own words that are passed on."""

CODES = {code.value[0]: code for code in grpc.StatusCode}
"""By the number in a `Status` message."""
_PERMANENT = {
    grpc.StatusCode.UNAUTHENTICATED,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.UNIMPLEMENTED,
    grpc.StatusCode.INVALID_ARGUMENT,
}


class ReapiError(SurroundingError):
    """A REAPI server did not do what it was asked."""

    def __init__(
        self,
        problem: str,
        *,
        hint: str = "",
        permanent: bool = False,
        retry_after_s: float = 0.0,
        code: grpc.StatusCode = grpc.StatusCode.UNKNOWN,
        status: rpc.Status | None = None,
    ) -> None:
        super().__init__(problem, hint=hint)
        self.permanent = permanent
        """Asking again in this run is of no use."""
        self.retry_after_s = retry_after_s
        """What the server said about when to come again; 0: nothing."""
        self.code = code
        self.status = status
        """With details, where the server gave some."""


def error_of(error: grpc.RpcError, endpoint: Endpoint, doing: str) -> ReapiError:
    """Return what a call that failed means; `doing` is what it was to do: `ask for missing blobs`."""
    code, said, status = grpc.StatusCode.UNKNOWN, "", None
    call: object = error
    if isinstance(call, grpc.Call):
        code, said = call.code(), call.details() or ""
        status = _status(call)
    return error_with(code, said, endpoint, doing, status)


def error_with(
    code: grpc.StatusCode, said: str, endpoint: Endpoint, doing: str, status: rpc.Status | None = None
) -> ReapiError:
    """Return what a code and a server's own words mean."""
    words = " ".join(said.split())
    words = f"{words[:_LONGEST]}…" if len(words) > _LONGEST else words
    problem = f"`{endpoint.place}` does not {doing}: {code.name}{f' ({words})' if words else ''}"
    retry_after_s = 0.0
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED:
        retry_after_s = _BACK_OFF_S
    if status is not None and (info := detail(status, rpc.RetryInfo)) is not None:
        retry_after_s = max(info.retry_delay.seconds + info.retry_delay.nanos / 1e9, 0.001)
    return ReapiError(
        problem,
        hint=_hint(code, words, endpoint),
        permanent=code in _PERMANENT,
        retry_after_s=retry_after_s,
        code=code,
        status=status,
    )


def detail(status: rpc.Status, kind: type[M]) -> M | None:
    """Return the detail of that kind from a `Status`, or None."""
    for each in status.details:
        if each.type_url.rpartition("/")[2] == f"google.rpc.{kind.DESCRIPTOR.name}":
            found = kind()
            try:
                found.ParseFromString(each.value)
            except DecodeError:
                return None
            return found
    return None


def _status(call: grpc.Call) -> rpc.Status | None:
    for name, value in call.trailing_metadata() or ():
        if name == DETAILS and isinstance(value, bytes):
            try:
                return rpc.Status.FromString(value)
            except DecodeError:
                return None
    return None


def _hint(code: grpc.StatusCode, words: str, endpoint: Endpoint) -> str:
    if code is grpc.StatusCode.UNAUTHENTICATED:
        if endpoint.token_name:
            return f"the token in `{endpoint.token_name}` is refused: has it expired, or may it only read?"
        return 'name the variable that holds its token: `token_env = "…"`'
    if code is grpc.StatusCode.PERMISSION_DENIED:
        return "ask whoever runs it for the right, or say `write = false` here"
    if code is grpc.StatusCode.UNIMPLEMENTED:
        return "does a server of the Remote Execution API listen there?"
    if code in {grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND} and "instance" in words.lower():
        named = f"`{endpoint.instance}`" if endpoint.instance else "the empty one"
        return f"its instance name must match exactly, here {named}: write it behind the port, `grpc://host:port/name`"
    if code is grpc.StatusCode.UNAVAILABLE:
        return _hint_of_connection(words.lower(), endpoint)
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return "it is slow or out of reach; `timeout` says how long it may take"
    return ""


def _hint_of_connection(words: str, endpoint: Endpoint) -> str:
    """Return what to do where no connection came about; gRPC tells it in words only."""
    if "hostname verification" in words:
        return "its certificate is for another name: `server_name` says for which"
    if "handshake" in words or "certificate" in words:
        return "`ca` names the certificates of an authority of your own; without TLS the address begins with `grpc://`"
    if "socket closed" in words and not endpoint.tls:
        return "does it speak TLS? Then its address begins with `grpcs://`"
    if "socket closed" in words and not endpoint.certificate:
        return "does it ask for a certificate of yours? `certificate` and `key` name the files"
    return "is it running, and in reach from here?"
