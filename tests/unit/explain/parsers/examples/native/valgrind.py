"""What Valgrind's Memcheck and Helgrind printed of programs with faults."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
==7096== Memcheck, a memory error detector
==7096== Command: ./app
==7096==
==7096== Invalid read of size 4
==7096==    at 0x109188: sum (main.c:3)
==7096==    by 0x1091F5: main (main.c:4)
==7096==  Address 0x4a420a0 is 0 bytes after a block of size 32 alloc'd
==7096==    at 0x48465EF: calloc (in /usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so)
==7096==    by 0x1091E0: main (main.c:4)
==7096==
==7096== All heap blocks were freed -- no leaks are possible
==7096== ERROR SUMMARY: 1 errors from 1 contexts (suppressed: 0 from 0)
""",
        [
            Failure("valgrind", "crash", "Invalid read of size 4", 4, 9, Place("main.c", 3)),
            Failure(
                "valgrind",
                "crash",
                "ERROR SUMMARY: 1 errors from 1 contexts (suppressed: 0 from 0)",
                12,
                12,
                summary=True,
            ),
        ],
    ),
    (
        """\
==11223== Command: ./a
==11223==
==11223== Invalid write of size 4
==11223==    at 0x109163: main (a.c:4)
==11223==  Address 0x4a47040 is 0 bytes inside a block of size 3 alloc'd
==11223==    at 0x48417B4: malloc (in /usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so)
==11223==    by 0x10915A: main (a.c:4)
==11223==
==11223== Invalid write of size 1
==11223==    at 0x109169: main (a.c:4)
==11223==  Address 0x4a47044 is 1 bytes after a block of size 3 alloc'd
==11223==    at 0x48417B4: malloc (in /usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so)
==11223==    by 0x10915A: main (a.c:4)
==11223==
==11223== Conditional jump or move depends on uninitialised value(s)
==11223==    at 0x10917F: main (a.c:4)
==11223==
==11223==
==11223== HEAP SUMMARY:
==11223==     in use at exit: 3 bytes in 1 blocks
==11223==   total heap usage: 1 allocs, 0 frees, 3 bytes allocated
==11223==
==11223== 3 bytes in 1 blocks are definitely lost in loss record 1 of 1
==11223==    at 0x48417B4: malloc (in /usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so)
==11223==    by 0x10915A: main (a.c:4)
==11223==
==11223== LEAK SUMMARY:
==11223==    definitely lost: 3 bytes in 1 blocks
==11223==    indirectly lost: 0 bytes in 0 blocks
==11223==      possibly lost: 0 bytes in 0 blocks
==11223==    still reachable: 0 bytes in 0 blocks
==11223==         suppressed: 0 bytes in 0 blocks
==11223==
==11223== Use --track-origins=yes to see where uninitialised values come from
==11223== For lists of detected and suppressed errors, rerun with: -s
==11223== ERROR SUMMARY: 4 errors from 4 contexts (suppressed: 0 from 0)
""",
        [
            Failure("valgrind", "crash", "Invalid write of size 4", 3, 7, Place("a.c", 4)),
            Failure("valgrind", "crash", "Invalid write of size 1", 9, 13, Place("a.c", 4)),
            Failure(
                "valgrind",
                "crash",
                "Conditional jump or move depends on uninitialised value(s)",
                15,
                16,
                Place("a.c", 4),
            ),
            Failure(
                "valgrind",
                "crash",
                "3 bytes in 1 blocks are definitely lost in loss record 1 of 1",
                23,
                25,
                Place("a.c", 4),
            ),
            Failure(
                "valgrind",
                "crash",
                "ERROR SUMMARY: 4 errors from 4 contexts (suppressed: 0 from 0)",
                36,
                36,
                summary=True,
            ),
        ],
    ),
]
GREEN = [
    """\
valgrind --leak-check=full --error-exitcode=7 ./app
==7096== Memcheck, a memory error detector
==7096== Command: ./app
==7096==
==7096== HEAP SUMMARY:
==7096==     in use at exit: 0 bytes in 0 blocks
==7096==   total heap usage: 2 allocs, 2 frees, 4,128 bytes allocated
==7096==
==7096== All heap blocks were freed -- no leaks are possible
==7096==
==7096== ERROR SUMMARY: 0 errors from 0 contexts (suppressed: 0 from 0)
""",
]
