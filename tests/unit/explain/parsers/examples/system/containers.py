"""What Docker, Compose, kubectl and Helm printed."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
#8 [4/5] RUN npm ci
#8 1.234 sh: npm: not found
#8 ERROR: process "/bin/sh -c npm ci" did not complete successfully: exit code: 127
------
Dockerfile:4
--------------------
   3 |     WORKDIR /app
   4 | >>> RUN npm ci
   5 |     COPY . .
--------------------
ERROR: failed to solve: process "/bin/sh -c npm ci" did not complete successfully: exit code: 127
""",
        [
            Failure("sh", "command", "npm: not found", 2, 2),
            Failure(
                "docker",
                "command",
                'process "/bin/sh -c npm ci" did not complete successfully: exit code: 127',
                3,
                3,
                summary=True,
            ),
            Failure(
                "docker",
                "command",
                'process "/bin/sh -c npm ci" did not complete successfully: exit code: 127',
                11,
                11,
                Place("Dockerfile", 4),
                summary=True,
            ),
        ],
    ),
    (
        """\
Dockerfile:1
--------------------
   1 | >>> FROM nope:latest
--------------------
ERROR: failed to solve: nope:latest: failed to resolve source metadata for docker.io/library/nope:latest: not found
""",
        [
            Failure(
                "docker",
                "package",
                "FROM nope:latest: nope:latest: failed to resolve source metadata for docker.io/library/nope:latest: not found",
                5,
                5,
                Place("Dockerfile", 1),
            ),
        ],
    ),
    (
        """\
The command '/bin/sh -c make' returned a non-zero code: 2
Error response from daemon: manifest for nope:latest not found: manifest unknown: manifest unknown
toomanyrequests: You have reached your unauthenticated pull rate limit.
Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
""",
        [
            Failure("docker", "command", "The command '/bin/sh -c make' returned a non-zero code: 2", 1, 1, code="2"),
            Failure(
                "docker", "package", "manifest for nope:latest not found: manifest unknown: manifest unknown", 2, 2
            ),
            Failure(
                "docker", "service", "toomanyrequests: You have reached your unauthenticated pull rate limit.", 3, 3
            ),
            Failure(
                "docker",
                "environment",
                "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
                4,
                4,
            ),
        ],
    ),
    (
        """\
Error from server (NotFound): deployments.apps "shop" not found
Error: UPGRADE FAILED: timed out waiting for the condition
dependency failed to start: container app-db-1 is unhealthy
""",
        [
            Failure("kubectl", "configuration", 'deployments.apps "shop" not found', 1, 1, code="NotFound"),
            Failure("helm", "configuration", "UPGRADE FAILED: timed out waiting for the condition", 2, 2),
            Failure("compose", "environment", "dependency failed to start: container app-db-1 is unhealthy", 3, 3),
        ],
    ),
    (
        """\
fatal: [web1]: FAILED! => {"changed": false, "msg": "No package matching 'nope' is available"}
""",
        [
            Failure(
                "ansible",
                "configuration",
                'FAILED! => {"changed": false, "msg": "No package matching \'nope\' is available"}',
                1,
                1,
            ),
        ],
    ),
]

GREEN = [
    """\
#8 [4/5] RUN npm ci
#8 DONE 3.2s
latest: Pulling from library/node
Status: Downloaded newer image for node:latest, container started, exit 0
""",
]
