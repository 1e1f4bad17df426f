"""How processes ended."""

from __future__ import annotations

from pitstop.core.finding import Failure

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
bash: line 1:  2566 Segmentation fault      (core dumped) ./app
/home/ada/run.sh: line 3:  1234 Killed                  make -j8
make: *** [Makefile:10: test] Error 139
""",
        [
            Failure("system", "crash", "Segmentation fault (core dumped) ./app", 1, 1, code="139"),
            Failure("system", "memory", "Killed make -j8", 2, 2, code="137"),
            Failure(
                "system", "crash", "make: *** [Makefile:10: test] Error 139 (segmentation fault)", 3, 3, code="139"
            ),
        ],
    ),
    (
        """\
write /tmp/x: No space left on device
std::bad_alloc
[1234.5] Out of memory: Killed process 4321 (rustc) total-vm:8000000kB
##[error]Process completed with exit code 137.
""",
        [
            Failure("system", "disk", "No space left on device", 1, 1),
            Failure("system", "memory", "std::bad_alloc", 2, 2),
            Failure("system", "memory", "Out of memory: Killed process 4321 (rustc) total-vm:8000000kB", 3, 3),
            Failure(
                "system",
                "memory",
                "Process completed with exit code 137. (killed, often because memory ran out)",
                4,
                4,
                code="137",
            ),
        ],
    ),
]

GREEN = [
    """\
Killed 3 old processes, memory is fine, signal handlers set
Process completed with exit code 0.
done in 137 s, 139 tests, disk ok
""",
]
