"""What rules make of detected tasks."""

from __future__ import annotations

import pytest
from tests.unit.pipeline.settings.written import PACKAGES, loaded, package, refusal, tasks

from pitstop.core.package import REPOSITORY, Package
from pitstop.core.task import Retry, TaskSpec
from pitstop.pipeline.graph import link
from pitstop.pipeline.settings import apply


def test_without_rules_everything_stays_as_it_was_detected() -> None:
    assert apply(loaded("[run]\njobs = 2"), PACKAGES) == PACKAGES


def test_a_rule_changes_every_detected_task_of_its_name() -> None:
    made = tasks("[tasks.build]\noutputs = ['dist/**']\ntimeout = '1h 30m'")
    for name, spec in made.items():
        assert spec.outputs == (("dist/**",) if name.endswith(":build") else ("out/**",))
        assert spec.timeout_s == (5400.0 if name.endswith(":build") else None)
    assert list(made) == ["web:build", "web:test", "api:build", "api:test", "api:codegen", "lib:build"]


def test_a_rule_with_a_command_is_a_task_of_the_repository() -> None:
    made = tasks("[tasks.install]\ncommand = ['npm', 'ci']\ncwd = 'tools'\ncache = 'checkout'")
    assert made["//:install"] == TaskSpec(
        "install", ("npm", "ci"), cwd="tools", cache="checkout", origin="pitstop.toml:1"
    )
    assert "web:install" not in made


def test_a_rule_with_packages_adds_its_command_to_each_of_them() -> None:
    made = tasks("[tasks.e2e]\ncommand = 'play'\npackages = ['apps/*', '!api', 'lib']")
    assert {name for name in made if name.endswith(":e2e")} == {"web:e2e", "lib:e2e"}


def test_a_rule_with_packages_and_no_command_holds_for_those_that_have_the_task() -> None:
    made = tasks("[tasks.test]\nlock = 'db'\npackages = ['*']")
    assert {name for name, spec in made.items() if spec.lock} == {"web:test", "api:test"}


def test_packages_are_meant_by_name_folder_or_glob_and_not_by_what_lies_below_them() -> None:
    inner = (*PACKAGES, package("@acme/ui", "build", root="apps/web/ui"), package("root", "build", root=""))

    def meant(patterns: str) -> set[str]:
        return {n for n, s in tasks(f"[tasks.build]\nlock = 'x'\npackages = {patterns}", inner).items() if s.lock}

    assert meant("['apps/web']") == {"web:build"}
    assert meant("['web', 'lib']") == {"web:build", "lib:build"}
    assert meant("'@acme/*'") == {"@acme/ui:build"}
    assert meant("['.']") == {"root:build"}
    assert meant("['!apps/**']") == {"lib:build", "root:build"}


def test_the_rule_for_one_package_is_stronger_wherever_it_stands() -> None:
    made = tasks(
        "[tasks.'api:build']\ntimeout = 1\n[tasks.build]\ntimeout = 2\npackages = ['*']\n[tasks.test]\ntimeout = 3"
    )
    assert [made[name].timeout_s for name in ("api:build", "web:build", "api:test")] == [1.0, 2.0, 3.0]


def test_the_file_of_a_package_is_the_nearest() -> None:
    lib = "[tasks.build]\ntimeout = 9\n[tasks.fuzz]\ncommand = 'fuzz'\n"
    made = tasks("[tasks.'lib:build']\ntimeout = 1", others={"lib/pitstop.toml": lib})
    assert made["lib:build"].timeout_s == 9.0
    assert made["lib:fuzz"] == TaskSpec("fuzz", "fuzz", origin="lib/pitstop.toml:3")
    assert made["web:build"].timeout_s is None


def test_the_file_of_an_example_that_is_a_repository_of_its_own_is_not_read() -> None:
    assert tasks("", others={"lib/pitstop.toml": "[run]\njobs = 1\n[tasks.nothing]\n"}) == tasks("")
    assert tasks("", others={"tests/data/broken/pitstop.toml": "[[["}) == tasks("")


def test_a_wider_rule_finds_what_a_narrower_one_makes() -> None:
    made = tasks("[tasks.e2e]\ntimeout = 5\ntools = ['node']\ncwd = '//'\n[tasks.'web:e2e']\ncommand = 'play'")
    assert (made["web:e2e"].timeout_s, made["web:e2e"].tools, made["web:e2e"].cwd) == (5.0, ("node",), "")


def test_a_new_command_leaves_nothing_of_the_old_ones_surroundings() -> None:
    cargo = TaskSpec(
        "test", ("cargo", "test"), cwd="", batch="cargo-test", tools=("rustc",), lock="target", outputs=("x",)
    )
    crate = Package("core", "core", "cargo", "crates/core", tasks=(cargo,))
    spec = tasks("[tasks.'core:test']\ncommand = 'make test'", [crate])["core:test"]
    assert spec == cargo._replace(command="make test", cwd=None, batch="", tools=(), origin="pitstop.toml:1")


def test_variables_are_added_and_the_nearest_value_stays() -> None:
    detected = TaskSpec("test", ("t",), env=(("A", "1"), ("B", "1")), read_env=("C", "D"))
    one = Package("p", "p", "node", "p", tasks=(detected,))
    toml = "env = { Z = '0', B = '0' }\npass_env = ['P', 'D']\n[tasks.test]\nenv = { B = '2', C = '2' }"
    spec = tasks(toml, [one])["p:test"]
    assert spec.env == (("A", "1"), ("B", "2"), ("C", "2"), ("Z", "0"))
    assert spec.read_env == ("D",)
    assert spec.pass_env == ("P",)


def test_each_word_of_a_task_arrives() -> None:
    spec = tasks(
        """
[tasks."web:all"]
command = "x | y"
cwd = "//tools/gen"
depends_on = ["build", "^build", "api:codegen"]
inputs = ["$default", "!docs", "//schema/*.json"]
outputs = "dist/**"
env = ["A=1", "B"]
pass_env = ["C"]
secrets = ["D"]
timeout = 90
retry = { count = 2, backoff = "5s", exit_codes = [1, 124] }
cache = false
resources = { cpu = 2.5, memory = "1.5GiB" }
when = { branch = "main" }
tools = ["jq"]
lock = "db"
reports = ["r.xml"]
description = "All."
"""
    )["web:all"]
    assert spec == TaskSpec(
        "all",
        "x | y",
        cwd="tools/gen",
        depends_on=("build", "^build", "api:codegen"),
        inputs=("$default", "!docs", "//schema/*.json"),
        outputs=("dist/**",),
        env=(("A", "1"),),
        read_env=("B",),
        pass_env=("C",),
        secrets=("D",),
        timeout_s=90.0,
        retry=Retry(2, 5.0, (1, 124)),
        cache="never",
        cpu=2.5,
        memory=3 << 29,
        when="branch == 'main'",
        tools=("jq",),
        lock="db",
        reports=("r.xml",),
        description="All.",
        origin="pitstop.toml:2",
    )


@pytest.mark.parametrize(
    ("cwd", "folder"), [("sub", "lib/sub"), ("//", ""), ("//x", "x"), (".", "lib"), ("./a/", "lib/a")]
)
def test_a_folder_is_relative_to_the_package_or_with_two_slashes_to_the_repository(cwd: str, folder: str) -> None:
    assert tasks(f"[tasks.'lib:build']\ncwd = '{cwd}'")["lib:build"].cwd == folder


def test_a_dependency_that_only_some_packages_have_is_dropped_by_the_others() -> None:
    toml = "[tasks.build]\ndepends_on = ['codegen', '^build']"
    made = tasks(toml)
    assert made["api:build"].depends_on == ("codegen", "^build")
    assert made["lib:build"].depends_on == ("?codegen", "^build")
    assert link(apply(loaded(toml), PACKAGES))["web:build"].needs == ()  # type: ignore[index]  # an id as a text


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[tasks.biuld]\ncache = false", "1:8: no package has a task `biuld`\nhint: did you mean `build`?"),
        ("[tasks.deploy]\ncache = false", "1:8: no package has a task `deploy`\nhint: a `command` would make it one"),
        ("[tasks.'web:biuld']\ncache = false", "1:8: `web` has no task `biuld`\nhint: did you mean `build`?"),
        ("[tasks.'//:x']\ncache = false", "1:8: the repository has no task `x`\nhint: a `command` would make it one"),
        ("[tasks.'wbe:build']\ncache = false", "1:8: there is no package `wbe`\nhint: did you mean `web:build`?"),
        (
            "[tasks.'db:up']\ncommand = 'x'",
            '1:8: there is no package `db`\nhint: `[tasks."//:db:up"]` makes a task of the repository',
        ),
        (
            "[tasks.build]\npackages = ['web', 'wbe']",
            "2:20: `wbe` means no package\nhint: did you mean `web`?",
        ),
        (
            "[tasks.codegen]\npackages = ['web']\ncache = false",
            "1:8: none of these packages has a task `codegen`\nhint: a `command` would make it one",
        ),
        (
            "[tasks.'web:build']\npackages = ['web']",
            """\
2:1: `packages` has no place here: `web:build` is a task of one package
hint: remove it, or name the task alone in the repository's file""",
        ),
        ("[tasks.build]\ndepends_on = ['^build',\n  'bild']", "3:3: `bild` is no task\nhint: did you mean `build`?"),
        ("[tasks.build]\ndepends_on = ['^bild']", "2:15: `^bild` is no task\nhint: did you mean `build`?"),
        ("[tasks.build]\ndepends_on = ['lib:test']", "2:15: `lib:test` is no task\nhint: there is `lib:build`"),
        (
            "[tasks.'lib:build']\ndepends_on = ['codegen']",
            "2:15: `codegen` is no task of `lib`\nhint: `api:codegen` is one",
        ),
    ],
)
def test_a_rule_that_means_nothing_is_named_with_the_nearest_name(toml: str, said: str) -> None:
    assert refusal(toml) == f"error: pitstop.toml:{said}"


def test_two_packages_of_one_name_must_be_told_apart_for_a_new_task() -> None:
    twins = [
        Package(f"app@{kind}", "app", kind, f"app-{kind}", tasks=(TaskSpec("build", ("b",)),))
        for kind in ("node", "cargo")
    ]
    assert refusal("[tasks.'app:gen']\ncommand = 'x'", packages=twins) == (
        "error: pitstop.toml:1:8: `app:gen` may mean any of `app@node`, `app@cargo`\n"
        'hint: name one: `[tasks."app@node:gen"]`'
    )
    assert tasks("[tasks.'app@cargo:gen']\ncommand = 'x'", twins)["app@cargo:gen"].command == "x"
    assert all(spec.lock for spec in tasks("[tasks.'app:build']\nlock = 'x'", twins).values())


def test_a_task_with_a_colon_in_its_name_is_meant_by_it() -> None:
    one = [package("web", "test:unit", root="web")]
    assert tasks("[tasks.'test:unit']\nlock = 'x'", one)["web:test:unit"].lock == "x"
    assert tasks("[tasks.'web:test:unit']\nlock = 'x'", one)["web:test:unit"].lock == "x"
    assert tasks("[tasks.'//:db:up']\ncommand = 'x'", one)["//:db:up"].command == "x"


def test_the_repository_has_a_package_when_there_are_pipelines_whose_stages_belong_to_it() -> None:
    made = apply(loaded("[pipelines.check]\nstages = ['build']"), PACKAGES)
    assert [one.id for one in made] == ["web", "api", "lib", REPOSITORY]
    assert apply(loaded("env = { A = '1' }"), PACKAGES)[-1].id == "lib"


def test_a_variable_that_a_task_reads_is_not_set_for_it_from_afar() -> None:
    one = Package("p", "p", "node", "p", tasks=(TaskSpec("test", ("t",), read_env=("A",), secrets=("S",)),))
    spec = tasks("env = { A = '0', S = '0', B = '0' }", [one])["p:test"]
    assert (spec.env, spec.read_env) == ((("B", "0"),), ("A",))


@pytest.mark.parametrize(
    ("value", "options"),
    [
        ('"all"', ("--all-features",)),
        ('"none"', ("--no-default-features",)),
        ('"default"', ()),
        ('["a", "b/c"]', ("--features=a,b/c",)),
        ('["!default", "a"]', ("--no-default-features", "--features=a")),
    ],
)
def test_the_features_of_a_detected_task_of_cargo_are_replaced(value: str, options: tuple[str, ...]) -> None:
    def cargo(name: str, *words: str) -> TaskSpec:
        return TaskSpec(name, ("cargo", name, "-p", "till", *words), batch=f"cargo-{name}")

    specs = (cargo("clippy", "--all-features", "--", "-D", "warnings"), cargo("test", "--features=x"), cargo("fmt"))
    till = Package("till", "till", "cargo", "till", tasks=specs)
    rules = "".join(f"[tasks.{name}]\nfeatures = {value}\n" for name in ("clippy", "test", "fmt"))
    made = {name: spec.command for name, spec in tasks(rules, (till,)).items()}
    assert made == {
        "till:clippy": ("cargo", "clippy", "-p", "till", *options, "--", "-D", "warnings"),
        "till:test": ("cargo", "test", "-p", "till", *options),
        "till:fmt": ("cargo", "fmt", "-p", "till"),
    }


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (
            "[tasks.build]\nfeatures = '--all-features'",
            '2:12: `--all-features` is no name of a feature\nhint: "all", "default", "none", or an array of names',
        ),
        (
            "[tasks.x]\ncommand = 'cargo build'\nfeatures = 'all'",
            "3:12: `features` changes a command that was detected, and here is one\nhint: write them into `command`",
        ),
    ],
)
def test_features_that_cannot_be_meant_are_refused(toml: str, said: str) -> None:
    assert refusal(toml) == f"error: pitstop.toml:{said}"
