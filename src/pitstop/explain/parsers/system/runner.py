"""What the CI services say of a job: cancelled, timed out, lost, and the exit code that only sums up.

Formats: docs.github.com/actions (runner messages), docs.travis-ci.com/user/common-build-problems, docs.gitlab.com/runner,
jenkins.io.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.explain.parsers.rows import Row, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_BEGIN = r"(?:##\[error\]|::error::|Error: )?"
_ROWS = (
    Row(
        "process",
        "Process completed with exit code |The process '|Final attempt failed.",
        _BEGIN
        + r"(?P<message>(?:Process completed with exit code (?!0\b)|The process '.+' failed with exit code |Final attempt failed\.).*)",
        "github",
        "exit",
        summary=True,
    ),
    Row(
        "canceled",
        " was canceled",
        _BEGIN + r"(?P<message>The (?:operation|run|job) was canceled.*)",
        "github",
        "cancel",
    ),
    Row("canceling since", "anceling since ", _BEGIN + r"(?P<message>.*[Cc]anceling since .+)", "github", "cancel"),
    Row(
        "exceeded maximum execution",
        " has exceeded the maximum execution time of ",
        _BEGIN + r"(?P<message>The (?:job|action).* has exceeded the maximum execution time of .+)",
        "github",
        "time",
    ),
    Row(
        "action timed out",
        " has timed out after ",
        _BEGIN + r"(?P<message>The action .+ has timed out after \d+ minutes?\.?)",
        "github",
        "time",
    ),
    Row(
        "runner",
        "The runner has received a shutdown signal|lost communication with the server|The hosted runner|The self-hosted runner|did not connect|did not respond",
        _BEGIN
        + r"(?P<message>.*(?:The runner has received a shutdown signal|lost communication with the server|The hosted runner(?:: .+)? (?:encountered an error|lost communication)|The self-hosted runner(?:: .+)? lost communication|runner .*did not (?:connect|respond)).*)",
        "github",
        "runner",
    ),
    Row(
        "communication",
        "lost communication with the server",
        _BEGIN + r"(?P<message>.*lost communication with the server.*)",
        "github",
        "runner",
    ),
    Row(
        "provisioned",
        "The job was not acquired by Runner|could not be provisioned",
        _BEGIN + r"(?P<message>.*(?:The job was not acquired by Runner|could not be provisioned).*)",
        "github",
        "runner",
    ),
    Row(
        "unable",
        "Unable to ",
        _BEGIN
        + r"(?P<message>Unable to (?:resolve action .+|find (?:a runner|Node).*|locate executable file: .+|process file command .+))",
        "github",
        "configuration",
    ),
    Row(
        "action",
        "Can't find 'action.yml'|An action could not be found|Failed to download action|Unable to resolve action|Could not resolve action",
        _BEGIN
        + r"(?P<message>(?:Can't find 'action\.yml'|An action could not be found|Failed to download action|Unable to resolve action|Could not resolve action).+)",
        "github",
        "configuration",
    ),
    Row(
        "archive",
        "Failed to download archive |action archive",
        _BEGIN + r"(?P<message>Failed to download archive .+|.*action archive.*failed.*)",
        "github",
        "network",
    ),
    Row(
        "workflow",
        "The workflow is not valid.|Invalid workflow file|error parsing called workflow",
        _BEGIN + r"(?P<message>(?:The workflow is not valid\.|Invalid workflow file|error parsing called workflow).*)",
        "github",
        "configuration",
    ),
    Row(
        "input required supplied",
        "Input required and not supplied: ",
        _BEGIN + r"(?P<message>Input required and not supplied: .+)",
        "github",
        "configuration",
    ),
    Row(
        "integration accessible",
        "Resource not accessible by integration",
        _BEGIN + r"(?P<message>Resource not accessible by integration.*)",
        "github",
        "permission",
    ),
    Row(
        "credentials",
        "Bad credentials|Credentials could not be loaded",
        _BEGIN + r"(?P<message>(?:Bad credentials|Credentials could not be loaded).*)",
        "github",
        "permission",
    ),
    Row(
        "artifact",
        "Unable to find any artifacts|Artifact not found|Artifact storage quota has been hit|Failed to CreateArtifact",
        _BEGIN
        + r"(?P<message>(?:Unable to find any artifacts|Artifact not found|Artifact storage quota has been hit|Failed to CreateArtifact).*)",
        "github",
        "configuration",
    ),
    Row(
        "artifacts",
        "Unable to find any artifacts",
        _BEGIN + r"(?P<message>Unable to find any artifacts.*)",
        "github",
        "configuration",
    ),
    Row(
        "deprecated request automatically",
        "This request has been automatically failed because it uses a deprecated version of ",
        _BEGIN + r"(?P<message>This request has been automatically failed because it uses a deprecated version of .+)",
        "github",
        "configuration",
    ),
    Row(
        "command",
        'The command "',
        r"The command \"(?P<message>.*)\" (?:failed and )?exited with (?P<code>(?!0\b)\d+)( during .+)?\.?",
        "travis",
        "exit",
        summary=True,
    ),
    Row(
        "command failed",
        'The command "',
        r"The command \"(?P<message>.*)\" failed(?: \d+ times| and exited).*",
        "travis",
        "exit",
        summary=True,
    ),
    Row(
        "output received last",
        "No output has been received in the last ",
        r"(?P<message>No output has been received in the last \d+m.*)",
        "travis",
        "time",
    ),
    Row(
        "exceeded",
        " exceeded the maximum |The log length has exceeded the limit ",
        r"(?P<message>The (?:job|build) exceeded the maximum (?:time limit|log length).*|The log length has exceeded the limit .+)",
        "travis",
        "time",
    ),
    Row(
        "log",
        "The job exceeded the maximum log length|The log length has exceeded the limit",
        r"(?P<message>The (?:job exceeded the maximum log length|log length has exceeded the limit).+)",
        "travis",
        "disk",
    ),
    Row(
        "stopped build",
        "Your build has been stopped.",
        r"(?P<message>Your build has been stopped\.)",
        "travis",
        "exit",
        summary=True,
    ),
    Row(
        "done build exited",
        "Done. Your build exited with ",
        r"(?P<message>Done\. Your build exited with (?!0\b)\d+\.?)",
        "travis",
        "exit",
        summary=True,
    ),
    Row(
        "job failed system",
        "ERROR: Job failed (system failure): ",
        r"ERROR: (?P<message>Job failed(?: \(system failure\)): .+)",
        "gitlab",
        "runner",
    ),
    Row(
        "job failed execution",
        "ERROR: Job failed: execution took longer than ",
        r"ERROR: (?P<message>Job failed: execution took longer than .+)",
        "gitlab",
        "time",
    ),
    Row("job", "ERROR: Job failed", r"ERROR: (?P<message>Job failed.*)", "gitlab", "exit", summary=True),
    Row(
        "preparation failed",
        "ERROR: Preparation failed: ",
        r"ERROR: (?P<message>Preparation failed: .+)",
        "gitlab",
        "runner",
    ),
    Row("finished", "Finished: ", r"Finished: (?P<message>FAILURE|ABORTED|UNSTABLE)", "jenkins", "exit", summary=True),
    Row(
        "build step marked",
        "' marked build as failure",
        r"(?P<message>Build step '.+' marked build as failure)",
        "jenkins",
        "exit",
        summary=True,
    ),
    Row(
        "script returned exit",
        "script returned exit code ",
        r"(?:ERROR: )?(?P<message>script returned exit code (?!0\b)\d+)",
        "jenkins",
        "exit",
        summary=True,
    ),
    Row(
        "aborted",
        "Aborted by|Build was aborted|Sending interrupt signal to process",
        r"(?P<message>(?:Aborted by|Build was aborted|Sending interrupt signal to process).*)",
        "jenkins",
        "cancel",
    ),
    Row(
        "hudson",
        "hudson.",
        r"(?:FATAL: |Caused: |java\.io\.IOException: )?(?P<message>hudson\.(?:remoting\.(?:ChannelClosed|RequestAborted)|AbortException).*)",
        "jenkins",
        "runner",
    ),
    Row(
        "agent",
        "agent was removed|Cannot contact | was deleted|agent disconnected",
        r"(?P<message>.*(?:agent was removed|Cannot contact .+:|Agent .+ was deleted|agent disconnected).*)",
        "jenkins",
        "runner",
    ),
    Row(
        "container failed exit",
        " failed with exit code ",
        r".*?(?P<message>(?:Initialize containers|Docker (?:pull|start|create)) failed with exit code \d+)",
        "github",
        "environment",
    ),
    Row(
        "exited code",
        " exited with code '",
        r"(?P<message>\S+ exited with code '(?!0')-?\d+'\.)",
        "azure",
        "exit",
        summary=True,
    ),
    Row(
        "exited command status",
        "Error: The command exited with status ",
        r".*Error: (?P<message>The command exited with status (?!0\b)\d+)",
        "buildkite",
        "exit",
        summary=True,
    ),
    Row(
        "exited code",
        "Exited with code ",
        r"(?P<message>Exited with code (?:exit status )?(?!0\b)\d+)$",
        "circleci",
        "exit",
        summary=True,
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield what the service says of the end of a job."""
    return read(_ROWS, lines, at)
