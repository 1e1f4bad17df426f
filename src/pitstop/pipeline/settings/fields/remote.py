"""What may stand in `[remote]`, and in a task's `remote`: where tasks run when not here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.pipeline.settings.fields import kinds
from pitstop.pipeline.settings.fields.table import Field, either, mapping, table

if TYPE_CHECKING:
    from pitstop.pipeline.settings.fields.kinds import Kind

PROPERTIES = mapping("properties", kinds.TEXT, "a table of strings")
_TASK_FIELDS = (
    Field(
        "run",
        kinds.BOOLEAN,
        "Whether it runs on the cluster.",
        "true",
        "true",
    ),
    Field(
        "platform",
        PROPERTIES,
        "Platform properties that its worker must have, beside those of `[remote]`; part of the key.",
        "none",
        '{ pool = "large" }',
    ),
)


REMOTE_TASK: Kind = either(
    "remoteTask",
    "`true`, `false`, or a table with `run` and `platform`",
    kinds.BOOLEAN,
    table("remoteTaskTable", _TASK_FIELDS),
    "run",
)

REMOTE = (
    Field(
        "url",
        kinds.WORD,
        "The cluster: `grpc://host:port`, with TLS `grpcs://host:port`. Anything that speaks the Remote Execution API.",
        "none: everything runs here",
        '"grpcs://build.example.com:443"',
    ),
    Field("instance", kinds.TEXT, "The instance name that the cluster goes by.", "none", '"main"'),
    Field(
        "platform",
        PROPERTIES,
        "Platform properties that a worker must have. They replace the default: some clusters (Buildbarn) only take "
        "exactly the properties that a worker was given.",
        "`OSFamily` and `ISA` of this machine",
        '{ OSFamily = "linux", container-image = "docker://debian:12" }',
    ),
    Field(
        "env",
        PROPERTIES,
        "Variables that tasks get on a worker beside their own. What is passed on here without being declared (`HOME` "
        "and the like) is not sent.",
        "`PATH` with the usual folders, `HOME` is `/tmp`",
        '{ PATH = "/opt/tools/bin:/usr/bin:/bin" }',
    ),
    Field(
        "jobs",
        kinds.COUNT,
        "How many tasks are given to the cluster at once, at most: about twice as many as its workers are at.",
        "100",
        "200",
    ),
    Field(
        "priority",
        kinds.INTEGER,
        "The priority asked for; what is lower goes first.",
        "0",
        "10",
    ),
    Field(
        "queue_timeout",
        kinds.DURATION,
        "How long a task waits in the queue before it is looked whether any worker can take it at all.",
        '"1m"',
        '"5m"',
    ),
    Field(
        "reconnect",
        kinds.DURATION,
        "How long a cluster that was there may be out of reach before the run goes on without it.",
        '"15s"',
        '"1m"',
    ),
    Field(
        "fallback",
        kinds.BOOLEAN,
        "Whether tasks run here when the cluster is gone or none of its workers can take them; else they fail.",
        "true",
        "false",
    ),
    Field("token_env", kinds.WORD, "The variable that holds the bearer token.", "none", '"BUILD_TOKEN"'),
    Field("headers", PROPERTIES, "Headers of every request; no place for secrets.", "none", '{ x-team = "web" }'),
    Field(
        "headers_env",
        kinds.WORD,
        "The variable that holds further headers, `name=value,name=value`, because they are secret.",
        "none",
        '"BUILD_HEADERS"',
    ),
    Field("ca", kinds.WORD, "A file with the certificates (PEM) to trust.", "the system's", '"ca.pem"'),
    Field("certificate", kinds.WORD, "A file with this client's certificate (PEM), for mTLS.", "none", '"client.pem"'),
    Field("key", kinds.WORD, "A file with its private key (PEM).", "none", '"client.key"'),
    Field(
        "server_name",
        kinds.WORD,
        "The name in the server's certificate, when it is not the host of the address.",
        "the host",
        '"build.internal"',
    ),
)
