"""What a task needs: nothing, its outputs put back from the store, or to be run; and why."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.task import CACHE_CHECKOUT, CACHE_NEVER, CACHE_STORE
from pitstop.pipeline import outputs, rows
from pitstop.pipeline.keys import Key, Upstream
from pitstop.pipeline.memory import Last

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pitstop.cache.actions import ActionResult, OutputFile, OutputLink
    from pitstop.cache.disk import DiskStore
    from pitstop.core.package import Package
    from pitstop.core.task import Task, TaskId
    from pitstop.pipeline.keys import Keys, Parts
    from pitstop.pipeline.memory import Memory

NOTHING = "nothing"
"""It has no command: it ends with what it waits for."""
FRESH = "fresh"
"""What is on disk is what it would make."""
HIT = "hit"
"""The store has its result."""
MISS = "miss"
"""It must run."""
FORCED = "forced"
"""Why a task runs that `--force` means."""


class Decision(NamedTuple):
    """What is to be done for one task."""

    kind: str
    key: Key | None = None
    result: ActionResult | None = None
    """Of a hit."""
    reason: str = ""
    """Of a miss, in a few words."""


class Planner:
    """Decides task by task, in an order in which everything a task waits for has ended before it."""

    def __init__(
        self,
        root: str,
        packages: Sequence[Package],
        keys: Keys,
        store: DiskStore,
        memory: Memory,
        *,
        use_store: bool = True,
    ) -> None:
        self.root = root
        self.packages: Mapping[str, Package] = {package.id: package for package in packages}
        self.keys = keys
        self.store = store
        self.memory = memory
        self.use_store = use_store
        self.upstream: dict[TaskId, Upstream] = {}
        """What ended tasks mean for those that wait for them."""
        self.untouched: dict[TaskId, Last] = {}
        """How tasks ended of which no own input differs since."""
        self._as_before: dict[TaskId, str] = {}
        """What the untouched tasks that were decided had meant for those that wait for them (`Upstream.print`)."""
        self._parts: dict[TaskId, Parts] = {}
        self.explained: dict[TaskId, list[str]] = {}
        """For each miss that has an earlier key, how the keys differ."""
        self._has_failures = False
        self.kept: list[tuple[Task, Key, float]] = []
        """What was put into the store, and when the task had ended, in monotonic seconds."""
        self.unrestorable: set[TaskId] = set()
        """Tasks whose outputs could not be put in place: they must run, although the store has their results."""
        self.from_nothing: set[TaskId] = set()
        """Installations that must run, and of which nothing was there."""

    def decide(self, task: Task, *, forced: bool = False) -> Decision:
        """Return what `task` needs; all it waits for must be in `upstream`."""
        if not task.spec.command:
            if self._is_as_before(task):
                self._as_before[task.id] = self.passed_on(task).print
            return Decision(NOTHING)
        if not forced and task.id in self.untouched and self._is_as_before(task):
            return self._decide_untouched(task)
        key = self.keys.key(task, self.upstream)
        self._parts[task.id] = key.parts
        if task.spec.tree and self.can_restore(task):
            self.from_nothing.add(task.id)
        if task.spec.cache == CACHE_NEVER:
            return Decision(MISS, key, reason="never cached")
        if key.unreadable:
            return Decision(MISS, key, reason=f"`{key.unreadable}` cannot be read")
        last = self.memory.tasks.get(task.id)
        if not forced and last is not None and last.action == key.action:
            if task.spec.cache == CACHE_CHECKOUT:
                if rows.installed(self.root, self.globs(task)):
                    return Decision(FRESH, key)
                if (result := self._stored(task, key)) is not None:
                    return Decision(HIT, key, result)
                return Decision(MISS, key, reason="its outputs are gone")
            if rows.present(self.root, last.rows):
                return Decision(FRESH, key)
        if forced:
            return Decision(MISS, key, reason=FORCED)
        if (result := self._stored(task, key)) is not None:
            return Decision(HIT, key, result)
        return Decision(MISS, key, reason=self._why(task, key, last))

    def _is_as_before(self, task: Task) -> bool:
        return all(self._as_before.get(need) == self.upstream[need].print for need in task.needs)

    def _decide_untouched(self, task: Task) -> Decision:
        """Decide a task of which the key is known, and not what it is made of."""
        last = self.untouched[task.id]
        self._as_before[task.id] = last.print
        key = Key({}, last.action, (), "")
        if task.spec.cache == CACHE_CHECKOUT or rows.present(self.root, last.rows):
            return Decision(FRESH, key)  # that installations are there is part of why it is untouched
        if (result := self._stored(task, key)) is not None:
            return Decision(HIT, key, result)
        return self.decide_anew(task)

    def decide_anew(self, task: Task) -> Decision:
        """Decide a task that is a miss after all; its key is made in full."""
        self.untouched.pop(task.id, None)
        return self.decide(task)

    def hit(self, task: Task, decision: Decision) -> Decision | str:
        """Return what was a miss as the hit that it is, now that the store has its result, or why it is none."""
        assert decision.key is not None
        given = self.store.get_result(decision.key.action)
        if given is not None and (path := self.strange(task, given)):
            self.store.forget(decision.key.action)
            return f"it would write `{path}`, which is none of its outputs"
        if (result := self._stored(task, decision.key)) is None:
            return "it is gone again"
        self.explained.pop(task.id, None)
        return Decision(HIT, decision.key, result)

    def is_done_by_now(self, task: Task, decision: Decision) -> bool:
        """Return whether another run has done what was a miss when it was decided."""
        if decision.kind != MISS or decision.key is None or decision.reason == FORCED:
            return False
        if task.spec.cache != CACHE_CHECKOUT:
            return self._stored(task, decision.key) is not None
        self.memory.refresh()
        last = self.memory.tasks.get(task.id)
        return last is not None and last.action == decision.key.action and rows.installed(self.root, self.globs(task))

    def _stored(self, task: Task, key: Key) -> ActionResult | None:
        """Return the result of `task` if the store has all of it, as far as can be seen without reading it."""
        if not self.use_store or key.unreadable or task.id in self.unrestorable or not self.can_restore(task):
            return None
        result = self.store.get_result(key.action)
        if result is None or not all(self.store.has(file.digest) for file in result.files):
            return None
        if self.strange(task, result):
            self.store.forget(key.action)
            return None
        return result

    def strange(self, task: Task, result: ActionResult) -> str:
        """Return a path in `result` that is none of the outputs of `task`, or `""`: whoever made it meant no good."""
        if task.spec.tree:  # which judges for itself
            return ""
        globs = self.globs(task)
        declared = outputs.fitting(globs)
        for path in (*(file.path for file in result.files), *(link.path for link in result.links)):
            if declared(path) or (task.spec.batch and not self.keys.inputs.has(path)):
                continue  # what else the tool of a batch tells that it made is no source
            return path
        return ""

    def can_restore(self, task: Task) -> bool:
        """Return whether a result of `task` would be of use: an installation is only put back where there is none."""
        if task.spec.tree:
            from pitstop.pipeline.trees import there

            return not there(self.root, task.spec.tree)
        return task.spec.cache == CACHE_STORE

    def moved(self, task: Task, key: Key, since: float, own_since: float) -> str:
        """Return a file among all that `task` reads that is no longer what `key` was made of, or `""`.

        Packages that were looked at after `since` (monotonic seconds) are not looked at again; its own: `own_since`.
        """
        inputs, spec = self.keys.inputs, task.spec
        default = "packages" in key.parts
        if (spec.inputs or not default) and (path := inputs.moved(key.rows)):
            return path
        if not default:
            return inputs.moved(inputs.shared_rows(task.package)) or inputs.ignored_moved(key.parts)
        for name in inputs.reach(task.package):
            if path := inputs.package_moved(name, own_since if name == task.package else since):
                return path
        return inputs.ignored_moved(key.parts) if spec.inputs else ""

    def reads_ignored(self) -> bool:
        """Return whether a key that was made covers a file that git ignores."""
        return any(name.startswith("file ") for parts in self._parts.values() for name in parts)

    def globs(self, task: Task) -> tuple[str, ...]:
        """Return the output globs of `task`, relative to the repository."""
        return outputs.patterns(self.packages[task.package].root, task.spec.outputs, task.spec.origin)

    def settle(self, task: Task, key: Key | None, kept: outputs.Kept, duration_s: float, *, known: bool = True) -> None:
        """Note that `task` ended well and left `kept`; not `known`: and more, so nobody who needs it has a known key."""
        if key is None:
            self.upstream[task.id] = self.passed_on(task)
            return
        print_ = _outcome(task, key, kept.files, kept.links) if known else os.urandom(32).hex()
        self.upstream[task.id] = Upstream(print_, kept.files, kept.links, known)
        if task.spec.cache != CACHE_NEVER:
            sizes = {file.path: file.digest.size for file in kept.files}
            rows = kept.rows if kept.complete else ()
            last = Last(key.action, duration_s, print_, rows, tuple(sizes.get(row[0], 0) for row in rows))
            self.memory.set(task.id, last if kept.complete and not key.unreadable else None)

    def settle_fresh(self, task: Task) -> None:
        """Note that `task` need not be looked at again."""
        last = self.memory.tasks[task.id]
        files, links = outputs.rows_to_result(last.rows, last.sizes)
        self.upstream[task.id] = Upstream(last.print, files, links)

    def of_result(self, task: Task, decision: Decision) -> Upstream:
        """Return what a task that the store has the result of means for those that wait for it."""
        assert decision.result is not None
        assert decision.key is not None
        files, links = ((), ()) if task.spec.tree else (decision.result.files, decision.result.links)
        return Upstream(_outcome(task, decision.key, files, links), files, links)

    @property
    def learned(self) -> bool:
        """Whether a key, the version of a tool or a failure is new, so that the next run can use or tell it."""
        return self.keys.learned or self.keys.tools.learned or self._has_failures

    def passed_on(self, task: Task) -> Upstream:
        """Return what a task without a command hands on: all that it waited for.

        The end of a stage and an approval hand nothing on: they keep an order, what is made flows along `depends_on`.
        """
        if task.stage or task.approval:
            return Upstream("")
        before = [self.upstream[need] for need in task.needs]
        return Upstream(
            sha256("\0".join(one.print for one in before).encode()).hexdigest() if before else "",
            tuple(file for one in before for file in one.files),
            tuple(link for one in before for link in one.links),
            all(one.known for one in before),
        )

    def remember(self, task: Task, key: Key) -> None:
        """Keep the pieces of the key with which `task` ended, so that a later miss can be explained."""
        from pitstop.pipeline.reasons import remember

        tables = self.memory.load_parts()
        remember(tables, self.keys.inputs, task.id, task.package, key.parts, key.rows)
        tables["failed"].pop(task.id, None)

    def fail(self, task: Task, key: Key | None) -> None:
        """Note that `task` ended badly: it has no result, and the next run is to say that this is why it runs."""
        if task.spec.cache != CACHE_NEVER:
            self.memory.set(task.id, None)
            if key is not None:
                self._has_failures = True
                self.memory.load_parts()["failed"][task.id] = key.action

    def _why(self, task: Task, key: Key, last: Last | None) -> str:
        tables = self.memory.load_parts()
        before = tables["parts"].get(task.id)
        failed = tables["failed"].get(task.id)
        if failed == key.action:
            return "failed the last time"
        if before is None:
            return "never passed here" if failed else "never ran here"
        if last is not None and last.action == key.action:
            return "its outputs changed, and the store no longer has them"
        from pitstop.pipeline.reasons import compare, remember

        old = dict(before)
        remember(tables, self.keys.inputs, task.id, task.package, key.parts, key.rows)
        tables["parts"][task.id] = before
        changes = [change.text() for change in compare(old, key.parts, task.package, tables)]
        self.explained[task.id] = changes
        if not changes:
            return "its result is no longer in the store"
        return changes[0] + (f" and {len(changes) - 1} more" if len(changes) > 1 else "")


def _outcome(task: Task, key: Key, files: Sequence[OutputFile], links: Sequence[OutputLink]) -> str:
    """Return the digest of the outputs of a task, or its action when it declares none and left none."""
    if not (task.spec.outputs or files or links):
        return key.action
    return sha256(repr((sorted(map(tuple, files)), sorted(map(tuple, links)))).encode()).hexdigest()
