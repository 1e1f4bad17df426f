"""What npm, pnpm, Yarn and their kin printed."""

from __future__ import annotations

from pitstop.core.finding import Failure

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
npm error code ERESOLVE
npm error ERESOLVE unable to resolve dependency tree
npm error
npm error While resolving: np@1.0.0
npm error Found: react@16.14.0
npm error node_modules/react
npm error   react@"16" from the root project
npm error
npm error Could not resolve dependency:
npm error peer react@"^18.3.1" from react-dom@18.3.1
npm error node_modules/react-dom
npm error
npm error For a full report see:
npm error /home/ada/.npm/_logs/2026-11-22T04_43_06_200Z-eresolve-report.txt
npm error A complete log of this run can be found in: /home/ada/.npm/_logs/2026-11-22T04_43_06_200Z-debug-0.log
""",
        [
            Failure("npm", "package", 'peer react@"^18.3.1" from react-dom@18.3.1', 10, 11, code="ERESOLVE"),
        ],
    ),
    (
        """\
npm ERR! code E404
npm ERR! 404 Not Found - GET https://registry.npmjs.org/nowhere-pkg
npm ERR! 404
npm ERR! 404  'nowhere-pkg@*' is not in this registry.
""",
        [
            Failure("npm", "package", "404 Not Found - GET https://registry.npmjs.org/nowhere-pkg", 2, 4, code="E404"),
        ],
    ),
    (
        """\
npm error Missing script: "nosuch"
npm error
npm error To see a list of scripts, run:
npm error   npm run
""",
        [
            Failure("npm", "command", 'Missing script: "nosuch"', 1, 1),
        ],
    ),
    (
        """\
npm ERR! code ELIFECYCLE
npm ERR! errno 1
npm ERR! np@1.0.0 test: `mocha`
npm ERR! Exit status 1
npm ERR!
npm ERR! Failed at the np@1.0.0 test script.
""",
        [
            Failure("npm", "command", "np@1.0.0 test: `mocha`", 3, 6, code="ELIFECYCLE", summary=True),
        ],
    ),
    (
        """\
 ERR_PNPM_FETCH_404  GET https://registry.npmjs.org/nowhere-pkg: Not Found - 404

This error happened while installing a direct dependency of /app
 ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile" because pnpm-lock.yaml is not up to date with package.json
 ELIFECYCLE  Command failed with exit code 3.
""",
        [
            Failure(
                "pnpm",
                "network",
                "GET https://registry.npmjs.org/nowhere-pkg: Not Found - 404",
                1,
                1,
                code="ERR_PNPM_FETCH_404",
            ),
            Failure(
                "pnpm",
                "package",
                'Cannot install with "frozen-lockfile" because pnpm-lock.yaml is not up to date with package.json',
                4,
                4,
                code="ERR_PNPM_OUTDATED_LOCKFILE",
            ),
            Failure("pnpm", "command", "ELIFECYCLE Command failed with exit code 3.", 5, 5, summary=True),
        ],
    ),
    (
        """\
error Couldn't find package "nowhere-pkg" on the "npm" registry.
info Visit https://yarnpkg.com/en/docs/cli/add for documentation about this command.
error Command failed with exit code 1.
""",
        [
            Failure("yarn", "package", 'Couldn\'t find package "nowhere-pkg" on the "npm" registry.', 1, 1),
            Failure("yarn", "command", "Command failed with exit code 1.", 3, 3, summary=True),
        ],
    ),
    (
        """\
➤ YN0000: ┌ Resolution step
➤ YN0035: │ nowhere-pkg@npm:*: Package not found
➤ YN0000: └ Completed in 0s 254ms
➤ YN0028: │ The lockfile would have been modified by this install, which is explicitly forbidden.
""",
        [
            Failure("yarn", "package", "nowhere-pkg@npm:*: Package not found", 2, 2, code="YN0035"),
            Failure(
                "yarn",
                "package",
                "The lockfile would have been modified by this install, which is explicitly forbidden.",
                4,
                4,
                code="YN0028",
            ),
        ],
    ),
    (
        """\
bower angular#1.2 ECONFLICT Unable to find suitable version for angular
nvm: Version 'v99' not found
""",
        [
            Failure("bower", "package", "Unable to find suitable version for angular", 1, 1, code="ECONFLICT"),
            Failure("nvm", "package", "nvm: Version 'v99' not found", 2, 2),
        ],
    ),
    (
        """\
\u2009ERR_PNPM_OUTDATED_LOCKFILE\u2009 Cannot install with "frozen-lockfile" because pnpm-lock.yaml is not up to date with <ROOT>/package.json
""",
        [
            Failure(
                "pnpm",
                "package",
                'Cannot install with "frozen-lockfile" because pnpm-lock.yaml is not up to date with <ROOT>/package.json',
                1,
                1,
                code="ERR_PNPM_OUTDATED_LOCKFILE",
            ),
        ],
    ),
    (
        """\
npm error Missing script: "test:unit"
npm error
npm error To see a list of scripts, run:
npm error   npm run
npm error A complete log of this run can be found in: /home/ada/.npm/_logs/2026-11-22T11_31_56_558Z-debug-0.log
""",
        [
            Failure("npm", "command", 'Missing script: "test:unit"', 1, 1),
        ],
    ),
    (
        """\
 Tasks:    1 successful, 2 total
Cached:    0 cached, 2 total
  Time:    3.845s
Failed:    b#test

 ERROR  run failed: command  exited (1)
$ turbo run test
""",
        [
            Failure("turbo", "command", "Failed: b#test", 4, 4, summary=True),
            Failure("turbo", "command", "run failed: command exited (1)", 6, 6, summary=True),
        ],
    ),
]

GREEN = [
    """\
npm warn deprecated inflight@1.0.6: This module is not supported
added 120 packages in 3s
➤ YN0000: Done in 1s 2ms
""",
]
