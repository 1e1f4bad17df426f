"""Put the outputs of hits in place, with a second process where there are many: what takes time is the file system."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pitstop.cache.actions import ActionResult, OutputFile, OutputLink
from pitstop.cache.files import write_all
from pitstop.core import clock, events
from pitstop.core.digest import Digest
from pitstop.pipeline import outputs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pitstop.cache.disk import DiskStore
    from pitstop.core.task import Task
    from pitstop.pipeline.execute.options import World
    from pitstop.pipeline.plan import Decision
    from pitstop.pipeline.rows import Row

    Hit = tuple[Task, Decision]
    Asked = tuple[tuple[OutputFile, ...], tuple[OutputLink, ...], tuple[str, ...], tuple[Row, ...]]
    """Files, links, the globs they were found by, and how the outputs lay on disk before."""
    Told = tuple[Row, ...] | str
    """How they lie on disk now, or why they do not: empty where the store did not have all of them."""

_FEW = 8
"""So few tasks at once are not worth the second process, which costs some milliseconds to start."""


class Restorer:
    """Restores the hits of one run. Closed, it has no second process any more."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._helper: Helper | None = None

    def restore(self, hits: Sequence[Hit]) -> list[bool]:
        """Restore tasks of which none waits for another; return for each whether the store could give everything."""
        world = self._world
        root, store = world.root, world.planner.store
        if any(task.spec.tree for task, _ in hits):
            return [self.restore([hit])[0] if not hit[0].spec.tree else _put_tree_back(*hit, world) for hit in hits]
        asked = [_asked(task, decision, world) for task, decision in hits]
        if self._helper is None and len(hits) >= _FEW and hasattr(os, "fork"):
            self._helper = Helper(lambda one: _put_back(root, store, one), store)
        if self._helper is not None and len(hits) > 1:
            self._helper.ask(asked[1::2])
            own = [_put_back(root, store, one) for one in asked[::2]]
            theirs = self._helper.told()
            told = [(theirs if place % 2 else own)[place // 2] for place in range(len(hits))]
        else:
            told = [_put_back(root, store, one) for one in asked]
        return [_settle(task, decision, rows, world) for (task, decision), rows in zip(hits, told, strict=True)]

    def close(self) -> None:
        """Let the second process end."""
        if self._helper is not None:
            self._helper.close()
            self._helper = None


class Helper:
    """A copy of this process that does half of the work: threads would wait for each other's Python.

    It touches files below the repository and in the store, nothing else, and ends when nobody can ask it any more.
    What it does not answer is done here.
    """

    def __init__(self, work: Callable[[Asked], Told], store: DiskStore) -> None:
        import signal

        self._work = work
        self._store = store
        self._pending: list[Asked] = []
        asked, self._asking = os.pipe()
        self._telling, telling = os.pipe()
        answered_here = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
        before = signal.pthread_sigmask(signal.SIG_BLOCK, answered_here)
        try:
            self.pid = os.fork()
            if not self.pid:
                os.close(self._asking)
                self._serve(asked, telling)
        except OSError:
            self.pid = -1
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            os.close(asked)
            os.close(telling)

    def _serve(self, asked: int, telling: int) -> None:
        """Do what is asked until the other end is closed; nothing of this process is flushed or closed in its copy."""
        try:
            warnings: list[str] = []
            self._store.take_names()
            self._store.on_warning(warnings.append)
            while (question := _receive(asked)) is not None:
                _send(telling, ([self._work(_typed(one)) for one in question], warnings))
                warnings.clear()
        finally:
            os._exit(0)

    def ask(self, asked: list[Asked]) -> None:
        """Give it something to do, whose outcome `told` returns."""
        self._pending = asked
        if self.pid > 0:
            try:
                _send(self._asking, [_plain(one) for one in asked])
            except OSError:  # somebody killed it
                self._reap()

    def told(self) -> list[Told]:
        """Return what became of what it was asked last."""
        if self.pid > 0:
            if (answer := _receive(self._telling)) is not None:
                for text in answer[1]:
                    self._store.warn(text)
                return list(answer[0])
            self._reap()
        return [self._work(one) for one in self._pending]

    def close(self) -> None:
        """End it, whatever it is doing."""
        self._reap()
        os.close(self._asking)
        os.close(self._telling)

    def _reap(self) -> None:
        """Kill it: other processes of this run may have copies of its pipe, so closing that would not end it."""
        if self.pid > 0:
            import signal

            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = -1


def _send(fd: int, value: Any) -> None:
    """Write `value` and before it its length. Raises OSError when nobody reads."""
    import marshal

    body = marshal.dumps(value)
    write_all(fd, len(body).to_bytes(8, "big") + body)


def _receive(fd: int) -> Any:
    """Return what `_send` wrote at the other end; None when that is closed."""
    import marshal

    with open(fd, "rb", buffering=0, closefd=False) as pipe:
        whole = b""
        while len(whole) < 8 or len(whole) < 8 + int.from_bytes(whole[:8], "big"):
            piece = pipe.read(1 << 16)
            if not piece:
                return None
            whole += piece
    return marshal.loads(whole[8:])  # noqa: S302  of a copy of this process


def _plain(value: Any) -> Any:
    """Return a value as `marshal` takes it: it knows tuples, not those with names."""
    return tuple(map(_plain, value)) if isinstance(value, tuple) else value


def _typed(asked: Any) -> Asked:
    files, links, globs, rows = asked
    return (
        tuple(OutputFile(path, Digest(*digest), executable) for path, digest, executable in files),
        tuple(OutputLink(*link) for link in links),
        globs,
        rows,
    )


def _asked(task: Task, decision: Decision, world: World) -> Asked:
    result, last = decision.result, world.planner.memory.tasks.get(task.id)
    assert result is not None
    return result.files, result.links, world.planner.globs(task), last.rows if last is not None else ()


def _put_back(root: str, store: DiskStore, asked: Asked) -> Told:
    files, links, globs, before = asked
    if link := outputs.behind_link(root, globs):
        return f"they lie behind the link `{link}`{leads_out(root, link)}"
    try:
        rows = outputs.restore(root, ActionResult(files, links), before, store)
    except OSError as error:
        folder = os.path.relpath(os.path.dirname(os.fsdecode(error.filename2 or error.filename or root)), root)
        return f"{error.strerror or error}: `{folder}`"
    return "" if rows is None else rows


def _put_tree_back(task: Task, decision: Decision, world: World) -> bool:
    """Put an installation back; return whether that could be."""
    from pitstop.pipeline import trees

    assert decision.result is not None
    assert decision.key is not None
    if why := trees.put_back(world.root, task.spec.tree, world.planner.store, decision.result):
        world.emit(events.Notice(clock.now(), f"what `{task.id}` made elsewhere is not used: {why}", task.id))
        return False
    world.planner.settle(task, decision.key, outputs.Kept(), decision.result.duration_s)
    world.planner.remember(task, decision.key)
    world.planner.memory.save(keys=False)  # another run may be waiting for just this
    return True


def _settle(task: Task, decision: Decision, told: Told, world: World) -> bool:
    if isinstance(told, str):
        if told:
            text = f"the outputs of `{task.id}` are not restored: {told}"
            world.emit(events.Notice(clock.now(), text, task.id))
        return False
    planner, result, key = world.planner, decision.result, decision.key
    assert result is not None
    assert key is not None
    last = planner.memory.tasks.get(task.id)
    planner.settle(task, key, outputs.Kept(result.files, result.links, told), result.duration_s)
    if last is None or last.action != key.action:
        planner.remember(task, key)
    return True


def leads_out(root: str, link: str) -> str:
    """Return the end of a sentence about a link that leads out of the repository."""
    inside = os.path.realpath(f"{root}/{link}").startswith(os.path.realpath(root) + "/")
    return "" if inside else ", outside of the repository"
