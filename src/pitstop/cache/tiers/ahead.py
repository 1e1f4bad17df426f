"""Keeps a few requests under way while the answers before them are worked on, in order and in bounded memory."""

from __future__ import annotations

from collections import deque
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from concurrent.futures import Executor, Future

T = TypeVar("T")


def ahead(pool: Executor, calls: Iterable[Callable[[], T]], window: int) -> Iterator[T]:
    """Yield what `calls` return, in their order, with at most `window` of them started and not yet taken.

    What one raises is raised here; those behind it that have not begun never do, and those that have are waited for:
    no call outlives this, to hand a blob to somebody who has left.
    """
    from concurrent.futures import wait

    waiting: deque[Future[T]] = deque()
    try:
        for call in calls:
            waiting.append(pool.submit(call))
            if len(waiting) >= window:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        wait([future for future in waiting if not future.cancel()])


def early(pieces: Iterator[bytes], window: int) -> Generator[bytes]:
    """Yield `pieces`, none of them empty, which a thread of its own takes up to `window` pieces before they are asked for.

    What they raise is raised here. They are not closed; the thread has ended when this is.
    """
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1, "early") as pool:
        for piece in ahead(pool, repeat(partial(next, pieces, b"")), window):
            if not piece:
                return
            yield piece
