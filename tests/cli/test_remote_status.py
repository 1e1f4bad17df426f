"""`pitstop remote status`: Buildbarn's view of its queues, from its own messages; wrong use."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot
from tests.parts.engine import STAGE, Engine, at, engine

from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi
from pitstop.pipeline.execute.remote.proto import buildqueuestate_pb2 as buildbarn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.parts.engine import Asked
    from tests.support.pit import Pit

    from pitstop.cache.reapi.proto import operations_pb2 as operations

pytestmark = pytest.mark.slow


def platform(**properties: str) -> reapi.Platform:
    pairs = sorted(properties.items())
    return reapi.Platform(properties=[reapi.Platform.Property(name=name, value=value) for name, value in pairs])


def queue(
    properties: reapi.Platform, *, workers: int, executing: int = 0, queued: int = 0
) -> buildbarn.PlatformQueueState:
    state = buildbarn.InvocationState(executing_workers_count=executing)
    state.queued_operations_count.indirect = queued
    return buildbarn.PlatformQueueState(
        name=buildbarn.PlatformQueueName(instance_name_prefix="main", platform=properties),
        size_class_queues=[buildbarn.SizeClassQueueState(workers_count=workers, root_invocation=state)],
    )


def operation(target: str, stage: str, since_s: float) -> buildbarn.OperationState:
    found = buildbarn.OperationState(name=f"op-{target}", target_id=target)
    found.queued_timestamp.FromSeconds(int(time.time() - since_s))
    found.action_digest.hash = "ab" * 32
    getattr(found, stage).SetInParent()
    return found


@pytest.fixture
def barn() -> Iterator[Engine]:
    """A stand-in of Buildbarn with two queues, of which the first has three workers."""
    with engine() as made:
        made.queues = buildbarn.ListPlatformQueuesResponse(
            platform_queues=[
                queue(platform(OSFamily="linux", ISA="x86-64"), workers=3, executing=1, queued=2),
                queue(platform(OSFamily="macos"), workers=0),
            ]
        )
        made.workers = [
            buildbarn.WorkerState(
                id={"pod": "a", "thread": "0"}, current_operation=operation("//:make", "executing", 90)
            ),
            buildbarn.WorkerState(id={"pod": "a", "thread": "1"}),
            buildbarn.WorkerState(id={"pod": "b", "thread": "0"}, drained=True),
        ]
        made.operations = [operation("api:test", "queued", 5), operation("//:make", "executing", 90)]
        yield made


def test_buildbarn_tells_its_queues_its_workers_and_what_they_do(pit: Pit, barn: Engine) -> None:
    assert pit("remote", "status", barn.url).out.replace(barn.cache.address, "[address]") == snapshot("""\
grpc://[address]  Buildbarn  REAPI 2.12  3 workers  1 busy

queue  instance  properties                 workers  executing  waiting
    0  main      ISA=x86-64 OSFamily=linux        3          1        2
    1  main      OSFamily=macos                   0          0        0

worker          does          since  queue
pod=a thread=0  //:make [time]      0
pod=a thread=1  idle                     0
pod=b thread=0  drained                  0

waits     since
api:test [time]
""")


def test_what_a_cluster_calls_its_work_cannot_write_to_the_terminal(pit: Pit, barn: Engine) -> None:
    barn.operations.append(operation("\x1b]0;mine\x07:test", "queued", 9))
    shown = pit("remote", "status", barn.url)
    assert "\x1b" not in shown.out
    assert "\\x1b]0;mine\\x07:test" in shown.out


def test_json_has_all_of_it(pit: Pit, barn: Engine) -> None:
    found = pit("remote", "status", barn.url, "--json").json
    assert found["kind"] == "buildbarn"
    assert found["queues"][0]["platform"] == {"OSFamily": "linux", "ISA": "x86-64"}
    assert [worker["drained"] for worker in found["workers"]] == [False, False, True]
    assert found["workers"][0]["operations"][0]["target"] == "//:make"
    assert [one["target"] for one in found["waiting"]] == ["api:test"]


def test_what_no_queue_of_buildbarn_takes_is_given_up_by_name(pit: Pit, barn: Engine) -> None:
    def waits(_asked: Asked) -> Iterator[operations.Operation]:
        yield at(STAGE.QUEUED)
        barn.stopped.wait(60)

    barn.acts.append(waits)
    pit.write(
        "pitstop.toml",
        f'[remote]\nurl = "{barn.url}"\nqueue_timeout = "0.2s"\n'
        '[tasks.make]\ncommand = "true"\nremote = { platform = { pool = "large" } }\n',
    )
    events = pit("run", "make", "--output", "json").events
    barn.stopped.set()
    assert [event["message"] for event in events if event["event"] == "Notice"] == [
        f"`//:make` runs here: no worker of `{barn.url}` offers `pool=large`"
    ]
    assert barn.cancelled == ["operations/1"]


def test_others_tell_their_capabilities(pit: Pit) -> None:
    with engine() as made:
        out = pit("remote", "status", made.url).out
    assert out == f"{made.url}  REAPI 2.12  it executes, and does not tell with which workers\n"


def test_without_a_cluster_there_is_nothing_to_show(pit: Pit) -> None:
    assert pit("remote", "status") == snapshot("""\
exit: 2
----- stderr
error: there is no cluster
hint: name one: `pitstop remote status grpc://host:port`
""")


def test_a_cluster_that_is_not_there_is_an_error_with_a_way_out(pit: Pit) -> None:
    result = pit("remote", "status", "grpc://127.0.0.1:1")
    assert result.exit == 3
    assert result.err.endswith("hint: is it running, and in reach from here?\n")


@pytest.mark.parametrize(
    ("where", "problem"),
    [
        ("grp://x", "the address of a REAPI server has no `grpc://` or no host"),
        ("auto", "`--remote=auto` needs a cluster"),
    ],
)
def test_what_is_no_cluster_is_wrong_use(pit: Pit, where: str, problem: str) -> None:
    pit.write("pitstop.toml", '[tasks.make]\ncommand = "true"\n')
    result = pit("run", "make", "--remote", where)
    assert (result.exit, result.err.splitlines()[0]) == (2, f"error: {problem}")
