"""Logs of make, ninja and Bazel."""

# ruff: noqa: W291, RUF001  as the tools print it

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
make[1]: *** No rule to make target 'nothing.c', needed by 'lib'.  Stop.
make: *** [Makefile:7: app] Error 2
""",
        [
            Failure("make", "build", "No rule to make target 'nothing.c', needed by 'lib'", 1, 1),
            Failure("make", "build", "[Makefile:7: app] Error 2", 2, 2, Place("Makefile", 7), summary=True),
        ],
    ),
    (
        """\
ninja: Entering directory `b'
[2/4] Building C object CMakeFiles/shop.dir/shop.c.o
FAILED: CMakeFiles/shop.dir/shop.c.o 
/usr/bin/cc -c /src/shop.c
/src/shop.c:2:32: error: ‘x’ undeclared (first use in this function)
ninja: build stopped: subcommand failed.
""",
        [
            Failure("ninja", "compile", "CMakeFiles/shop.dir/shop.c.o", 3, 3, summary=True),
            Failure("gcc", "compile", "‘x’ undeclared (first use in this function)", 5, 5, Place("/src/shop.c", 2, 32)),
            Failure("ninja", "build", "build stopped: subcommand failed.", 6, 6, summary=True),
        ],
    ),
    (
        """\
Makefile:3: *** missing separator.  Stop.
""",
        [Failure("make", "configuration", "missing separator.", 1, 1, Place("Makefile", 3))],
    ),
    (
        """\
ninja: error: unknown target 'nothing'
""",
        [Failure("ninja", "build", "unknown target 'nothing'", 1, 1)],
    ),
    (
        """\
ERROR: /src/shop/BUILD:3:10: Compiling till.cc failed: (Exit 1): gcc failed: error executing command /usr/bin/gcc
FAIL: //shop:till_test (see /home/ada/.cache/bazel/testlogs/shop/till_test/test.log)
//shop:till_test                                                          FAILED in 0.3s
FAILED: Build did NOT complete successfully
""",
        [
            Failure(
                "bazel",
                "build",
                "Compiling till.cc failed: (Exit 1): gcc failed: error executing command /usr/bin/gcc",
                1,
                1,
                Place("/src/shop/BUILD", 3, 10),
            ),
            Failure(
                "bazel",
                "test",
                "FAIL: //shop:till_test (see /home/ada/.cache/bazel/testlogs/shop/till_test/test.log)",
                2,
                2,
                test="//shop:till_test",
            ),
            Failure("bazel", "test", "FAILED in 0.3s", 3, 3, test="//shop:till_test", summary=True),
            Failure("bazel", "build", "Build did NOT complete successfully", 4, 4, summary=True),
        ],
    ),
    (
        """\
src/till.cpp:12:5: error: 'missing' was not declared in this scope
scons: *** [till.o] Error 1
scons: building terminated because of errors.
""",
        [
            Failure("gcc", "compile", "'missing' was not declared in this scope", 1, 1, Place("src/till.cpp", 12, 5)),
            Failure("scons", "build", "[till.o] Error 1", 2, 2, summary=True),
            Failure("scons", "build", "building terminated because of errors.", 3, 3, summary=True),
        ],
    ),
]
GREEN = [
    """\
make[1]: Entering directory '/src'
make: [Makefile:3: clean] Error 1 (ignored)
ninja: no work to do.
INFO: Build completed successfully, 3 total actions
//shop:fail_test                                                          PASSED in 0.3s
""",
]
