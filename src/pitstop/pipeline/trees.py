"""Installations kept whole: what a task makes in the checkout is packed into the store, and put back where nothing is.

Only where nothing is: an installation that is there and out of date is brought up to date by its own tool, which does
less than replacing all of it. And only one that was made from nothing is kept: another may hold what is left of before.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pitstop.cache.actions import ActionResult, OutputFile
from pitstop.cache.trees.manifest import LINK
from pitstop.cache.trees.unpack import MissingChunkError, load, unpack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.cache.disk import DiskStore
    from pitstop.cache.trees.manifest import Manifest

_MANIFEST = "manifest"


def there(root: str, tree: Sequence[str]) -> bool:
    """Return whether any of the folders `tree` is there."""
    return any(os.path.lexists(f"{root}/{folder}") for folder in tree)


def keep(root: str, tree: Sequence[str], store: DiskStore, log: bytes, duration_s: float) -> ActionResult | str:
    """Pack the folders `tree` into `store`; return the result that stands for them, or why there is none.

    `duration_s`: how long making them took.
    """
    from pitstop.cache.trees.pack import ChangedError, pack, walk
    from pitstop.core.errors import PitstopError

    try:
        bound_to = root if any(os.path.exists(f"{root}/{folder}/pyvenv.cfg") for folder in tree) else ""  # PEP 405
        packed = pack(root, walk(root, tree), store, bound_to=bound_to)
    except (OSError, ChangedError) as error:
        return str(error)
    except PitstopError as error:
        return f"{error} ({error.hint})" if error.hint else str(error)
    if packed is None:
        return store.trouble or "the store cannot be written"
    parts = [OutputFile(_MANIFEST, packed.manifest)]
    parts += [OutputFile(f"chunk/{chunk.hash}", chunk) for chunk in packed.chunks]
    return ActionResult(tuple(parts), log=log, duration_s=duration_s, worker=os.uname().nodename)


def put_back(root: str, tree: Sequence[str], store: DiskStore, result: ActionResult) -> str:
    """Put folders back that are not there; return why that cannot be, empty: it was done. Nothing is left half done."""
    import shutil

    manifest_digest = next((file.digest for file in result.files if file.path == _MANIFEST), None)
    if manifest_digest is None:
        return "its result is of another kind"
    temporary = f"{root}/.pitstop/state/tree-{os.getpid()}-{os.urandom(4).hex()}"
    done: list[str] = []
    try:
        manifest = load(store, manifest_digest)
        if problem := _unfit(root, manifest):
            return problem
        unpack(store, manifest, temporary)
        for folder in tree:
            if os.path.lexists(f"{temporary}/{folder}"):
                os.makedirs(os.path.dirname(f"{root}/{folder}"), exist_ok=True)
                os.rename(f"{temporary}/{folder}", f"{root}/{folder}")
                done.append(folder)
    except (OSError, MissingChunkError) as error:
        for folder in done:
            shutil.rmtree(f"{root}/{folder}", ignore_errors=True)
        return str(error)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return ""


def _unfit(root: str, manifest: Manifest) -> str:
    """Return why a packed folder is of no use here: made for another place, or for another machine's programs."""
    if manifest.root and manifest.root != root:
        return f"it was made in `{manifest.root}`, and speaks of that"
    for entry in manifest.entries:
        outside = entry.kind == LINK and os.path.isabs(entry.target) and not entry.target.startswith(f"{root}/")
        if outside and not os.path.exists(entry.target):
            return f"`{entry.path}` leads to `{entry.target}`, which is not here"
    return ""
