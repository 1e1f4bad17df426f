"""The server as an ASGI application: who asks, for what, and the answer. The one place that knows all parts."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from pitstop.core import clock
from pitstop.core.digest import EMPTY
from pitstop.serve.cache import answers, routes, tags
from pitstop.serve.cache.access_log import Request
from pitstop.serve.cache.complete import blobs_of, files_of
from pitstop.serve.cache.exchange import Exchange, Gone, Stalled
from pitstop.serve.cache.metrics import CONTENT_TYPE
from pitstop.serve.cache.shelves import Name
from pitstop.serve.cache.storage import StorageError, TooLarge, Upload
from pitstop.serve.cache.tokens import Grant, find_grant, presented

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pitstop.serve.cache.answers import Answer
    from pitstop.serve.cache.cache import Cache
    from pitstop.serve.cache.exchange import Message, Receive, Send
    from pitstop.serve.cache.metrics import Metrics
    from pitstop.serve.cache.routes import Route
    from pitstop.serve.cache.storage import Found

EVERYONE = Grant("default", write=True, digest="")
"""What may be done where the server has no tokens."""
_MOST_EVENTS = 1 << 20
_MOST_RESULT = 1 << 22
"""Bytes of a result, or of a Tree, that are looked into."""


class App:
    """Answers requests. `grants` says who may what (None: everyone, from this machine); `log` and `warn` are told."""

    def __init__(
        self,
        cache: Cache,
        metrics: Metrics,
        grants: Callable[[], Sequence[Grant]] | None,
        log: Callable[[Request], None],
        warn: Callable[[str], None],
    ) -> None:
        self._cache = cache
        self._metrics = metrics
        self._grants = grants
        self._log = log
        self._warn = warn
        cache.on_evicted = metrics.on_evicted

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request, as the ASGI specification (asgi.readthedocs.io, HTTP 2.3) says."""
        talk = Exchange(scope, receive, send)
        self._metrics.in_flight += 1
        try:
            await self._guarded(talk)
        finally:
            self._metrics.in_flight -= 1
            self._told(talk)

    async def _guarded(self, talk: Exchange) -> None:
        try:
            await self._answer(talk)
        except Gone:
            talk.result = "gone"
        except Stalled:
            await self._refuse(talk, answers.CUT)
        except StorageError as error:  # in the middle of an object: the connection is closed, the client sees it short
            talk.result = answers.STORAGE
            self._warn(f"{talk.space}: {error}")
        except Exception:  # noqa: BLE001  a mistake of ours must not cost more than this request
            from traceback import format_exc

            talk.result = "bug"
            self._warn(format_exc())
            if not talk.status:
                await talk.answer(answers.refused(talk.space, talk.method, answers.STORAGE))

    async def _answer(self, talk: Exchange) -> None:
        route = routes.find_route(talk.method, talk.path)
        if isinstance(route, routes.NoRoute):
            await talk.answer(answers.plain(route.status, route.why))
            return
        talk.space = route.space
        if route.kind == routes.OPTIONS:
            await talk.answer(answers.preflight())
            return
        if route.kind == routes.HEALTH and not talk.header(b"authorization"):
            await talk.answer(answers.health("", write=False))
            return
        grant = self._grant(talk)
        if grant is None:
            why = answers.HOST if self._grants is None else answers.TOKEN
            await self._refuse(talk, why)
            return
        talk.team = grant.team
        if route.kind == routes.OBJECT:
            await self._object(talk, route, grant)
        else:
            await self._other(talk, route, grant)

    def _grant(self, talk: Exchange) -> Grant | None:
        if self._grants is None:  # a page that a browser of this machine shows must not reach us by a name of its own
            return EVERYONE if _is_here(talk.header(b"host")) else None
        return find_grant(self._grants(), presented(talk.header(b"authorization")))

    async def _other(self, talk: Exchange, route: Route, grant: Grant) -> None:
        if route.kind == routes.HEALTH:
            await talk.answer(answers.health(grant.team, write=grant.write))
        elif route.kind == routes.METRICS:
            page = self._metrics.page(self._cache.shelves).encode()
            await talk.answer(answers.Answer(200, page, ((b"content-type", CONTENT_TYPE),)))
        elif route.kind == routes.STATUS:
            await talk.answer(answers.turbo_status())
        elif route.kind == routes.EVENTS:
            async for _piece in talk.body():
                if talk.received > _MOST_EVENTS:
                    await self._refuse(talk, answers.LARGE)
                    return
            await talk.answer(answers.turbo_events())
        elif talk.method == "PROPFIND":
            await talk.answer(answers.folder(talk.path))
        elif grant.write:
            await talk.answer(answers.Answer(201))
        else:
            await self._refuse(talk, answers.READ_ONLY)

    async def _object(self, talk: Exchange, route: Route, grant: Grant) -> None:
        name = Name(grant.team, route.space, route.key)
        if talk.method in {"PUT", "DELETE"} and not grant.write:
            await self._refuse(talk, answers.READ_ONLY)
        elif talk.method == "PUT":
            await self._put(talk, route, name)
        elif talk.method == "DELETE":
            try:
                there = await self._cache.delete(name)
            except StorageError as error:
                await self._trouble(talk, error)
                return
            talk.result = "deleted" if there else "miss"
            await talk.answer(answers.Answer(204) if there else answers.missed(route.space))
        else:
            await self._get(talk, route, name)

    async def _get(self, talk: Exchange, route: Route, name: Name) -> None:
        if route.digest == EMPTY.hash:
            talk.result = "hit"
            await talk.answer(answers.Answer(200))
            return
        by_size = talk.method in {"HEAD", "PROPFIND"} and (
            route.digest or route.space not in {routes.TURBO, routes.BAZEL}
        )
        try:
            if by_size:
                await self._show(talk, route, await self._cache.size(name))
                return
            found = await self._cache.get(name)
        except StorageError as error:
            await self._trouble(talk, error)
            return
        if found is None:
            talk.result = "miss"
            await talk.answer(answers.missed(route.space))
            return
        try:
            await self._give(talk, route, name, found)
        finally:
            found.close()

    async def _show(self, talk: Exchange, route: Route, size: int | None) -> None:
        talk.result = "miss" if size is None else "hit"
        if size is None:
            await talk.answer(answers.missed(route.space))
        elif talk.method == "PROPFIND":
            await talk.answer(answers.file(talk.path, size))
        else:
            await talk.head(size)

    async def _give(self, talk: Exchange, route: Route, name: Name, found: Found) -> None:
        talk.result = "hit"
        if route.space == routes.TURBO:
            try:
                skip, headers = tags.unpacked(found.first)
            except ValueError:
                await self._cache.delete(name)
                talk.result = "miss"
                await talk.answer(answers.missed(route.space))
                return
            # `sent` counts what belongs to the artifact, and so does the size
            await talk.stream(found.size - skip, found.first[skip:], found, headers)
        elif route.space == routes.BAZEL and not route.digest and found.size <= _MOST_RESULT:
            whole = await _all(found)
            if await self._is_complete(name.team, whole):
                await talk.stream(found.size, whole, found)
            else:
                talk.result = "incomplete"
                await talk.answer(answers.missed(route.space))
        else:
            await talk.stream(found.size, found.first, found)

    async def _is_complete(self, team: str, result: bytes) -> bool:
        """Return whether every blob that a result names is here; they count as used."""
        blobs = blobs_of(result)
        for digest in (*blobs.plain, *blobs.trees):
            if not await self._cache.touch(Name(team, routes.BAZEL, f"cas/{digest}")):
                return False
        for digest in blobs.trees:
            found = await self._cache.get(Name(team, routes.BAZEL, f"cas/{digest}"))
            if found is None:
                return False
            try:
                files = files_of(await _all(found)) if found.size <= _MOST_RESULT else ()
            finally:
                found.close()
            for file in files:
                if not await self._cache.touch(Name(team, routes.BAZEL, f"cas/{file}")):
                    return False
        return True

    async def _put(self, talk: Exchange, route: Route, name: Name) -> None:
        once = route.space == routes.NX
        if once and self._cache.has(name):
            await self._refuse(talk, answers.EXISTS)
            return
        prefix = tags.packed(talk.headers) if route.space == routes.TURBO else b""
        room = self._cache.shelves.room(name.team, name.space) - len(prefix)
        if talk.length > room:
            await self._refuse(talk, answers.LARGE)
            return
        upload = Upload(self._cache.storage.spool, room, hashed=bool(route.digest), prefix=prefix)
        try:
            async for piece in talk.body():
                await upload.take(piece)
            if await upload.finish() != route.digest:
                await self._refuse(talk, answers.DIGEST)
                return
            if once and not await self._cache.put_new(name, upload):
                await self._refuse(talk, answers.EXISTS)
                return
            if not once and route.digest != EMPTY.hash:
                await self._cache.put(name, upload)
        except TooLarge:
            await self._refuse(talk, answers.LARGE)
            return
        except StorageError as error:
            await self._trouble(talk, error)
            return
        finally:
            upload.discard()
        talk.result = "stored"
        await talk.answer(answers.kept(route.space, talk.path))

    async def _trouble(self, talk: Exchange, error: StorageError) -> None:
        self._warn(f"{talk.space}: {error}")
        await self._refuse(talk, answers.FULL if error.full else answers.STORAGE)

    async def _refuse(self, talk: Exchange, why: str) -> None:
        talk.result = why
        answer: Answer = answers.refused(talk.space, talk.method, why)
        await talk.answer(answer)

    def _told(self, talk: Exchange) -> None:
        request = Request(
            client=talk.client,
            agent=talk.header(b"user-agent").decode("latin-1"),
            method=talk.method,
            path=talk.path,
            space=talk.space,
            team=talk.team,
            status=talk.status,
            result=talk.result,
            received=talk.received,
            sent=talk.sent,
            seconds=clock.monotonic() - talk.started,
        )
        self._metrics.count(request)
        self._log(request)


async def _all(found: Found) -> bytes:
    if len(found.first) >= found.size:
        return found.first
    return b"".join([found.first, *[piece async for piece in found.rest()]])


def _is_here(host: bytes) -> bool:
    """Return whether a `Host` header names this machine's loopback."""
    name = host.decode("latin-1")
    name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
    try:
        return name.lower() == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False
