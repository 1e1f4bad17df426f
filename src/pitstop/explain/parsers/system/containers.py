"""Docker, BuildKit, Compose, Podman, Kubernetes and Helm.

Formats: docs.docker.com/build (progress=plain), registry errors of the OCI distribution specification, kubectl's errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import Failure, Place
from pitstop.explain.parsers.reading import sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_ROWS = (
    Row(
        "fatal",
        "fatal: [",
        r"fatal: \[[^\]]+\]: (?P<message>(?:FAILED|UNREACHABLE)! => .+)",
        "ansible",
        "configuration",
    ),
    Row("error", "ERROR! ", r"ERROR! (?P<message>.+)", "ansible", "configuration"),
    Row(
        "returned command non",
        "' returned a non-zero code: ",
        r".*?(?P<message>The command '.+' returned a non-zero code: (?P<code>\d+))",
        "docker",
        "command",
    ),
    Row(
        "exit process complete",
        " did not complete successfully: exit code: ",
        r"#\d+ ERROR: (?P<message>process .+ did not complete successfully: exit code: \d+)",
        "docker",
        "command",
        summary=True,
    ),
    Row(
        "manifest",
        "manifest |no matching manifest for ",
        r".*?(?P<message>(?:manifest (?:for \S+ not found|unknown).*|no matching manifest for .+))",
        "docker",
        "package",
    ),
    Row("toomanyrequests", "toomanyrequests: ", r".*?(?P<message>toomanyrequests: .+)", "docker", "service"),
    Row(
        "pull",
        "You have reached your |pull access denied for |Error response from daemon: pull access denied",
        r".*?(?P<message>(?:You have reached your (?:unauthenticated )?pull rate limit|pull access denied for .+|Error response from daemon: pull access denied.+))",
        "docker",
        "package",
    ),
    Row(
        "daemon response",
        "Error response from daemon: ",
        r"(?:docker: )?Error response from daemon: (?P<message>.+)",
        "docker",
        "environment",
    ),
    Row(
        "daemon connect docker",
        "Cannot connect to the Docker daemon at ",
        r".*?(?P<message>Cannot connect to the Docker daemon at .+)",
        "docker",
        "environment",
    ),
    Row(
        "dockerfile",
        "failed to read dockerfile: |unable to |Dockerfile parse error |dockerfile parse error ",
        r".*?(?P<message>(?:failed to read dockerfile: .+|unable to (?:prepare context: )?(?:unable to )?evaluate symlinks in Dockerfile path: .+|Dockerfile parse error .+|dockerfile parse error .+))",
        "docker",
        "configuration",
    ),
    Row(
        "checksum",
        "failed to c",
        r".*?(?P<message>failed to (?:compute cache key|calculate checksum).+)",
        "docker",
        "file",
    ),
    Row(
        "cache failed compute",
        ": failed to compute cache key: ",
        r"(?:#\d+ ERROR|ERROR): (?P<message>failed to compute cache key: .+)",
        "docker",
        "file",
    ),
    Row(
        "authenticate",
        "failed to ",
        r".*?(?P<message>(?:failed to authorize: .+|failed to fetch (?:anonymous|oauth) token: .+))",
        "docker",
        "permission",
    ),
    Row("authorize", "failed to authorize: ", r".*?(?P<message>failed to authorize: .+)", "docker", "permission"),
    Row(
        "unauthorized",
        "unauthorized: ",
        r".*?(?P<message>unauthorized: (?:authentication required|access to the requested|incorrect username).*)",
        "docker",
        "permission",
    ),
    Row(
        "denied",
        "denied: ",
        r".*?(?P<message>denied: (?:requested access to the resource is denied|installation not allowed|permission_denied).*)",
        "docker",
        "permission",
    ),
    Row("copy failed", " failed: ", r"(?P<message>(?:COPY|ADD) failed: .+)", "docker", "file"),
    Row("add failed", " failed: ", r"(?P<message>(?:COPY|ADD) failed: .+)", "docker", "file"),
    Row(
        "platform match",
        "no match for platform in manifest",
        r".*?(?P<message>no match for platform in manifest.*)",
        "docker",
        "package",
    ),
    Row(
        "service",
        'for |ervice "',
        r"(?:ERROR: |service )?(?P<message>(?:for \S+ .+|[Ss]ervice \"\S+\" (?:is not running|failed to build|depends on undefined).*))",
        "compose",
        "environment",
    ),
    Row(
        "container",
        "container ",
        r".*?(?P<message>(?:dependency failed to start: )?container \S+ (?:is unhealthy|exited \(\d+\)).*)",
        "compose",
        "environment",
    ),
    Row("unhealthy", " is unhealthy", r".*?(?P<message>container \S+ is unhealthy.*)", "compose", "environment"),
    Row(
        "aborting container",
        "Aborting on container exit",
        r"(?P<message>Aborting on container exit.*)",
        "compose",
        "command",
        summary=True,
    ),
    Row(
        "compose",
        "The Compose file |no configuration file provided: not found|compose.y",
        r"(?:ERROR: )?(?P<message>(?:The Compose file .+ is invalid because:|no configuration file provided: not found|.*compose\.ya?ml: .+))",
        "compose",
        "configuration",
        more=r"\S.*(?:invalid|Unsupported|must)",
    ),
    Row(
        "server",
        "Error from server",
        r"Error from server(?: \((?P<code>\w+)\))?: (?P<message>.+)",
        "kubectl",
        "configuration",
    ),
    Row(
        "connection",
        "The connection to the server |Unable to connect to the server: ",
        r"(?P<message>The connection to the server .+ was refused.*|Unable to connect to the server: .+)",
        "kubectl",
        "network",
    ),
    Row(
        "connect unable server",
        "Unable to connect to the server: ",
        r"(?P<message>Unable to connect to the server: .+)",
        "kubectl",
        "network",
    ),
    Row(
        "kubernetes",
        "rror: unable to build kubernetes objects |rror: Kubernetes cluster unreachable: ",
        r"[Ee]rror: (?P<message>(?:unable to build kubernetes objects .+|Kubernetes cluster unreachable: .+))",
        "helm",
        "configuration",
    ),
    Row(
        "upgrade failed",
        " FAILED: ",
        r"Error: (?P<message>(?:UPGRADE|INSTALLATION) FAILED: .+)",
        "helm",
        "configuration",
    ),
    Row(
        "installation failed",
        "Error: INSTALLATION FAILED: ",
        r"Error: (?P<message>INSTALLATION FAILED: .+)",
        "helm",
        "configuration",
    ),
    Row("helm", "Error: ", r"Error: (?P<message>.*(?:helm|chart).*)", "helm", "configuration"),
    Row("chart", "chart", r"(?:Error|\[ERROR\]):? (?P<message>.*\bchart\b.*)", "helm", "configuration"),
    Row(
        "imagepullbackoff",
        "ImagePullBackOff|Back-off pulling image",
        r".*?(?P<message>(?:ImagePullBackOff|Back-off pulling image).*)",
        "kubectl",
        "package",
    ),
    Row("errimagepull", "ErrImagePull", r".*?(?P<message>ErrImagePull.*)", "kubectl", "package"),
    Row("crashloopbackoff", "CrashLoopBackOff", r".*?(?P<message>CrashLoopBackOff.*)", "kubectl", "crash"),
    Row("terraform", "Error: ", r"[│╷ ]*Error: (?!Terraform exited)(?P<message>.+)", "terraform", "configuration"),
)
_IN_FILE = r"[│ ]* on (\S+\.tf) line (\d+)"
_TERRAFORM = r"[│╷ ]*Error: (.+)"
_SOLVE = r"(?:ERROR: |error: )?(?:failed to build: )?failed to solve(?: with frontend \S+)?: (.+)"
_MARKED = r"\s*(\d+) \| >>> (.+)"
_FILE = r"(\S*?[Dd]ockerfile\S*):(\d+)$"


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each failure of building, fetching, starting and deploying."""
    yield from read(_ROWS, lines, at)
    for position in at.get("solve", []):
        if found := compiled(_SOLVE).match(text_at(lines, position)):
            yield _solve(lines, position, found[1])
    for position in at.get("tf", []):
        if found := compiled(_IN_FILE).match(text_at(lines, position)):
            for above in range(position - 1, max(position - 4, -1), -1):
                if told := compiled(_TERRAFORM).match(text_at(lines, above)):
                    first, place = lines[above].number, Place(found[1], number(found[2]))
                    yield Failure("terraform", "configuration", told[1], first, lines[position].number, place)


def _solve(lines: Sequence[Line], position: int, message: str) -> Failure:
    """Return BuildKit's last word, with the step it marked above as its place."""
    place, step = None, ""
    for above in range(position - 1, max(position - 20, -1), -1):
        text = text_at(lines, above)
        if marked := compiled(_MARKED).match(text):
            place, step = Place("Dockerfile", number(marked[1])), marked[2]
        elif found := compiled(_FILE).match(text):
            place = Place(found[1], number(found[2]))
            break
    counts = "did not complete successfully" in message
    here = lines[position].number
    told = sentence(f"{step}: {message}" if step and not counts else message)
    kind = "package" if "not found" in message or "manifest" in message else "command"
    return Failure("docker", kind, told, here, here, place, summary=counts)
