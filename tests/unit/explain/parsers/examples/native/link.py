"""Logs of linkers."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
gcc -o app main.o
/usr/bin/ld: main.o: in function `main':
main.c:(.text+0xa): undefined reference to `pay'
collect2: error: ld returned 1 exit status
""",
        [
            Failure("ld", "link", "undefined reference to `pay'", 3, 3),
            Failure("ld", "link", "collect2: error: ld returned 1 exit status", 4, 4, summary=True),
        ],
    ),
    (
        """\
/usr/bin/ld: main.o: in function `main':
/src/main.c:3: undefined reference to `pay'
/usr/bin/ld: cannot find -lnotill: No such file or directory
clang: error: linker command failed with exit code 1 (use -v to see invocation)
""",
        [
            Failure("ld", "link", "undefined reference to `pay'", 2, 2, Place("/src/main.c", 3)),
            Failure("ld", "link", "cannot find -lnotill: No such file or directory", 3, 3),
            Failure(
                "clang", "link", "linker command failed with exit code 1 (use -v to see invocation)", 4, 4, summary=True
            ),
        ],
    ),
    (
        """\
ld.lld: error: undefined symbol: pay()
>>> referenced by main.cpp:3 (src/main.cpp:3)
>>>               main.o:(main)
mold: error: undefined symbol: pay()
>>> referenced by main.o
""",
        [
            Failure("ld", "link", "undefined symbol: pay()", 1, 3),
            Failure("ld", "link", "undefined symbol: pay()", 4, 5, summary=True),
        ],
    ),
    (
        """\
Undefined symbols for architecture x86_64:
  "_pay", referenced from:
      _main in main.o
ld: symbol(s) not found for architecture x86_64
clang: error: linker command failed with exit code 1 (use -v to see invocation)
""",
        [
            Failure("ld", "link", "Undefined symbols for architecture x86_64:", 1, 3),
            Failure("ld", "link", "symbol(s) not found for architecture x86_64", 4, 4, summary=True),
            Failure(
                "clang", "link", "linker command failed with exit code 1 (use -v to see invocation)", 5, 5, summary=True
            ),
        ],
    ),
    (
        """\
main.obj : error LNK2019: unresolved external symbol pay referenced in function main [C:\\src\\shop.vcxproj]
LINK : fatal error LNK1104: cannot open file 'till.lib'
C:\\src\\Debug\\shop.exe : fatal error LNK1120: 1 unresolved externals [C:\\src\\shop.vcxproj]
""",
        [
            Failure(
                "link",
                "link",
                "unresolved external symbol pay referenced in function main",
                1,
                1,
                Place("main.obj"),
                code="LNK2019",
            ),
            Failure("link", "link", "cannot open file 'till.lib'", 2, 2, code="LNK1104"),
            Failure("link", "link", "1 unresolved externals", 3, 3, code="LNK1120", summary=True),
        ],
    ),
    (
        """\
/usr/bin/ld: b.o: in function `pay':
b.c:(.text+0x0): multiple definition of `pay'; a.o:a.c:(.text+0x0): first defined here
/usr/bin/ld: final link failed: No space left on device
""",
        [
            Failure("ld", "link", "multiple definition of `pay'; a.o:a.c:(.text+0x0): first defined here", 2, 2),
            Failure("ld", "link", "final link failed: No space left on device", 3, 3),
        ],
    ),
    (
        """\
ld: framework not found Till
""",
        [Failure("ld", "link", "framework not found Till", 1, 1)],
    ),
    (
        """\
ld -T boot.ld -o boot.elf boot.o
ld: boot.elf section `.text' will not fit in region `ROM'
ld: region `ROM' overflowed by 152 bytes
make: *** [Makefile:2: boot.elf] Error 1
""",
        [
            Failure("ld", "link", "boot.elf section `.text' will not fit in region `ROM'", 2, 2),
            Failure("ld", "link", "region `ROM' overflowed by 152 bytes", 3, 3),
            Failure("make", "build", "[Makefile:2: boot.elf] Error 1", 4, 4, Place("Makefile", 2), summary=True),
        ],
    ),
]
GREEN = [
    """\
-- Checking for working ld: /usr/bin/ld - found
/usr/bin/ld: warning: a.o: missing .note.GNU-stack section implies executable stack
[2/2] Linking C executable app
""",
]
