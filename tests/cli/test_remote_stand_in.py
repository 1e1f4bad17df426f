"""What clusters do that no engine here does: streams of output, lost inputs, old APIs, lies."""

from __future__ import annotations

import os
import queue
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from tests.parts.certificates import write_certificates
from tests.parts.engine import STAGE, Engine, at, does, engine, executes, over
from tests.parts.reapi_server import Fault
from tests.support.pit import until

from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi
from pitstop.cache.reapi.proto import status_pb2 as rpc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.parts.engine import Asked
    from tests.support.pit import Pit

    from pitstop.cache.reapi.proto import operations_pb2 as operations

pytestmark = pytest.mark.slow

TASK = '[tasks.make]\ncommand = "mkdir -p out; echo here > out/file"\noutputs = ["out/**"]\n'


@pytest.fixture
def cluster() -> Iterator[Engine]:
    with engine() as made:
        yield made


def blob(cluster: Engine, data: bytes) -> reapi.Digest:
    return reapi.Digest(hash=cluster.cache.add(data), size_bytes=len(data))


def finished(events: list[dict[str, Any]], task: str = "//:make") -> dict[str, Any]:
    return next(event for event in events if event["event"] == "TaskFinished" and event["task"] == task)


def notices(events: list[dict[str, Any]]) -> list[str]:
    return [event["message"] for event in events if event["event"] == "Notice"]


def test_output_is_shown_while_it_is_written_and_once(pit: Pit, cluster: Engine) -> None:
    lines: queue.Queue[bytes] = queue.Queue()
    seen: queue.Queue[None] = queue.Queue()
    cluster.cache.live["streams/out"] = iter(lines.get, b"")

    def act(_asked: Asked) -> Iterator[operations.Operation]:
        yield at(STAGE.EXECUTING, stdout="streams/out")
        lines.put(b"one\n")
        seen.get(timeout=60)
        lines.put(b"")
        result = reapi.ActionResult(stdout_raw=b"one\ntwo\n")
        result.execution_metadata.worker = "far"
        yield over(result)

    cluster.acts.append(act)
    pit.write("pitstop.toml", '[tasks.make]\ncommand = "true"\n')
    running = pit.start("run", "make", "--remote", cluster.url, "--logs", "full").wait_for("one")
    seen.put(None)
    assert running.wait().out == (
        "//:make: one\n//:make: two\nok      //:make [time] on far\n1 task: 0 cached, 1 ran, 0 failed in [time]\n"
    )


def test_output_that_is_too_long_to_be_fetched_is_said_to_be(pit: Pit, cluster: Engine) -> None:
    long = reapi.ActionResult(stdout_digest=reapi.Digest(hash="1" * 64, size_bytes=65 << 20))
    cluster.acts.append(does(over(long)))
    pit.write("pitstop.toml", TASK).write("input", "some bytes\n")
    shown = pit("run", "make", "--remote", cluster.url, "--logs", "full").out
    assert "this task wrote [size], which is more than is fetched" in shown


@pytest.mark.parametrize("code", [grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INTERNAL])
def test_inputs_that_the_cluster_lost_are_sent_again(pit: Pit, cluster: Engine, code: grpc.StatusCode) -> None:
    pit.write("pitstop.toml", TASK).write("input", "some bytes\n")
    kept: list[set[str]] = []

    def lose(_asked: Asked) -> Iterator[operations.Operation]:
        kept.append(set(cluster.cache.blobs))
        cluster.cache.blobs.clear()
        yield over(status=rpc.Status(code=code.value[0], message="a blob is missing"))

    def pass_(_asked: Asked) -> Iterator[operations.Operation]:
        kept.append(set(cluster.cache.blobs))
        yield over(reapi.ActionResult())

    cluster.acts.extend((lose, pass_))
    assert finished(pit("run", "make", "--remote", cluster.url, "--output", "json").events)["outcome"] == "success"
    assert kept[0] == kept[1] != set()


def test_only_what_is_missing_is_sent(pit: Pit, cluster: Engine) -> None:
    pit.write("pitstop.toml", TASK).write("input", "some bytes\n")
    cluster.acts.extend((does(over(reapi.ActionResult())), does(over(reapi.ActionResult()))))
    assert pit("run", "make", "--remote", cluster.url).exit == 0
    cluster.cache.asked.clear()
    pit.write("more", "x\n")
    assert pit("run", "make", "--remote", cluster.url).exit == 0
    sent = [len(each.requests) for each in cluster.cache.calls("BatchUpdateBlobs")]
    assert sum(sent) == 3  # the new file, the folder it is in, the action; its command is the same


@pytest.mark.parametrize("version", [(2, 0), (2, 1), (2, 12)])
def test_each_version_of_the_api_is_asked_in_its_own_words(pit: Pit, cluster: Engine, version: tuple[int, int]) -> None:
    cluster.cache.said = executes(version=version)
    tree = reapi.Tree(root=reapi.Directory(files=[reapi.FileNode(name="file", digest=blob(cluster, b"there\n"))]))
    result = reapi.ActionResult(
        output_directories=[reapi.OutputDirectory(path="out", tree_digest=blob(cluster, tree.SerializeToString()))],
        output_files=[reapi.OutputFile(path="one.txt", digest=blob(cluster, b"1"), is_executable=True)],
    )
    cluster.acts.append(does(over(result)))
    pit.write("pitstop.toml", TASK.replace('"out/**"', '"out/**", "one.txt"'))
    assert pit("run", "make", "--remote", cluster.url).exit == 0
    command, action = cluster.asked[0].command, cluster.asked[0].action
    old = version < (2, 1)
    assert list(command.output_paths) == ([] if old else ["one.txt", "out"])
    assert (list(command.output_files), list(command.output_directories)) == (
        (["one.txt"], ["out"]) if old else ([], [])
    )
    assert command.platform == action.platform
    assert {one.name for one in action.platform.properties} == {"OSFamily", "ISA"}
    assert pit.read("out/file") == "there\n"
    assert (pit.root / "one.txt").stat().st_mode & 0o100


def test_a_stream_that_breaks_goes_on_and_an_operation_that_is_forgotten_begins_anew(pit: Pit, cluster: Engine) -> None:
    cluster.acts.extend(
        (
            does(at(STAGE.QUEUED)),  # ends too early
            does(at(STAGE.EXECUTING)),  # of WaitExecution: the same
            does(),  # it is not known any more
            does(over(reapi.ActionResult())),  # of Execute
        )
    )
    pit.write("pitstop.toml", TASK)
    result = pit("run", "make", "--remote", cluster.url, "--output", "json")
    assert (finished(result.events)["outcome"], notices(result.events)) == ("success", [])
    assert len(cluster.asked) == 2
    assert not cluster.acts


@pytest.mark.parametrize("path", ["../out/file", "/out/file", "out/../../file"])
def test_a_path_that_leads_out_of_the_repository_is_refused(pit: Pit, cluster: Engine, path: str) -> None:
    result = reapi.ActionResult(output_files=[reapi.OutputFile(path=path, digest=blob(cluster, b"evil"))])
    cluster.acts.append(does(over(result)))
    pit.write("pitstop.toml", TASK)
    ran = pit("run", "make", "--remote", cluster.url, "--output", "json").events
    assert notices(ran) == [
        f"`//:make` runs here: the cluster says that the task left `{path}`, which is no path below the repository"
    ]
    assert pit.read("out/file") == "here\n"


def test_bytes_that_are_not_what_was_said_are_refused(pit: Pit, cluster: Engine) -> None:
    name = blob(cluster, b"right")
    cluster.cache.blobs[name.hash] = b"wrong"
    cluster.acts.extend(
        [does(over(reapi.ActionResult(output_files=[reapi.OutputFile(path="out/file", digest=name)])))] * 3
    )
    pit.write("pitstop.toml", TASK)
    ran = pit("run", "make", "--remote", cluster.url, "--output", "json").events
    assert "does not have" in notices(ran)[0]
    assert pit.read("out/file") == "here\n"


def test_a_cached_result_whose_files_are_gone_is_made_again(pit: Pit, cluster: Engine) -> None:
    gone = reapi.Digest(hash="0" * 64, size_bytes=3)
    stale = reapi.ActionResult(output_files=[reapi.OutputFile(path="out/file", digest=gone)])
    fresh = reapi.ActionResult(output_files=[reapi.OutputFile(path="out/file", digest=blob(cluster, b"new\n"))])
    cluster.acts.extend((does(over(stale, cached=True)), does(over(fresh))))
    pit.write("pitstop.toml", TASK)
    assert pit("run", "make", "--remote", cluster.url).exit == 0
    assert [each.request.skip_cache_lookup for each in cluster.asked] == [False, True]
    assert pit.read("out/file") == "new\n"


def test_force_has_it_executed_again(pit: Pit, cluster: Engine) -> None:
    cluster.acts.append(does(over(reapi.ActionResult())))
    pit.write("pitstop.toml", TASK)
    assert pit("run", "make", "--force", "--remote", cluster.url).exit == 0
    assert cluster.asked[0].request.skip_cache_lookup


def test_secrets_stay_here(pit: Pit, cluster: Engine) -> None:
    pit.write("pitstop.toml", '[tasks.push]\ncommand = "echo $NPM_TOKEN"\nsecrets = ["NPM_TOKEN"]\nremote = true\n')
    ran = pit("run", "push", "--remote", cluster.url, "--output", "json", env={"NPM_TOKEN": "hush-hush-hush"})
    assert (finished(ran.events, "//:push")["outcome"], cluster.asked, cluster.cache.blobs) == ("success", [], {})
    assert notices(ran.events) == [
        "`//:push` runs here although it says `remote = true`: it is given secrets, which are not sent"
    ]


def test_that_no_cluster_is_named_for_tasks_that_want_one_is_said_once_and_not_with_off(pit: Pit) -> None:
    pit.write("pitstop.toml", f'{TASK}remote = true\n[tasks.more]\ncommand = "true"\nremote = true\n')
    ran = pit("run", "make", "more", "--output", "json").events
    assert finished(ran)["outcome"] == finished(ran, "//:more")["outcome"] == "success"
    (said,) = notices(ran)
    assert "runs here although it says `remote = true`: no cluster is named (`[remote] url = " in said
    assert notices(pit("run", "make", "more", "--force", "--remote", "off", "--output", "json").events) == []


def test_token_header_instance_and_priority_arrive(pit: Pit, cluster: Engine) -> None:
    cluster.cache.token, cluster.cache.instance = "let me in", "main/linux"
    cluster.acts.append(does(over(reapi.ActionResult())))
    settings = 'instance = "main/linux"\ntoken_env = "BUILD_TOKEN"\nheaders = { x-team = "web" }\npriority = -5\n'
    pit.write("pitstop.toml", f'[remote]\nurl = "{cluster.url}"\n{settings}{TASK}remote = true\n')
    ran = pit("run", "make", "--output", "json", env={"BUILD_TOKEN": "let me in"})
    assert (finished(ran.events)["outcome"], notices(ran.events)) == ("success", [])
    assert cluster.asked[0].request.execution_policy.priority == -5
    assert cluster.cache.asked[0][2]["x-team"] == "web"


def test_a_refused_token_is_said_once_and_all_runs_here(pit: Pit, cluster: Engine) -> None:
    cluster.cache.token = "let me in"
    pit.write("pitstop.toml", TASK + '[tasks.more]\ncommand = "true"\n')
    ran = pit("run", "make", "more", "--remote", cluster.url, "--output", "json").events
    assert finished(ran)["outcome"] == finished(ran, "//:more")["outcome"] == "success"
    assert len(notices(ran)) == 1
    assert "UNAUTHENTICATED" in notices(ran)[0]


def test_what_is_for_this_machine_stays_here(pit: Pit, cluster: Engine) -> None:
    cluster.acts.extend([does(over(reapi.ActionResult()))] * 3)
    pit.write(
        "pitstop.toml",
        '[tasks.plain]\ncommand = "true"\n'
        '[tasks.never]\ncommand = "true"\ncache = false\n'
        '[tasks.locked]\ncommand = "true"\nlock = "database"\n'
        '[tasks.install]\ncommand = "true"\ncache = "checkout"\n'
        '[tasks.between]\ncommand = "true"\ndepends_on = ["install"]\n'
        '[tasks.behind]\ncommand = "true"\ndepends_on = ["between"]\n'
        '[tasks.kept]\ncommand = "true"\nremote = false\n'
        '[tasks.marked]\ncommand = "true marked"\nlock = "database"\nremote = true\n'
        '[tasks.every]\ncommand = "true"\ncache = false\nremote = true\n',
    )
    names = ["plain", "never", "locked", "install", "between", "behind", "kept", "marked", "every"]
    assert pit("run", *names, "--remote", cluster.url).exit == 0
    sent = {
        {one.name: one.value for one in each.command.environment_variables}["PITSTOP_TASK"]: each
        for each in cluster.asked
    }
    assert sent.keys() == {"//:plain", "//:marked", "//:every"}
    assert [sent[f"//:{name}"].action.do_not_cache for name in ("plain", "every")] == [False, True]


def test_variables_that_are_no_part_of_the_key_are_not_sent(pit: Pit, cluster: Engine) -> None:
    cluster.acts.append(does(over(reapi.ActionResult())))
    settings = '[remote]\nenv = { PATH = "/opt/bin", MORE = "1" }\n'
    pit.write(
        "pitstop.toml",
        f'{settings}[tasks.make]\ncommand = "true"\nenv = {{ OWN = "2" }}\npass_env = ["SSH_AUTH_SOCK"]\n',
    )
    assert pit("run", "make", "--remote", cluster.url, env={"SSH_AUTH_SOCK": "/x"}).exit == 0
    variables = [(one.name, one.value) for one in cluster.asked[0].command.environment_variables]
    assert variables == [
        ("HOME", "/tmp"),
        ("MORE", "1"),
        ("OWN", "2"),
        ("PATH", "/opt/bin"),
        ("PITSTOP_TASK", "//:make"),
    ]


def test_certificates_of_both_sides_are_checked(pit: Pit, tmp_path: Path) -> None:
    folder = write_certificates(tmp_path / "certificates")
    pair = (folder / "server.key").read_bytes(), (folder / "server.pem").read_bytes()
    ours = grpc.ssl_server_credentials([pair], (folder / "ca.pem").read_bytes(), require_client_auth=True)
    with engine(credentials=ours) as cluster:
        cluster.acts.append(does(over(reapi.ActionResult())))
        url = cluster.url.replace("grpc://127.0.0.1", "grpcs://localhost")
        files = f'ca = "{folder}/ca.pem"\ncertificate = "{folder}/client.pem"\nkey = "{folder}/client.key"\n'
        pit.write("pitstop.toml", f'[remote]\nurl = "{url}"\n{files}{TASK}remote = true\n')
        ran = pit("run", "make", "--output", "json").events
        assert (finished(ran)["outcome"], notices(ran), len(cluster.asked)) == ("success", [], 1)
        pit.write("pitstop.toml", f'[remote]\nurl = "{url}"\nca = "{folder}/ca.pem"\n{TASK}remote = true\n')
        ran = pit("run", "make", "--force", "--output", "json").events
        assert (finished(ran)["outcome"], len(notices(ran)), len(cluster.asked)) == ("success", 1, 1)


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_connection_process_that_is_killed_is_said_once_and_all_runs_here(pit: Pit, cluster: Engine) -> None:
    def waits(_asked: Asked) -> Iterator[operations.Operation]:
        yield at(STAGE.EXECUTING)
        cluster.stopped.wait(60)

    cluster.acts.append(waits)
    pit.write("pitstop.toml", TASK)
    running = pit.start("run", "make", "--remote", cluster.url, "--output", "json")
    until(lambda: bool(cluster.asked), "it is executed there")
    children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children").read_text().split()
    worker = next(pid for pid in children if "remote.worker" in Path(f"/proc/{pid}/cmdline").read_text())
    os.kill(int(worker), signal.SIGKILL)
    ran = running.wait().events
    cluster.stopped.set()
    assert (finished(ran)["outcome"], finished(ran).get("worker")) == ("success", None)
    assert notices(ran) == ["the process that talks to the cluster ended: what is left runs here"]


@pytest.mark.parametrize("call", ["GetCapabilities", "FindMissingBlobs", "BatchUpdateBlobs"])
@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED])
def test_a_server_that_is_busy_or_away_for_a_moment_is_asked_again(
    pit: Pit, cluster: Engine, call: str, code: grpc.StatusCode
) -> None:
    cluster.cache.fail(call, Fault(code), Fault(code))
    cluster.acts.append(does(over(reapi.ActionResult())))
    pit.write("pitstop.toml", TASK)
    ran = pit("run", "make", "--remote", cluster.url, "--output", "json").events
    assert (finished(ran)["outcome"], len(cluster.asked), notices(ran)) == ("success", 1, [])
