"""Folders as Merkle trees, against the protobuf runtime and a slow oracle on sets of paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.cache import oracle as reapi

from pitstop.cache.merkle import File, Folder, merge, placed
from pitstop.core.digest import EMPTY, Digest, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable

Entry = File | str
World = dict[str, Entry]
"""What lies at each path."""

NAME = st.sampled_from(["a", "b", "a.b", "ab", "B", "ß", "\U0001f600", "\uffee"])
ENTRY: st.SearchStrategy[Entry] = st.one_of(
    st.builds(File, st.sampled_from("xyz").map(lambda text: digest_of(text.encode())), st.booleans()),
    st.sampled_from(["a", "../b"]),
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Paths with what lies there; none is the folder of another."""
    world: World = {}
    for path in draw(st.lists(st.lists(NAME, min_size=1, max_size=3).map("/".join), max_size=8)):
        if not any(other == path or other.startswith(f"{path}/") or path.startswith(f"{other}/") for other in world):
            world[path] = draw(ENTRY)
    return world


def folder_of(world: World) -> Folder:
    folder = Folder()
    for path, entry in world.items():
        folder.add(path, entry)
    return folder


def message_of(world: World) -> bytes:
    """The oracle: the runtime's `Directory` message of a world, made anew at each level."""
    names = sorted({path.split("/")[0] for path in world}, key=str.encode)
    files, folders, links = [], [], []
    for name in names:
        entry = world.get(name)
        if isinstance(entry, File):
            files.append(
                reapi.new("FileNode", name=name, digest=reapi.digest(entry.digest), is_executable=entry.executable)
            )
        elif isinstance(entry, str):
            links.append(reapi.new("SymlinkNode", name=name, target=entry))
        else:
            below = {path[len(name) + 1 :]: one for path, one in world.items() if path.startswith(f"{name}/")}
            folders.append(reapi.new("DirectoryNode", name=name, digest=reapi.digest(digest_of(message_of(below)))))
    return reapi.encoded(reapi.new("Directory", files=files, directories=folders, symlinks=links))


def read(root: Digest, messages: Iterable[tuple[Digest, bytes]]) -> World:
    """The way back, by the runtime."""
    by_hash = dict(messages)
    message = reapi.new("Directory")
    message.ParseFromString(by_hash[root])
    world: World = {
        file.name: File(Digest(file.digest.hash, file.digest.size_bytes), file.is_executable) for file in message.files
    }
    world |= {link.name: link.target for link in message.symlinks}
    for node in message.directories:
        below = read(Digest(node.digest.hash, node.digest.size_bytes), by_hash.items())
        world |= {f"{node.name}/{path}": entry for path, entry in below.items()}
    return world


@pytest.mark.slow
@given(worlds())
def test_a_folder_equals_the_runtimes_and_its_messages_hold_all_of_it(world: World) -> None:
    folder = folder_of(world)
    data, name = folder.encode()
    assert data == message_of(world)
    assert name == digest_of(data)
    messages = list(folder.messages())
    assert messages[0] == (name, data)
    assert len({one for one, _ in messages}) == len(messages)
    assert all(digest_of(content) == one for one, content in messages)
    assert read(name, messages) == world


def test_an_empty_folder_has_the_digest_of_nothing() -> None:
    assert Folder().encode() == (b"", EMPTY)


@pytest.mark.slow
@given(worlds(), st.data())
def test_the_order_of_adding_means_nothing_and_every_change_another_digest(world: World, data: st.DataObject) -> None:
    name = folder_of(world).encode()[1]
    assert folder_of(dict(data.draw(st.permutations(list(world.items()))))).encode()[1] == name
    other = data.draw(worlds())
    assert (folder_of(other).encode()[1] == name) == (other == world)
    if world:
        path = data.draw(st.sampled_from(sorted(world)))
        entry = data.draw(ENTRY)
        assert (folder_of(world | {path: entry}).encode()[1] == name) == (entry == world[path])
        renamed = {(f"{one}2" if one == path else one): entry for one, entry in world.items()}
        assert folder_of(renamed).encode()[1] != name
        assert folder_of({one: entry for one, entry in world.items() if one != path}).encode()[1] != name


@pytest.mark.slow
@given(worlds(), st.data())
def test_a_union_holds_the_paths_of_all_parts(world: World, data: st.DataObject) -> None:
    paths = sorted(world)
    subsets = data.draw(st.lists(st.sets(st.sampled_from(paths)) if paths else st.just(set()), max_size=5))
    union = {path: entry for path, entry in world.items() if any(path in subset for subset in subsets)}
    parts = [folder_of({path: world[path] for path in sorted(subset)}) for subset in subsets]
    before = [part.encode() for part in parts]
    merged = merge([parts[data.draw(st.integers(0, len(parts) - 1))], *parts]) if parts else merge(parts)
    assert merged.encode()[0] == message_of(union)
    for part, encoded in zip(parts, before, strict=True):
        assert folder_of(read(encoded[1], part.messages())).encode() == encoded, "no part is changed"


@given(st.lists(st.sampled_from(["x", "y", "z"]), min_size=1, max_size=4), st.sampled_from(["f", "d/f", "d/e/f"]))
def test_of_two_files_at_one_path_the_later_one_stays(contents: list[str], path: str) -> None:
    listed: list[World] = [
        {path: File(digest_of(content.encode())), f"{path}{index}": "l"} for index, content in enumerate(contents)
    ]
    expected: World = {name: entry for world in listed for name, entry in world.items()}
    assert merge([folder_of(world) for world in listed]).encode()[0] == message_of(expected)


@pytest.mark.slow
@given(st.lists(worlds(), min_size=2, max_size=4), st.lists(NAME, min_size=1, max_size=3, unique=True))
def test_folders_that_are_shared_count_under_each_name(parts: list[World], names: list[str]) -> None:
    shared = [folder_of(world) for world in parts]
    root = Folder()
    expected: World = {}
    for index, name in enumerate(names):
        world = parts[index % len(parts)]
        root.folders[name] = shared[index % len(parts)]
        expected |= {f"{name}/{path}": entry for path, entry in world.items()}
    assert read(root.encode()[1], root.messages()) == expected


@pytest.mark.slow
@given(worlds(), st.lists(NAME, max_size=6))
def test_a_folder_is_itself_under_whatever_names_it_is_asked_for(world: World, names: list[str]) -> None:
    folder = folder_of(world)
    for name in names:
        node = reapi.new("DirectoryNode", name=name, digest=reapi.digest(folder.encode()[1]))
        assert folder.node(name) == reapi.encoded(reapi.new("Directory", directories=[node]))


@given(worlds(), st.lists(NAME, max_size=3).map("/".join))
def test_a_placed_folder_lies_where_it_was_put(world: World, path: str) -> None:
    root = placed(path, folder_of(world))
    prefix = f"{path}/" if path else ""
    expected = {f"{prefix}{one}": entry for one, entry in world.items()}
    assert read(root.encode()[1], root.messages()) == expected


def test_names_are_sorted_by_their_bytes_also_when_they_are_no_utf8() -> None:
    names = [b"\xff", b"a", "\uffee".encode(), "\U0001f600".encode(), b"\x80"]
    folder = Folder()
    for name in names:
        folder.add(name.decode("utf-8", "surrogateescape"), "x")
    data = folder.encode()[0]
    assert sorted(names, key=data.index) == sorted(names)
