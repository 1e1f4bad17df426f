"""What shells and small tools printed."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
bash: line 1: nopecmd: command not found
/home/ada/build.sh: line 12: ./nofile: No such file or directory
cat: /nonexist: No such file or directory
bash: /etc/passwd: Permission denied
""",
        [
            Failure("sh", "command", "nopecmd: command not found", 1, 1),
            Failure("sh", "file", "./nofile: No such file or directory", 2, 2, Place("/home/ada/build.sh", 12)),
            Failure("cat", "file", "/nonexist: No such file or directory", 3, 3),
            Failure("sh", "permission", "/etc/passwd: Permission denied", 4, 4),
        ],
    ),
    (
        """\
sh: 1: nope-cmd: not found
./run.sh: 3: Syntax error: "fi" unexpected
bash: ./s: /no/such/interp: bad interpreter: No such file or directory
/usr/bin/env: 'node': No such file or directory
build.sh: line 4: TOKEN: unbound variable
""",
        [
            Failure("sh", "command", "nope-cmd: not found", 1, 1),
            Failure("sh", "compile", 'Syntax error: "fi" unexpected', 2, 2, Place("./run.sh", 3)),
            Failure("sh", "command", "/no/such/interp: bad interpreter: No such file or directory", 3, 3),
            Failure("sh", "command", "'node': No such file or directory", 4, 4),
            Failure("sh", "command", "TOKEN: unbound variable", 5, 5, Place("build.sh", 4)),
        ],
    ),
    (
        """\
'foo' is not recognized as an internal or external command,
make: exec: "gcc": executable file not found in $PATH
""",
        [
            Failure("cmd", "command", "'foo' is not recognized as an internal or external command,", 1, 1),
            Failure("sh", "command", 'exec: "gcc": executable file not found in $PATH', 2, 2),
        ],
    ),
    (
        """\
/opt/app: error while loading shared libraries: libx.so.26: cannot open shared object file: No such file or directory
md5sum: WARNING: 1 computed checksum did NOT match
""",
        [
            Failure(
                "sh",
                "link",
                "error while loading shared libraries: libx.so.26: cannot open shared object file: No such file or directory",
                1,
                1,
            ),
            Failure("sh", "file", "1 computed checksum did NOT match", 2, 2),
        ],
    ),
    (
        """\
Cannot find path 'C:\\build\\out' because it does not exist.
At C:\\build\\run.ps1:12 char:17
+                 Get-Item out
+                 ~~~~~~~~~~~~
+ CategoryInfo          : ObjectNotFound: (out:String) [Get-Item], ItemNotFoundException
+ FullyQualifiedErrorId : PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand
tar: unrecognized option '--zstd'
flag provided but not defined: -trace
""",
        [
            Failure(
                "powershell",
                "runtime",
                "Cannot find path 'C:\\build\\out' because it does not exist.",
                1,
                6,
                Place("C:\\build\\run.ps1", 12, 17),
            ),
            Failure("tar", "command", "unrecognized option '--zstd'", 7, 7),
            Failure("sh", "command", "flag provided but not defined: -trace", 8, 8),
        ],
    ),
]

GREEN = [
    """\
checking for gcc... not found, using cc
running tests in directory ./exec
found 3 files; permission checks pass
""",
]
