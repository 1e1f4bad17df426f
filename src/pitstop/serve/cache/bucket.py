"""Objects in an S3 bucket, each an object of its own. The one place here that knows obstore.

    <prefix>/<team>/<protocol>/<key>      the bytes

Several servers may share a bucket: what one does not know, it asks the bucket for. Each counts what it knows, so a
quota then holds for what one server has seen. S3 does not say when an object was last read: after a start, what was
written longest ago goes first.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pitstop.cache import files
from pitstop.cache.tiers.s3 import aws
from pitstop.cache.tiers.s3.errors import meaning
from pitstop.core.errors import SurroundingError
from pitstop.serve.cache.routes import SPACES, file_of, key_of
from pitstop.serve.cache.shelves import Kept, Name
from pitstop.serve.cache.storage import PIECE, SMALL, StorageError
from pitstop.serve.cache.tokens import TEAM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from obstore.store import ClientConfig, RetryConfig, S3Config

    from pitstop.serve.cache.storage import Upload

_PER_PAGE = 1000
_PATIENCE_S = 15.0
"""How long the bucket may say nothing, and for how long something is tried again."""
_PART_S = 120.0
"""How long sending one part, or one small object, may take."""
_PARTS = 2
"""Of 5 MiB each, in memory at once for each upload."""


class Bucket:
    """A storage below `prefix` of a bucket; `spool` is a folder of this machine, which is made.

    Credentials, region and endpoint are found where the AWS tools find them (see `tiers.s3.aws`), else credentials are
    those that the machine has (EC2, ECS, web identity). Raises SurroundingError when obstore or the keys are missing.
    """

    shared = True

    def __init__(
        self, bucket: str, prefix: str, spool: str, environ: Mapping[str, str], *, endpoint: str, region: str
    ) -> None:
        try:
            from obstore.store import S3Store
        except ImportError as error:
            raise SurroundingError(
                "`pitstop cache serve --s3` needs `obstore`", hint="pip install 'pitstop[serve,s3]'"
            ) from error
        own = aws.found(environ)
        if own.unusable:
            hint = 'let the AWS tools give them: `eval "$(aws configure export-credentials --format env)"`'
            raise SurroundingError(f"the profile `{own.unusable}` holds no keys", hint=hint)
        endpoint = endpoint or own.endpoint
        config: S3Config = {"bucket": bucket, "region": region or own.region or "us-east-1"}
        if own.key and own.secret:
            config |= {"access_key_id": own.key, "secret_access_key": own.secret}
            if own.token:
                config["session_token"] = own.token
        if endpoint:
            config |= {"endpoint": endpoint, "virtual_hosted_style_request": False}
        self.spool = spool
        self._prefix = prefix.strip("/")
        self._place = f"s3://{bucket}/{self._prefix}".rstrip("/")
        client: ClientConfig = {"allow_http": endpoint.startswith("http://"), "connect_timeout": timedelta(seconds=5)}
        retry: RetryConfig = {"max_retries": 2, "retry_timeout": timedelta(seconds=_PATIENCE_S)}
        # A bucket that says nothing while it is sent to is no sign of trouble, so only reading is timed by its silence.
        reading: ClientConfig = {
            **client,
            "read_timeout": timedelta(seconds=_PATIENCE_S),
            "timeout": timedelta(hours=2),
        }
        writing: ClientConfig = {**client, "timeout": timedelta(seconds=_PART_S)}
        self._store = S3Store(config=config, client_options=reading, retry_config=retry)
        self._writer = S3Store(config=config, client_options=writing, retry_config=retry)
        os.makedirs(spool, mode=0o700, exist_ok=True)
        files.remove_abandoned(spool)  # several servers may use it

    def scan(self) -> Iterator[Kept]:
        """Yield all objects. Raises StorageError."""
        from obstore.exceptions import BaseError

        above = f"{self._prefix}/" if self._prefix else ""
        try:
            for page in self._store.list(self._prefix or None, chunk_size=_PER_PAGE):
                for entry in page:
                    parts = entry["path"].removeprefix(above).split("/")
                    if len(parts) == 3 and TEAM.fullmatch(parts[0]) and parts[1] in SPACES:
                        name = Name(parts[0], parts[1], key_of(parts[2]))
                        yield Kept(name, entry["size"], entry["last_modified"].timestamp())
        except (BaseError, OSError) as error:
            raise self._broken(error) from error

    async def get(self, name: Name) -> Streamed | None:
        """Open an object."""
        from obstore.exceptions import BaseError

        try:
            answer = await self._store.get_async(self._path(name))
            found = Streamed(self, answer.meta["size"], aiter(answer.stream(min_chunk_size=PIECE)))
            await found.begin()
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise self._broken(error) from error
        return found

    async def size(self, name: Name) -> int | None:
        """Return the bytes of an object, None when it is not there."""
        from obstore.exceptions import BaseError

        try:
            return (await self._store.head_async(self._path(name)))["size"]
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise self._broken(error) from error

    async def put(self, name: Name, upload: Upload) -> None:
        """Keep a body, in several parts where it is large."""
        from obstore.exceptions import BaseError

        try:
            if upload.path:
                await self._writer.put_async(self._path(name), Path(upload.path), max_concurrency=_PARTS)
            else:
                await self._writer.put_async(self._path(name), bytes(upload.data))
        except (BaseError, OSError) as error:
            raise self._broken(error) from error

    async def delete(self, names: Sequence[Name]) -> None:
        """Take objects away."""
        from obstore.exceptions import BaseError

        try:
            await self._store.delete_async([self._path(name) for name in names])
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise self._broken(error) from error

    async def close(self) -> None:
        """Nothing is held open."""

    def _path(self, name: Name) -> str:
        path = f"{name.team}/{name.space}/{file_of(name.key)}"
        return f"{self._prefix}/{path}" if self._prefix else path

    def _broken(self, error: Exception) -> StorageError:
        """Return the StorageError for an error of obstore, whose texts may hold whole requests."""
        text = str(error)
        return StorageError(meaning(self._place, text, _PATIENCE_S).problem, full="InsufficientStorage" in text)


class Streamed:
    """An object that comes from a bucket."""

    def __init__(self, bucket: Bucket, size: int, pieces: AsyncIterator[bytes]) -> None:
        self.size = size
        self.first = b""
        self._bucket = bucket
        self._pieces = pieces

    async def begin(self) -> None:
        """Fetch `first`. Raises what obstore raises."""
        begun = bytearray()
        while len(begun) < min(self.size, SMALL):
            try:
                begun += await anext(self._pieces)
            except StopAsyncIteration:
                break
        self.first = bytes(begun)

    async def rest(self) -> AsyncIterator[bytes]:
        """Yield what follows `first`. Raises StorageError."""
        from obstore.exceptions import BaseError

        try:
            async for piece in self._pieces:
                yield bytes(piece)
        except (BaseError, OSError) as error:
            raise self._bucket._broken(error) from error  # noqa: SLF001  the two are one thing

    def close(self) -> None:
        """Let go of the stream."""
        self._pieces = _none()


async def _none() -> AsyncIterator[bytes]:
    nothing: tuple[bytes, ...] = ()
    for piece in nothing:
        yield piece
