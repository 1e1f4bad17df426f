"""What tools printed that met a network."""

from __future__ import annotations

from pitstop.core.finding import Failure

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
curl: (6) Could not resolve host: no-such-host.example
wget: unable to resolve host address 'no-such-host.example'
2026-11-22 04:43:18 ERROR 404: Not Found.
""",
        [
            Failure("curl", "network", "Could not resolve host: no-such-host.example", 1, 1, code="6"),
            Failure("wget", "network", "unable to resolve host address 'no-such-host.example'", 2, 2),
            Failure("wget", "network", "Not Found.", 3, 3, code="404"),
        ],
    ),
    (
        """\
E: Unable to locate package nope
E: Failed to fetch http://archive.example/dists/x/InRelease  503  Service Unavailable [IP: 10.0.0.1 80]
E: Sub-process /usr/bin/dpkg returned an error code (1)
""",
        [
            Failure("apt", "package", "Unable to locate package nope", 1, 1),
            Failure(
                "apt",
                "network",
                "Failed to fetch http://archive.example/dists/x/InRelease 503 Service Unavailable [IP: 10.0.0.1 80]",
                2,
                2,
            ),
            Failure("apt", "package", "Sub-process /usr/bin/dpkg returned an error code (1)", 3, 3),
        ],
    ),
    (
        """\
Error: connect ECONNREFUSED 127.0.0.1:5432
error pulling image: dial tcp: lookup registry.example on 127.0.0.53:53: no such host
x509: certificate signed by unknown authority
{"message":"API rate limit exceeded for 10.0.0.1."}
""",
        [
            Failure("network", "network", "connect ECONNREFUSED 127.0.0.1:5432", 1, 1),
            Failure("network", "network", "dial tcp: lookup registry.example on 127.0.0.53:53: no such host", 2, 2),
            Failure("network", "network", "x509: certificate signed by unknown authority", 3, 3),
            Failure("network", "service", 'API rate limit exceeded for 10.0.0.1."}', 4, 4),
        ],
    ),
]

GREEN = [
    """\
Resolving archive.example... 10.0.0.1
HTTP request sent, awaiting response... 200 OK
Get:1 http://archive.example x InRelease
retries: 3, limit: 10, requests in flight: 2, service ready
""",
]
