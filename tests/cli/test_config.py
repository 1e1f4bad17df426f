"""`pitstop config`: what holds, where it was written, and what is wrong with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot
from tests.support.workspaces import node_workspace

if TYPE_CHECKING:
    from tests.support.pit import Pit

pytestmark = pytest.mark.slow

CONFIG = """\
env = { TZ = "UTC" }

[run]
jobs = 2

[cache]
max_size = "1.5GiB"

[tasks.build]
outputs = ["dist/**"]
timeout = "10m"

[tasks."web:test"]
retry = { count = 2, backoff = "5s" }

[pipelines.check]
stages = ["build", "test"]
"""


@pytest.fixture
def shop(pit: Pit) -> Pit:
    return node_workspace(pit, {"core": [], "web": ["core"]}).write("pitstop.toml", CONFIG)


def test_each_setting_is_shown_with_where_it_was_written(shop: Pit) -> None:
    assert shop("config", "show") == snapshot("""\
exit: 0
env = ["TZ=UTC"]  # pitstop.toml:1
pass_env = []     # default

[run]
tasks = ["format", "lint", "build", "test"]  # default
jobs = 2                                     # pitstop.toml:4
# memory: all there is                       # default
keep_going = true                            # default
output = "auto"                              # default

[cache]
# dir: `pitstop` in the user's cache folder  # default
max_size = "[size]"                         # pitstop.toml:7
# tiers: none                                # default
upload_wait = 60                             # default
# sign: none                                 # default
# verify: none: every result is believed     # default
dependencies = false                         # default
compilers = false                            # default

[remote]
# url: none: everything runs here                       # default
# instance: none                                        # default
# platform: `OSFamily` and `ISA` of this machine        # default
# env: `PATH` with the usual folders, `HOME` is `/tmp`  # default
jobs = 100                                              # default
priority = 0                                            # default
queue_timeout = 60                                      # default
reconnect = 15                                          # default
fallback = true                                         # default
# token_env: none                                       # default
# headers: none                                         # default
# headers_env: none                                     # default
# ca: the system's                                      # default
# certificate: none                                     # default
# key: none                                             # default
# server_name: the host                                 # default

[record]
keep_runs = 500   # default
keep_days = 90    # default
keep_failed = 50  # default

[tasks.build]       # pitstop.toml:9
[tasks."web:test"]  # pitstop.toml:13
[pipelines.check]   # pitstop.toml:16
""")


def test_a_task_is_shown_as_it_is_in_the_end(shop: Pit) -> None:
    shop.write("packages/web/pitstop.toml", '[tasks.test]\nlock = "db"\n')
    assert shop("config", "show", "web:test") == snapshot("""\
exit: 0
[tasks."web:test"]
command = "node --test"              # packages/web/package.json
cwd = "//packages/web"               # default
depends_on = ["?build", "^build"]    # packages/web/package.json
env = ["TZ=UTC"]                     # pitstop.toml:1
retry = { count = 2, backoff = 5 }   # pitstop.toml:14
cache = true                         # default
resources = { cpu = 1, memory = 0 }  # default
tools = ["node"]                     # packages/web/package.json
lock = "db"                          # packages/web/pitstop.toml:2
""")


def test_what_is_shown_as_json_has_every_key(shop: Pit) -> None:
    shown = shop("config", "show", "build", "-p", "core", "--json").json
    assert {name.rpartition(".")[0] for name in shown} == {'tasks."core:build"'}
    assert shown['tasks."core:build".timeout'] == {"value": 600.0, "origin": "pitstop.toml:11"}
    assert shown['tasks."core:build".lock'] == {"value": "", "origin": "default"}
    every = shop("config", "show", "--json").json
    assert every["run.jobs"] == {"value": 2, "origin": "pitstop.toml:4"}
    assert every["pipelines.check"] == {"origin": "pitstop.toml:16"}


def test_a_configuration_that_can_be_meant_is_said_to_be_so(shop: Pit) -> None:
    assert shop("config", "check") == snapshot("""\
exit: 0
pitstop.toml: no mistakes (2 rules for tasks, 1 pipeline; 4 tasks in the repository)
""")


def test_nothing_configured_is_fine(pit: Pit) -> None:
    assert pit("config", "check") == snapshot("""\
exit: 0
nothing is configured, and nothing has to be
""")


@pytest.mark.parametrize(
    ("was", "is_now", "said"),
    [
        ("jobs = 2", "jbos = 2", "error: pitstop.toml:4:1: unknown key `jbos`\nhint: did you mean `jobs`?\n"),
        (
            "tasks.build",
            "tasks.biuld",
            "error: pitstop.toml:9:8: no package has a task `biuld`\nhint: did you mean `build`?\n",
        ),
        (
            'stages = ["build", "test"]',
            'stages = ["build", "tset"]',
            "error: pitstop.toml:17:20: stage `tset`: there is no task `tset`\nhint: did you mean `test`?\n",
        ),
    ],
)
def test_a_mistake_is_said_in_a_line_and_ends_in_exit_code_2(shop: Pit, was: str, is_now: str, said: str) -> None:
    shop.write("pitstop.toml", CONFIG.replace(was, is_now))
    done = shop("config", "check")
    assert (done.exit, done.out, done.err) == (2, "", said)


def test_a_file_that_belongs_to_a_repository_of_its_own_is_named(shop: Pit) -> None:
    shop.write("packages/core/pitstop.toml", "[run]\njobs = 1\n")
    assert shop("config", "check").err == (
        "note: packages/core/pitstop.toml: not read: it has `run`, so it belongs to a repository of its own\n"
    )


def test_the_schema_is_json(pit: Pit) -> None:
    assert json.loads(pit("config", "schema").raw_out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_a_pipeline_in_python_is_checked_too(shop: Pit) -> None:
    shop.write("pitstop_pipeline.py", 'from pitstop import Pipeline\n\nPipeline("ship").stage("tset")\n')
    assert shop("config", "check").err == (
        "error: pitstop_pipeline.py:3:1: stage `tset`: there is no task `tset`\nhint: did you mean `test`?\n"
    )
