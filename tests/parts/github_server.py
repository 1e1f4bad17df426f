"""A stand-in for GitHub's REST API and for the storage that it sends readers of logs to, on the loopback.

Paths, parameters, fields and refusals are those of GitHub's OpenAPI description (version 2022-11-28), of which only what
a reader of Actions asks for is here. As at GitHub, logs lie on another host than the API: here, another port.
"""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

TOKEN = "ghs_a-token-of-the-stand-in"
RESET = 1_704_067_200


@dataclass
class GitHub:
    """What the stand-in knows, and what it was asked."""

    runs: dict[int, dict[str, Any]] = field(default_factory=dict)
    jobs: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    """By the id of the run."""
    zips: dict[int, bytes] = field(default_factory=dict)
    """By the id of the run; one that is missing has expired."""
    texts: dict[int, bytes] = field(default_factory=dict)
    """By the id of the job."""
    limited: bool = False
    broken: str = ""
    """`json`: answers are none; `length`: downloads break off; `down`: 502."""
    renamed: str = ""
    """A repository that has become the one that is known."""
    base: str = ""
    storage: str = ""
    asked: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    """Host, path and headers of each request; host is `api` or `storage`."""


def run_of(
    number: int, *, conclusion: str | None = "failure", branch: str = "main", attempt: int = 1
) -> dict[str, Any]:
    """Return a `workflow-run`."""
    return {
        "id": number,
        "name": "CI",
        "node_id": "WFR_1",
        "head_branch": branch,
        "head_sha": "f83a356604ae3c5d03e1b46ef4d1ca77d64a90b0",
        "path": ".github/workflows/ci.yml",
        "display_title": "Divide by zero",
        "run_number": 12,
        "run_attempt": attempt,
        "event": "push",
        "status": "completed" if conclusion else "in_progress",
        "conclusion": conclusion,
        "workflow_id": 30433642,
        "url": f"https://api.github.com/repos/octo/hello/actions/runs/{number}",
        "html_url": f"https://github.com/octo/hello/actions/runs/{number}",
        "pull_requests": [],
        "created_at": "2024-01-01T00:00:00Z",
        "run_started_at": "2024-01-01T00:00:00Z",
        "updated_at": "2024-01-01T00:01:00Z",
    }


def job_of(number: int, name: str, *, conclusion: str | None = "failure") -> dict[str, Any]:
    """Return a `job` with two steps, of which the second ended as the job did."""
    return {
        "id": number,
        "run_id": 7,
        "run_attempt": 1,
        "node_id": "CR_1",
        "head_sha": "f83a356604ae3c5d03e1b46ef4d1ca77d64a90b0",
        "url": f"https://api.github.com/repos/octo/hello/actions/jobs/{number}",
        "html_url": f"https://github.com/octo/hello/actions/runs/7/job/{number}",
        "status": "completed" if conclusion else "in_progress",
        "conclusion": conclusion,
        "created_at": "2024-01-01T00:00:00Z",
        "started_at": "2024-01-01T00:00:01Z",
        "completed_at": "2024-01-01T00:00:59Z" if conclusion else None,
        "name": name,
        "check_run_url": f"https://api.github.com/repos/octo/hello/check-runs/{number}",
        "labels": ["ubuntu-24.04"],
        "runner_id": 1,
        "runner_name": "GitHub Actions 1",
        "runner_group_id": 0,
        "runner_group_name": "GitHub Actions",
        "steps": [
            {
                "name": "Set up job",
                "status": "completed",
                "conclusion": "success",
                "number": 1,
                "started_at": "2024-01-01T00:00:01Z",
                "completed_at": "2024-01-01T00:00:02Z",
            },
            {
                "name": "Run make",
                "status": "completed" if conclusion else "in_progress",
                "conclusion": conclusion,
                "number": 2,
                "started_at": "2024-01-01T00:00:02Z",
                "completed_at": None,
            },
        ],
    }


@contextmanager
def serving(github: GitHub) -> Iterator[GitHub]:
    """Answer as `github` says, until the block is left; its `base` and `storage` say where."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _handler(github, name)) for name in ("api", "storage")]
    threads = [threading.Thread(target=server.serve_forever, args=(0.01,)) for server in servers]
    github.base, github.storage = (f"http://127.0.0.1:{server.server_port}" for server in servers)
    try:
        for thread in threads:
            thread.start()
        yield github
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()


def _handler(github: GitHub, host: str) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            github.asked.append((host, self.path, {name.lower(): value for name, value in self.headers.items()}))
            if host == "storage":
                self._stored()
            else:
                self._api()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name in the base class
            """Say nothing."""

        def _stored(self) -> None:
            if "authorization" in self.headers:  # as the real storage does
                self._answer(400, b"<Error>Only one auth mechanism allowed</Error>")
                return
            kind, _, number = self.path.strip("/").partition("/")
            data = (github.zips if kind == "zip" else github.texts)[int(number)]
            self._answer(200, data, more=100 if github.broken == "length" else 0)

        def _api(self) -> None:
            url = urlsplit(self.path)
            given = self.headers.get("Authorization", "")
            if github.broken == "down":
                self._answer(502, b"<html>Bad Gateway</html>")
            elif github.broken == "json":
                self._answer(200, b"<html>a portal</html>")
            elif github.limited:
                limit = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(RESET)}
                self._refuse(403, "API rate limit exceeded for 127.0.0.1.", limit)
            elif given not in {"", f"Bearer {TOKEN}"}:
                self._refuse(401, "Bad credentials")
            elif github.renamed and url.path.startswith(f"/repos/{github.renamed}/"):
                self._go(github.base + self.path.replace(github.renamed, "octo/hello", 1), 301)
            elif not url.path.startswith("/repos/octo/hello/actions/"):
                self._refuse(404, "Not Found")
            else:
                query = {name: values[-1] for name, values in parse_qs(url.query).items()}
                self._actions(url.path.removeprefix("/repos/octo/hello/actions/"), query, signed=bool(given))

        def _actions(self, path: str, query: Mapping[str, str], *, signed: bool) -> None:
            if listed := re.fullmatch(r"(?:workflows/(\d+)/)?runs", path):
                found = [
                    run
                    for _, run in sorted(github.runs.items(), reverse=True)
                    if query.get("status") in {None, run["conclusion"], run["status"]}
                    and query.get("branch") in {None, run["head_branch"]}
                    and listed[1] in {None, str(run["workflow_id"])}
                ]
                self._page("workflow_runs", found, query)
            elif match := re.fullmatch(r"runs/(\d+)(?:/attempts/(\d+))?(/jobs|/logs)?", path):
                run = github.runs.get(int(match[1]))
                if run is None or int(match[2] or 1) > run["run_attempt"]:
                    self._refuse(404, "Not Found")
                elif match[3] == "/jobs":
                    self._page("jobs", github.jobs.get(run["id"], []), query)
                elif match[3] == "/logs":
                    self._logs("zip", run["id"], github.zips, signed=signed)
                else:
                    self._json(200, run)
            elif match := re.fullmatch(r"jobs/(\d+)/logs", path):
                self._logs("text", int(match[1]), github.texts, signed=signed)
            else:
                self._refuse(404, "Not Found")

        def _logs(self, kind: str, number: int, kept: Mapping[int, bytes], *, signed: bool) -> None:
            if not signed:
                self._refuse(403, "Must have admin rights to Repository.")
            elif number not in kept:
                self._refuse(410, "Server Error")
            else:
                self._go(f"{github.storage}/{kind}/{number}", 302)

        def _page(self, name: str, found: list[dict[str, Any]], query: Mapping[str, str]) -> None:
            size = min(int(query.get("per_page", 30)), 100)
            begin = (int(query.get("page", 1)) - 1) * size
            self._json(200, {"total_count": len(found), name: found[begin : begin + size]})

        def _refuse(self, code: int, message: str, headers: Mapping[str, str] | None = None) -> None:
            self._json(code, {"message": message, "documentation_url": "https://docs.github.com/rest"}, headers)

        def _json(self, code: int, data: object, headers: Mapping[str, str] | None = None) -> None:
            self._answer(code, json.dumps(data).encode(), headers)

        def _go(self, where: str, code: int) -> None:
            self._answer(code, b"", {"Location": where})

        def _answer(self, code: int, data: bytes, headers: Mapping[str, str] | None = None, more: int = 0) -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(data) + more))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

    return Handler
