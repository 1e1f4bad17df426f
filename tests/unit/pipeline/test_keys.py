"""Keys of tasks: the same inputs give the same action anywhere, and one change changes just the actions it must.

The oracle walks the graphs for every question; the code under test chains hashes along them.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitstop.cache.actions import OutputFile, OutputLink
from pitstop.core.digest import digest_of
from pitstop.core.package import REPOSITORY, Package
from pitstop.core.task import Task, TaskId, TaskSpec
from pitstop.links.tools import Tools
from pitstop.pipeline.graph import closure, link
from pitstop.pipeline.index import Snapshot
from pitstop.pipeline.keys import Keys, Upstream, print_of

if TYPE_CHECKING:
    from collections.abc import Mapping

Tree = dict[str, tuple[bytes, int]]
"""Content and mode by path."""

FILE, TOOL = 0o100644, 0o100755
ENVIRON = {"PATH": "/nowhere/bin"}


def snapshot(tree: Tree) -> Snapshot:
    """Return what the index would say of these files."""
    paths = sorted(tree)
    stats = array("q")
    for number, path in enumerate(paths):
        stats.extend((number, number, len(tree[path][0]), number, tree[path][1]))
    digests = b"".join(bytes.fromhex(digest_of(tree[path][0]).hash) for path in paths)
    return Snapshot(paths, digests, stats, b"", b"", ())


class State(NamedTuple):
    """Everything that keys are made of."""

    tree: Tree
    packages: tuple[Package, ...]
    environ: Mapping[str, str] = ENVIRON
    made: Mapping[str, bytes] = {}
    """What tasks with outputs have put into them."""
    secret: bytes = b"s" * 32
    root: str = "/nowhere/one"


def actions(state: State, seen: dict[str, str] | None = None) -> dict[str, str]:
    """Return the action of each task that has a command."""
    keys = Keys(
        state.root,
        snapshot(state.tree),
        state.packages,
        state.environ,
        Tools(state.root, state.environ, {}),
        {} if seen is None else seen,
        lambda: state.secret,
    )
    graph = closure(linked := link(state.packages), linked)
    upstream: dict[TaskId, Upstream] = {}
    found: dict[str, str] = {}
    for task in graph.values():
        key = keys.key(task, upstream)
        found[task.id] = key.action
        upstream[task.id] = _ended(task, key.action, state)
    return found


def _ended(task: Task, action: str, state: State) -> Upstream:
    if not task.spec.outputs:
        return Upstream(action)
    content = state.made.get(task.id, b"made")
    files = (OutputFile(f"{task.package}/dist/out", digest_of(content)),)
    return Upstream(digest_of(repr(files).encode()).hash, files)


BUILD = TaskSpec("build", "cc *.c", depends_on=("^build",), outputs=("dist/**",))
TEST = TaskSpec("test", "test -e dist", depends_on=("build",), read_env=("MODE", "FEATURE_*"), secrets=("TOKEN",))
LINT = TaskSpec("lint", ("lint", "."), inputs=("src/**", "!src/skip/**"))
AFTER = TaskSpec("after", "true", inputs=("none",), depends_on=("lint",))


def repository(needs: Mapping[str, list[str]]) -> State:
    """Return a state with these packages; each has files in `src/`, one in `doc/`, and reads `shared.cfg`."""
    packages = [
        Package(
            name,
            name,
            "",
            name,
            needs=tuple(sorted(listed)),
            lock=f"lock of {name}",
            shared=("shared.cfg",),
            tasks=(BUILD, TEST, LINT, AFTER),
        )
        for name, listed in needs.items()
    ]
    tree: Tree = {"shared.cfg": (b"shared", FILE), "stray.txt": (b"stray", FILE)}
    for name in needs:
        for path in ("src/one.c", "src/two.c", "src/skip/three.c", "doc/read.md"):
            tree[f"{name}/{path}"] = (f"{name} {path}".encode(), FILE)
    return State(tree, tuple(packages))


def reaches(needs: Mapping[str, list[str]], start: str) -> set[str]:
    """The slow, obvious way."""
    found = {start}
    while more := {need for name in found for need in needs[name]} - found:
        found |= more
    return found


NAMES = ("a", "a-b", "b", "c", "d")
GRAPHS = st.integers(1, 5).flatmap(
    lambda count: st.fixed_dictionaries(
        {name: st.lists(st.sampled_from(NAMES[:count]), max_size=3, unique=True) for name in NAMES[:count]}
    )
)
"""With circles, as development dependencies make them; a need for itself counts for nothing."""


def acyclic(needs: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {name: [need for need in listed if need < name] for name, listed in needs.items()}


def differing(one: State, other: State) -> set[str]:
    """Return the tasks whose actions differ, also when the second is worked out with what the first has left."""
    seen: dict[str, str] = {}
    before, after = actions(one, seen), actions(other, seen)
    assert after == actions(other)
    assert before.keys() == after.keys()
    return {task for task in before if before[task] != after[task]}


@given(GRAPHS.map(acyclic))
@settings(max_examples=30)
def test_two_checkouts_of_the_same_files_have_the_same_actions(needs: dict[str, list[str]]) -> None:
    state = repository(needs)
    assert actions(state) == actions(state._replace(root="/some/where/else"))
    assert len(set(actions(state).values())) == len(actions(state))


@given(GRAPHS.map(acyclic), st.data())
@settings(max_examples=40)
def test_a_changed_file_changes_the_actions_that_read_it_and_no_others(
    needs: dict[str, list[str]], data: st.DataObject
) -> None:
    state = repository(needs)
    tree = dict(state.tree)
    package = data.draw(st.sampled_from(sorted(needs)))
    path = data.draw(st.sampled_from(("src/one.c", "src/skip/three.c", "doc/read.md", "src/new.c")))
    how = data.draw(st.sampled_from(("content", "mode", "gone", "renamed")))
    name = f"{package}/{path}"
    content, _ = tree.get(name, (b"new", FILE))
    if how == "content" or name not in tree:
        tree[name] = (content + b"!", FILE)
    elif how == "mode":
        tree[name] = (content, TOOL)
    elif how == "gone":
        del tree[name]
    else:
        tree[f"{name}2"] = tree.pop(name)
    users = {user for user in needs if package in reaches(needs, user)}
    expected = {f"{user}:{task}" for user in users for task in ("build", "test")}
    if path.startswith("src/") and "skip" not in path:
        expected |= {f"{package}:lint", f"{package}:after"}  # `lint` has no outputs: its action stands for it
    assert differing(state, state._replace(tree=tree)) == expected


@given(GRAPHS.map(acyclic), st.data())
@settings(max_examples=40)
def test_lock_entries_and_shared_files_change_what_needs_them(needs: dict[str, list[str]], data: st.DataObject) -> None:
    state = repository(needs)
    package = data.draw(st.sampled_from(sorted(needs)))
    users = {user for user in needs if package in reaches(needs, user)}
    packages = tuple(one._replace(lock="bumped") if one.id == package else one for one in state.packages)
    expected = {f"{user}:{task}" for user in users for task in ("build", "test")}
    own = {f"{package}:{task}" for task in ("lint", "after")}
    assert differing(state, state._replace(packages=packages)) == expected | own
    shared = state._replace(tree={**state.tree, "shared.cfg": (b"other", FILE)})
    assert differing(state, shared) == set(actions(state))
    stray = state._replace(tree={**state.tree, "stray.txt": (b"other", FILE), "more.txt": (b"", FILE)})
    assert differing(state, stray) == set()


@given(GRAPHS.map(acyclic), st.data())
@settings(max_examples=40)
def test_another_output_changes_just_the_tasks_that_wait_for_it(
    needs: dict[str, list[str]], data: st.DataObject
) -> None:
    state = repository(needs)
    task = f"{data.draw(st.sampled_from(sorted(needs)))}:build"
    graph = link(state.packages)
    expected = {name for name, one in graph.items() if task in one.needs}
    assert differing(state, state._replace(made={task: b"other"})) == expected


@pytest.mark.parametrize(
    ("environ", "tasks"),
    [
        ({"STRAY": "1"}, set()),
        ({"MODE": "fast"}, {"test"}),
        ({"MODE": ""}, {"test"}),
        ({"FEATURE_X": "1"}, {"test"}),
        ({"FEATURE": "1"}, set()),
        ({"TOKEN": "t"}, {"test"}),
        ({"HOME": "/root", "LC_ALL": "C", "TMPDIR": "/t"}, set()),
        ({"CC": "clang"}, {"build", "test", "lint", "after"}),
    ],
)
def test_variables_change_the_tasks_that_declare_them(environ: dict[str, str], tasks: set[str]) -> None:
    state = repository({"a": [], "b": ["a"]})
    changed = state._replace(environ={**ENVIRON, **environ})
    assert differing(state, changed) == {f"{package}:{task}" for package in "ab" for task in tasks}


def test_a_secret_counts_under_the_key_of_its_user_and_stands_nowhere_in_clear() -> None:
    state = repository({"a": []})._replace(environ={**ENVIRON, "TOKEN": "tr0ub4dor", "MODE": "m"})
    other = state._replace(secret=b"t" * 32)
    assert differing(state, other) == {"a:test"}
    seen: dict[str, str] = {}
    actions(state, seen)
    assert "tr0ub4dor" not in repr(seen)


@given(GRAPHS.map(acyclic), st.integers(0, 30))
@settings(max_examples=30)
def test_what_was_worked_out_before_gives_the_same_actions(needs: dict[str, list[str]], changed: int) -> None:
    state = repository(needs)
    seen: dict[str, str] = {}
    first = actions(state, seen)
    assert actions(state, seen) == first
    path = sorted(state.tree)[changed % len(state.tree)]
    other = state._replace(tree={**state.tree, path: (b"other", TOOL)})
    assert actions(other, seen) == actions(other)
    assert actions(state, seen) == first


@given(GRAPHS, st.data())
def test_in_a_circle_of_packages_each_one_counts_for_all(needs: dict[str, list[str]], data: st.DataObject) -> None:
    state = repository({name: [] for name in needs})
    packages = tuple(
        one._replace(dev_needs=tuple(sorted(needs[one.id])), tasks=(TEST._replace(depends_on=()),))
        for one in state.packages
    )
    state = state._replace(packages=packages)
    package = data.draw(st.sampled_from(sorted(needs)))
    tree = {**state.tree, f"{package}/src/one.c": (b"other", FILE)}
    expected = {f"{user}:test" for user in needs if package in reaches(needs, user)}
    assert differing(state, state._replace(tree=tree)) == expected


CRATE = (
    TaskSpec("build", ("cargo", "build", "-p", "x"), batch="cargo-build"),
    TaskSpec("check", ("cargo", "clippy", "-p", "x"), batch="cargo-clippy"),
    TaskSpec("lint", ("cargo", "clippy", "-p", "x", "--all-targets"), batch="cargo-clippy"),
    TaskSpec("test", ("cargo", "test", "-p", "x"), batch="cargo-test"),
)


@given(GRAPHS.map(acyclic), GRAPHS, st.data())
@settings(max_examples=60)
def test_what_only_tests_of_a_crate_need_counts_for_these_alone(
    needs: dict[str, list[str]], dev: dict[str, list[str]], data: st.DataObject
) -> None:
    state = repository(needs)
    packages = tuple(
        one._replace(
            ecosystem="cargo",
            dev_needs=tuple(sorted({*dev.get(one.id, ())} & needs.keys() - {one.id, *one.needs})),
            tasks=CRATE,
        )
        for one in state.packages
    )
    state = state._replace(packages=packages)
    package = data.draw(st.sampled_from(sorted(needs)))
    tree = {**state.tree, f"{package}/src/one.c": (b"other", FILE)}
    builds = {one.id for one in packages if package in reaches(needs, one.id)}
    tests = builds | {one.id for one in packages if builds & {*one.dev_needs}}
    expected = {f"{user}:{task}" for user in builds for task in ("build", "check")}
    expected |= {f"{user}:{task}" for user in tests for task in ("lint", "test")}
    assert differing(state, state._replace(tree=tree)) == expected


WORDS = st.text("ab \n=", max_size=3)
SPECS = st.builds(
    TaskSpec("one")._replace,  # of the class itself hypothesis would make up the other fields too
    command=st.tuples(WORDS, WORDS) | st.tuples(WORDS) | WORDS.filter(bool),
    cwd=st.none() | st.sampled_from(("p", "p/q")),
    env=st.dictionaries(st.sampled_from(("A", "B", "A=b")), WORDS, max_size=2).map(
        lambda found: tuple(sorted(found.items()))
    ),
    outputs=st.lists(st.sampled_from(("dist/**", "out", "!out/x")), max_size=2).map(tuple),
    timeout_s=st.none() | st.sampled_from((1.0, 1.5)),
)


def _meaning(spec: TaskSpec) -> tuple[object, ...]:
    command = ("sh", "-c", spec.command) if isinstance(spec.command, str) else spec.command
    return command, "p" if spec.cwd is None else spec.cwd, spec.env, spec.outputs, spec.timeout_s


@given(SPECS, SPECS)
@settings(max_examples=300)
def test_two_tasks_share_an_action_only_when_they_mean_the_same(one: TaskSpec, other: TaskSpec) -> None:
    tree: Tree = {"p/a": (b"a", FILE)}
    seen: dict[str, str] = {}
    found = [actions(State(tree, (Package("p", "p", "", "p", tasks=(spec,)),)), seen)["p:one"] for spec in (one, other)]
    assert (found[0] == found[1]) == (_meaning(one) == _meaning(other))


@given(*[st.dictionaries(st.text("ab =\n'", max_size=4), st.text("ab =\n'\0", max_size=4), max_size=3)] * 2)
def test_different_pieces_have_different_prints(one: dict[str, str], other: dict[str, str]) -> None:
    assert (print_of(one) == print_of(other)) == (one == other)


def test_the_repository_itself_reads_every_file_but_what_it_makes() -> None:
    spec = TaskSpec("all", "true", outputs=("dist/**",))
    tree: Tree = {"a/x": (b"", FILE), "y": (b"", FILE)}
    packages = (Package(REPOSITORY, REPOSITORY, "", "", tasks=(spec,)), Package("a", "a", "", "a", tasks=(spec,)))
    before = State(tree, packages)
    assert differing(before, State({**tree, "a/x": (b"x", FILE)}, packages)) == {"//:all", "a:all"}
    assert differing(before, State({**tree, "y": (b"x", FILE)}, packages)) == {"//:all"}
    assert differing(before, State({**tree, "dist/o": (b"x", FILE)}, packages)) == set()
    assert differing(before, State({**tree, "a/dist/o": (b"x", FILE)}, packages)) == {"//:all"}


def test_a_package_inside_another_keeps_its_files_to_itself() -> None:
    packages = tuple(
        Package(root or "top", root or "top", "", root, tasks=(LINT._replace(inputs=()),))
        for root in ("", "in", "in/deep", "in-between")
    )
    tree: Tree = dict.fromkeys(("x", "in/x", "in/deep/x", "in/z", "in-between/x", "in.txt", "inner/x"), (b"", FILE))
    before = State(tree, packages)
    owner = {
        "x": "top",
        "in/x": "in",
        "in/deep/x": "in/deep",
        "in/z": "in",
        "in-between/x": "in-between",
        "in.txt": "top",
        "inner/x": "top",
    }
    for path, name in owner.items():
        assert differing(before, State({**tree, path: (b"!", FILE)}, packages)) == {f"{name}:lint"}, path


def test_outputs_of_needed_tasks_are_inputs_at_their_place() -> None:
    state = repository({"a": [], "b": ["a"]})
    links = Upstream("p", (), (OutputLink("a/dist/l", "x"),))
    found = []
    for one in (Upstream("p"), links, Upstream("p", (), (OutputLink("a/dist/l", "y"),))):
        keys = Keys(
            state.root, snapshot(state.tree), state.packages, ENVIRON, Tools(state.root, ENVIRON, {}), {}, bytes
        )
        task = link(state.packages)[TaskId("b:build")]
        found.append(keys.key(task, {TaskId("a:build"): one}).action)
    assert len(set(found)) == 3
