"""Go modules, workspaces, what is built from where, and go.sum."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.pipeline.detect.repository import found_in, needs_in, packages_in, tasks_of

from pitstop.core.errors import ConfigError, PlanError
from pitstop.pipeline.detect.go.sums import order


def test_modules_need_each_other_only_where_go_takes_them_from_their_folders() -> None:
    packages = packages_in(
        {
            "go.mod": 'module example.org/r\nrequire (\n\texample.org/r/a v1.0.0 // indirect\n\t"example.org/b" v1.0.0\n)\n'
            "replace example.org/r/a => ./a\n",
            "a/go.mod": "module example.org/r/a\nrequire example.org/b v1.0.0\nreplace example.org/b v1.0.0 => ../b\n",
            "b/go.mod": "module example.org/b\nrequire example.org/r v0.0.0\n",
        }
    )
    assert needs_in(packages) == {
        "example.org/r": ("example.org/r/a",),
        "example.org/r/a": ("example.org/b",),
        "example.org/b": (),
    }


def test_in_a_workspace_modules_are_taken_from_each_other() -> None:
    packages = packages_in(
        {
            "go.work": "go 1.22\nuse (\n\t./a\n\t./b // both\n)\nreplace example.org/c => ./c\n",
            "a/go.mod": "module example.org/a\nrequire (\n example.org/b v1.0.0\n example.org/c v1.0.0\n)\n",
            "b/go.mod": "module example.org/b\n",
            "c/go.mod": "module example.org/c\n",
            "go.work.sum": "",
        }
    )
    assert packages["example.org/a"].needs == ("example.org/b", "example.org/c")
    assert packages["example.org/a"].shared == ("go.work", "go.work.sum")
    assert packages["example.org/c"].workspace == "c"


def test_modules_that_need_each_other_are_planned() -> None:
    packages = packages_in(
        {
            "go.work": "use (\n./a\n./b\n)",
            "a/go.mod": "module a.x/a\nrequire a.x/b v1\n",
            "b/go.mod": "module a.x/b\nrequire a.x/a v1\n",
        }
    )
    assert [(p.needs, p.dev_needs) for p in packages.values()] == [((), ("a.x/b",)), ((), ("a.x/a",))]


def test_folders_that_go_passes_over_hold_no_modules() -> None:
    found = found_in(
        {
            "go.mod": "module x\n",
            "testdata/m/go.mod": "module m\n",
            "vendor/v/go.mod": "module v\n",
            "_u/go.mod": "\xff\xfe",
            "main.go": "",
        }
    )
    assert [package.id for package in found.packages] == ["x"]
    assert [note.path for note in found.notes] == ["_u/go.mod", "testdata/m/go.mod", "vendor/v/go.mod"]


def test_formatting_looks_at_the_packages_of_the_module_alone() -> None:
    packages = packages_in(
        {
            "go.mod": "module x\n",
            "main.go": "",
            "cmd/it's/main.go": "",
            "testdata/bad.go": "",
            "vendor/v/v.go": "",
            "tool/go.mod": "module tool\n",
            "tool/t.go": "",
            "empty/go.mod": "module empty\n",
        }
    )
    assert tasks_of(packages["x"])["format"].command == (
        """found=$(gofmt -l 'cmd/it'"'"'s'/*.go *.go) && echo "$found" && test -z "$found\""""
    )
    assert packages["empty"].tasks == ()
    assert {name: spec.batch for name, spec in tasks_of(packages["x"]).items()} == {
        "format": "",
        "lint": "go-vet",
        "build": "go-build",
        "test": "go-test",
    }


def test_the_linter_that_the_repository_sets_up_is_used() -> None:
    packages = packages_in({"go.mod": "module x\n", "main.go": "", ".golangci.yml": ""})
    assert tasks_of(packages["x"])["lint"].command == ("golangci-lint", "run", "./...")


SUM = "example.org/p v1.0.0 h1:{p}\nexample.org/p v1.0.0/go.mod h1:m\nexample.org/q v1.0.0 h1:{q}\n"


def test_a_changed_sum_changes_the_modules_that_require_it() -> None:
    def locks(**sums: str) -> dict[str, str]:
        packages = packages_in(
            {
                "go.work": "use (\n./a\n./b\n)",
                "a/go.mod": "module a\nrequire example.org/p v1.0.0\n",
                "b/go.mod": "module b\nrequire example.org/q v1.0.0\n",
                "a/go.sum": SUM.format(**sums),
                "b/go.sum": SUM.format(**sums),
            }
        )
        return {name: package.lock for name, package in packages.items()}

    before, after = locks(p="1", q="1"), locks(p="1", q="2")
    assert {name for name in before if before[name] != after[name]} == {"b"}


def test_a_version_that_another_module_of_the_workspace_raises_counts() -> None:
    def lock(version: str) -> str:
        packages = packages_in(
            {
                "go.work": "use (\n./a\n./b\n)",
                "a/go.mod": "module a\nrequire example.org/p v1.0.0\n",
                "b/go.mod": f"module b\nrequire example.org/p {version}\n",
            }
        )
        return packages["a"].lock

    assert lock("v0.9.0") == lock("v1.0.0") == lock("v1.0.0-rc.1")
    assert lock("v1.0.0") != lock("v1.0.1")


def test_versions_are_ordered_as_semver_says() -> None:
    versions = ["v1.0.0-alpha", "v1.0.0-alpha.1", "v1.0.0-alpha.beta", "v1.0.0-beta", "v1.0.0-beta.2", "v1.0.0-beta.11"]
    versions += ["v1.0.0-rc.1", "v1.0.0", "v1.2.0", "v1.10.0", "v2.0.0+incompatible"]
    reverse = versions[::-1]
    assert sorted(reverse, key=order) == versions


@given(st.lists(st.text(max_size=12), max_size=5))
def test_any_two_versions_can_be_compared(versions: list[str]) -> None:
    sorted(versions, key=order)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("go 1.22\n", ConfigError, "go.mod: no `module` line"),
        ("module x\nrequire (\n\ta v1\n", ConfigError, "go.mod:2:1: the block `require (` is not closed"),
        (b"module x\n\xff\n", ConfigError, "go.mod:2:1: not UTF-8"),
    ],
)
def test_a_broken_go_mod_is_named_by_its_place(text: str | bytes, error: type[ConfigError], words: str) -> None:
    with pytest.raises(error) as caught:
        found_in({"go.mod": text})
    assert words in caught.value.problem


def test_a_go_work_that_uses_a_folder_without_a_module_is_refused() -> None:
    with pytest.raises(PlanError, match="names a folder without"):
        found_in({"go.work": "use ./gone\n"})
