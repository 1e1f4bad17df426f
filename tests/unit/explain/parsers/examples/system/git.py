"""What git and ssh printed."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
Cloning into 'x'...
ssh: connect to host git.example.com port 22: Connection refused
fatal: Could not read from remote repository.

Please make sure you have the correct access rights
and the repository exists.
""",
        [
            Failure("ssh", "network", "connect to host git.example.com port 22: Connection refused", 2, 2),
            Failure("git", "git", "Could not read from remote repository.", 3, 3, summary=True),
        ],
    ),
    (
        """\
fatal: unable to access 'https://git.example.com/x.git/': Could not resolve host: git.example.com
fatal: Remote branch nope not found in upstream origin
error: pathspec 'nosuch' did not match any file(s) known to git
""",
        [
            Failure(
                "git",
                "network",
                "unable to access 'https://git.example.com/x.git/': Could not resolve host: git.example.com",
                1,
                1,
            ),
            Failure("git", "git", "Remote branch nope not found in upstream origin", 2, 2),
            Failure("git", "git", "pathspec 'nosuch' did not match any file(s) known to git", 3, 3),
        ],
    ),
    (
        """\
Auto-merging f
CONFLICT (content): Merge conflict in f
Automatic merge failed; fix conflicts and then commit the result.
 ! [rejected]        main -> main (fetch first)
error: failed to push some refs to 'https://git.example.com/x.git'
""",
        [
            Failure("git", "git", "Merge conflict in f", 2, 2, Place("f"), "content"),
            Failure(
                "git", "git", "Automatic merge failed; fix conflicts and then commit the result.", 3, 3, summary=True
            ),
            Failure("git", "git", "main -> main (fetch first)", 4, 4),
            Failure("git", "git", "failed to push some refs to 'https://git.example.com/x.git'", 5, 5, summary=True),
        ],
    ),
    (
        """\
remote: Repository not found.
git@git.example.com: Permission denied (publickey).
Host key verification failed.
""",
        [
            Failure("git", "permission", "Repository not found.", 1, 1),
            Failure("ssh", "permission", "Permission denied (publickey).", 2, 2),
            Failure("ssh", "network", "Host key verification failed.", 3, 3),
        ],
    ),
]

GREEN = [
    """\
Cloning into 'x'...
remote: Counting objects: 3, done.
Already up to date, no conflict, nothing to apply or push
""",
]
