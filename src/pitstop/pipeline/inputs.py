"""Inputs: which files belong to a package and to a task, and the hashes over them."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from pitstop.core import clock
from pitstop.core.globs import is_literal, literal_prefix, matcher
from pitstop.core.package import REPOSITORY
from pitstop.pipeline.graph import strong_components
from pitstop.pipeline.owned import absolute, below, each, in_order, less_outputs, spans_of
from pitstop.pipeline.unlisted import NOWHERE, digest_on_disk, link_target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pitstop.cache.merkle import Folder
    from pitstop.core.package import Package
    from pitstop.pipeline.index import Snapshot
    from pitstop.pipeline.owned import Rows

_OWN_DEV = frozenset({"cargo"})
"""Ecosystems in which what a package needs for its tests counts for these alone, and for nobody who needs the package."""
_FEW_PACKAGES = 1000
"""Up to so many, what each of them reaches is kept: it grows with the square."""
_FEW_CHAINS = 8
"""So many packages are asked for one by one, in a run in which little changed; then all are worked out at once."""


class Inputs:
    """The files of one snapshot by package; what it computed it keeps."""

    def __init__(self, root: str, snapshot: Snapshot, packages: Mapping[str, Package]) -> None:
        self._root = root
        self._snapshot = snapshot
        self._packages = packages
        self._roots: list[str] = []
        self._owned: dict[str, Rows] = {}
        self._own: dict[str, str] = {}
        self._closure: dict[str, str] = {}
        self._chained = 0
        self._folders: dict[str, Folder] = {}
        self._chosen: dict[tuple[str, tuple[str, ...]], tuple[tuple[int, ...], tuple[tuple[str, bool], ...]]] = {}
        self._shared: dict[tuple[str, ...], str] = {}
        self._needed: dict[str, tuple[str, ...]] = {}
        self._reached: dict[str, tuple[str, ...]] = {}
        self._unreadable = snapshot.unreadable()
        self._looked: dict[str, tuple[float, str]] = {}
        """When a package was last looked at, and a file that had moved."""

    def has(self, path: str) -> bool:
        """Return whether there is such a file in the repository that git does not ignore; not what is built there."""
        return self._snapshot.row(path) >= 0 and "target" not in path.split("/")

    def owned(self, package: str) -> Rows:
        """Return the rows of the files that a package has: those in its folder, less what its own tasks make.

        What lies in the folder of a package further down is that package's.
        """
        known = self._owned.get(package)
        if known is None:
            here = self._packages[package]
            if not self._roots:
                self._roots = in_order(one.root for one in self._packages.values() if one.id != REPOSITORY)
            everything = (range(len(self._snapshot.paths)),)
            spans = everything if package == REPOSITORY else spans_of(self._snapshot, self._roots, here.root)
            known = self._owned[package] = less_outputs(self._snapshot, here, spans)
        return known

    def shared_rows(self, package: str) -> tuple[int, ...]:
        """Return the rows of the files outside of a package that all its tasks read."""
        return tuple(row for row in map(self._snapshot.row, self._packages[package].shared) if row >= 0)

    def unreadable(self, package: str, rows: Rows, *, default: bool) -> str:
        """Return a file that could not be read among what a task of `package` with its own `rows` reads, or `""`."""
        if not self._unreadable:
            return ""
        read = {*each(rows), *self.shared_rows(package)}
        for name in self.reach(package) if default else ():
            read.update(each(self._covered(name)))
        return next((self._snapshot.paths[row] for row in sorted(self._unreadable & read)), "")

    def moved(self, rows: Sequence[range | int]) -> str:
        """Return a file among `rows` that is no longer what it was, or `""`."""
        return self._snapshot.moved(self._root, each(rows))

    def ignored_moved(self, parts: Mapping[str, str]) -> str:
        """Return a file that git ignores, named in the pieces of a key, that is no longer what it was, or `""`."""
        for name, digest in parts.items():
            if name.startswith("file ") and digest_on_disk(f"{self._root}/{name[5:]}") != digest:
                return name[5:]
        return ""

    def package_moved(self, package: str, since: float) -> str:
        """Return a file that the tasks of `package` read and that is no longer what it was, or `""`.

        A package that was looked at after `since` (monotonic seconds) is not looked at again.
        """
        looked, path = self._looked.get(package, (-1.0, ""))
        if not path and looked <= since:
            now = clock.monotonic()
            path = self.moved(self._covered(package))
            self._looked[package] = now, path
        return path

    def _covered(self, package: str) -> tuple[range | int, ...]:
        return (*self.owned(package), *self.shared_rows(package))

    def describe(self, package: str, *, dev: bool = False) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """Return (own files' print, lock, prints of the packages it needs) of a package: what `packages` is made of."""
        here = self._packages[package]
        needs = sorted({*self._direct(package), *(self._for_tests(package) if dev else ())})
        return self.own_print(here), here.lock, tuple((need, self.closure_print(need)) for need in needs)

    def files_of(self, rows: Rows) -> tuple[str, bytes]:
        """Return the paths of these files, joined by NUL, and their hashes, 32 bytes each."""
        paths, digests = self._snapshot.paths, self._snapshot.digests
        spans = [row if isinstance(row, range) else range(row, row + 1) for row in rows]
        names = "\0".join(path for span in spans for path in paths[span.start : span.stop])
        return names, b"".join(digests[32 * span.start : 32 * span.stop] for span in spans)

    def files_of_package(self, package: str) -> tuple[str, bytes]:
        """Return the same for the files of a package, and for those outside that all its tasks read."""
        own, shared = self.files_of(self.owned(package)), self.files_of(self.shared_rows(package))
        return "\0".join(names for names in (own[0], shared[0]) if names), own[1] + shared[1]

    def rows_print(self, rows: Sequence[range] | Sequence[int]) -> str:
        """Return a hash over paths, digests and kinds of rows; the same on every machine."""
        snapshot = self._snapshot
        spans = [(row.start, row.stop) if isinstance(row, range) else (row, row + 1) for row in rows]
        paths = "\0".join(path for first, last in spans for path in snapshot.paths[first:last])
        whole = sha256(b"%d\0" % sum(last - first for first, last in spans))
        whole.update(paths.encode("utf-8", "surrogateescape"))
        for first, last in spans:
            whole.update(snapshot.digests[32 * first : 32 * last])
        for first, last in spans:
            modes = snapshot.stats[5 * first + 4 : 5 * last : 5]
            whole.update(bytes(mode >> 6 & 1 | (mode & 0o170000 == 0o120000) << 1 for mode in modes))
        return whole.hexdigest()

    def own_print(self, package: Package) -> str:
        """Return the hash over a package: its files, what it reads outside, its part of the lock file."""
        known = self._own.get(package.id)
        if known is None:
            whole = sha256(self.rows_print(self.owned(package.id)).encode())
            whole.update(f"\0{package.lock}\0{self.shared_print(package.shared)}".encode())
            known = self._own[package.id] = whole.hexdigest()
        return known

    def shared_print(self, shared: tuple[str, ...]) -> str:
        """Return the hash over files that lie outside of a package, also those that git ignores (`.env`)."""
        known = self._shared.get(shared)
        if known is None:
            rows = tuple(row for row in map(self._snapshot.row, shared) if row >= 0)
            ignored = [(path, digest_on_disk(f"{self._root}/{path}")) for path in self._ignored(shared)]
            known = self._shared[shared] = sha256(f"{self.rows_print(rows)} {ignored!r}".encode()).hexdigest()
        return known

    def ignored(self, package: str) -> tuple[str, ...]:
        """Return the files that all tasks of a package read although git ignores them; they need not exist."""
        return self._ignored(self._packages[package].shared)

    def _ignored(self, shared: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(path for path in shared if self._snapshot.row(path) < 0)

    def _direct(self, package: str) -> tuple[str, ...]:
        known = self._needed.get(package)
        if known is None:
            here = self._packages[package]
            listed = here.needs if here.ecosystem in _OWN_DEV else (*here.needs, *here.dev_needs)
            needs = {need for need in listed if need in self._packages and need != package}
            known = tuple(sorted(needs))
            self._needed[package] = known
        return known

    def _for_tests(self, package: str) -> tuple[str, ...]:
        """Return what only the tests of a package need, where that is nothing to the packages that need it."""
        here = self._packages[package]
        if here.ecosystem not in _OWN_DEV:
            return ()
        return tuple(need for need in here.dev_needs if need in self._packages and need != package)

    def closure_print(self, package: str, *, dev: bool = False) -> str:
        """Return the hash over a package and all it needs, however far; `dev`: what its own tests need as well."""
        if needs := self._for_tests(package) if dev else ():
            whole = [self.closure_print(package), *(f"{need}\0{self.closure_print(need)}" for need in needs)]
            return sha256("\0".join(whole).encode("utf-8", "surrogateescape")).hexdigest()
        if package not in self._closure:
            self._chained += 1
            self._chain(self.reach(package, dev=False) if self._chained <= _FEW_CHAINS else tuple(self._packages))
        return self._closure[package]

    def _chain(self, names: Sequence[str]) -> None:
        """Give each of these packages, which need no others, a print over itself and all it needs.

        Packages in a circle share theirs.
        """
        components = strong_components({name: self._direct(name) for name in names})
        members: dict[int, list[str]] = {}
        for name, number in components.items():
            members.setdefault(number, []).append(name)
        for number, alike in members.items():  # upstream first
            whole = sha256()
            for name in sorted(alike):
                whole.update(f"{name}\0{self.own_print(self._packages[name])}\0".encode("utf-8", "surrogateescape"))
                for need in self._direct(name):
                    if components[need] != number:
                        whole.update(f"{need}\0{self._closure[need]}\0".encode("utf-8", "surrogateescape"))
            for name in alike:
                self._closure[name] = whole.hexdigest()

    def choose(
        self, package: Package, patterns: tuple[str, ...], *, default: bool
    ) -> tuple[tuple[int, ...], tuple[tuple[str, str], ...]]:
        """Return the rows that the patterns choose, and (path, digest) of files and folders that git ignores."""
        known = self._chosen.get((package.id, (*patterns, str(default))))
        if known is not None:
            return known[0], self._digests(known[1])
        base = f"{package.root}/" if package.root else ""
        whole = [absolute(pattern, base) for pattern in patterns]
        positive = [pattern for pattern in whole if not pattern.startswith("!")]
        unwanted = matcher([pattern[1:] for pattern in whole if pattern.startswith("!")] or ["\0"])
        paths = self._snapshot.paths
        rows: set[int] = set(each(self.owned(package.id))) if default else set()
        ignored: list[tuple[str, bool]] = []
        for pattern in positive:
            if is_literal(pattern) and (row := self._snapshot.row(pattern)) >= 0:
                rows.add(row)
                continue
            fits = matcher([pattern])
            found = [row for row in below(self._snapshot, literal_prefix(pattern)) if fits(paths[row])]
            rows.update(found)
            place = literal_prefix(pattern)
            if not found and (place == pattern or not below(self._snapshot, place)):
                ignored.append((place, place == pattern))
        known = tuple(sorted(row for row in rows if not unwanted(paths[row]))), tuple(ignored)
        self._chosen[package.id, (*patterns, str(default))] = known
        return known[0], self._digests(known[1])

    def _digests(self, ignored: Sequence[tuple[str, bool]]) -> tuple[tuple[str, str], ...]:
        """Return the digests of what git ignores, as it is now: other tasks may make it.

        Only named things count when they are not there.
        """
        found = ((path, digest_on_disk(f"{self._root}/{path}"), named) for path, named in ignored)
        return tuple((path, digest) for path, digest, named in found if named or digest != NOWHERE)

    def reach(self, package: str, *, dev: bool = True) -> tuple[str, ...]:
        """Return the ids of `package` and of all packages it needs, however far; `dev`: for its own tests too."""
        needs = self._for_tests(package) if dev else ()
        if needs:
            return tuple(dict.fromkeys(name for one in (package, *needs) for name in self.reach(one, dev=False)))
        if (known := self._reached.get(package)) is not None:
            return known
        found = {package: None}
        stack = [package]
        while stack:
            for need in self._direct(stack.pop()):
                if need not in found:
                    found[need] = None
                    stack.append(need)
        if len(self._packages) <= _FEW_PACKAGES:
            self._reached[package] = tuple(found)
        return tuple(found)

    def package_folder(self, package: str) -> Folder:
        """Return the files of a package as a tree below the repository."""
        known = self._folders.get(package)
        if known is None:
            known = self._folders[package] = self.rows_folder(self.owned(package))
        return known

    def rows_folder(self, rows: Sequence[range] | Sequence[int]) -> Folder:
        """Return these files as a tree below the repository."""
        from pitstop.cache import merkle

        snapshot, folder = self._snapshot, merkle.Folder()
        for row in each(rows):
            path = snapshot.paths[row]
            if snapshot.is_link(row):
                folder.add(path, link_target(f"{self._root}/{path}"))
            else:
                folder.add(path, merkle.File(snapshot.digest(row), snapshot.executable(row)))
        return folder
