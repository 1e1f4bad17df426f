"""Logs of C and C++ compilers."""

# ruff: noqa: RUF001  as the tools print it

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
shop.c: In Funktion »total«:
shop.c:2:32: Fehler: »x« nicht deklariert (erste Benutzung in dieser Funktion)
    2 | int total(int *p) { return p + x; }
      |                                ^
till.c:3:1: erreur: « y » non déclaré (première utilisation dans cette fonction)
till.c:4:2: 错误：‘z’未声明(在此函数内第一次使用)
""",
        [
            Failure(
                "gcc",
                "compile",
                "»x« nicht deklariert (erste Benutzung in dieser Funktion)",
                2,
                4,
                Place("shop.c", 2, 32),
            ),
            Failure(
                "gcc",
                "compile",
                "« y » non déclaré (première utilisation dans cette fonction)",
                5,
                5,
                Place("till.c", 3, 1),
            ),
            Failure("gcc", "compile", "‘z’未声明(在此函数内第一次使用)", 6, 6, Place("till.c", 4, 2)),
        ],
    ),
    (
        """\
gcc -Wall -Werror -c shop.c
shop.c: In function ‘total’:
shop.c:2:32: error: ‘x’ undeclared (first use in this function)
    2 | int total(int *p) { return p + x; }
      |                                ^
shop.c:2:32: note: each undeclared identifier is reported only once for each function it appears in
shop.c:2:35: error: control reaches end of non-void function [-Werror=return-type]
    2 | int total(int *p) { return p + x; }
      |                                   ^
cc1: all warnings being treated as errors
""",
        [
            Failure("gcc", "compile", "‘x’ undeclared (first use in this function)", 3, 6, Place("shop.c", 2, 32)),
            Failure(
                "gcc",
                "compile",
                "control reaches end of non-void function",
                7,
                9,
                Place("shop.c", 2, 35),
                code="-Werror=return-type",
            ),
            Failure("gcc", "compile", "cc1: all warnings being treated as errors", 10, 10, summary=True),
        ],
    ),
    (
        """\
In file included from till.cpp:1:
./till.hpp:3:10: fatal error: 'missing.h' file not found
#include "missing.h"
         ^~~~~~~~~~~
1 error generated.
""",
        [
            Failure("clang", "compile", "'missing.h' file not found", 2, 2, Place("./till.hpp", 3, 10)),
            Failure("clang", "compile", "1 error generated.", 5, 5, summary=True),
        ],
    ),
    (
        """\
  till.cpp
C:\\src\\till.cpp(12,5): error C2065: 'x': undeclared identifier [C:\\src\\shop.vcxproj]
C:\\src\\till.cpp(20): fatal error C1083: Cannot open include file: 'missing.h': No such file or directory
cl : Command line error D8021 : invalid numeric argument '/Wno'
""",
        [
            Failure(
                "cl", "compile", "'x': undeclared identifier", 2, 2, Place("C:\\src\\till.cpp", 12, 5), code="C2065"
            ),
            Failure(
                "cl",
                "compile",
                "Cannot open include file: 'missing.h': No such file or directory",
                3,
                3,
                Place("C:\\src\\till.cpp", 20),
                code="C1083",
            ),
            Failure("cl", "compile", "invalid numeric argument '/Wno'", 4, 4, code="D8021"),
        ],
    ),
    (
        """\
g++: fatal error: Killed signal terminated program cc1plus
compilation terminated.
""",
        [Failure("gcc", "memory", "Killed signal terminated program cc1plus", 1, 1)],
    ),
    (
        """\
=================================================================
==28740==ERROR: AddressSanitizer: stack-buffer-overflow on address 0x7ffde741bd3c at pc 0x564ae3ed6225 bp 0x7ffde741bcf0 sp 0x7ffde741bce8
WRITE of size 4 at 0x7ffde741bd3c thread T0
    #0 0x564ae3ed6224 in main /src/s.c:1
    #1 0x7fcb2f845249 in __libc_start_call_main ../sysdeps/nptl/libc_start_call_main.h:58

SUMMARY: AddressSanitizer: stack-buffer-overflow /src/s.c:1 in main
""",
        [
            Failure(
                "sanitizer",
                "crash",
                "AddressSanitizer: stack-buffer-overflow on address 0x7ffde741bd3c at pc 0x564ae3ed6225 bp 0x7ffde741bcf0 sp 0x7ffde741bce8",
                2,
                5,
                Place("/src/s.c", 1),
            ),
            Failure(
                "sanitizer", "crash", "AddressSanitizer: stack-buffer-overflow /src/s.c:1 in main", 7, 7, summary=True
            ),
        ],
    ),
    (
        """\
sum.c:5:9: runtime error: signed integer overflow: 2147483647 + 1 cannot be represented in type 'int'
as: as.c:2: main: Assertion `1==2' failed.
""",
        [
            Failure(
                "ubsan",
                "crash",
                "signed integer overflow: 2147483647 + 1 cannot be represented in type 'int'",
                1,
                1,
                Place("sum.c", 5, 9),
            ),
            Failure("assert", "crash", "Assertion `1==2' failed.", 2, 2, Place("as.c", 2)),
        ],
    ),
    (
        """\
till.cpp:12:  Missing space after ,  [whitespace/comma] [3]
Total errors found: 1
[till.cpp:14]: (error) Memory leak: prices
""",
        [
            Failure("cpplint", "style", "Missing space after ,", 1, 1, Place("till.cpp", 12), code="whitespace/comma"),
            Failure("cpplint", "style", "Total errors found: 1", 2, 2, summary=True),
            Failure("cppcheck", "style", "Memory leak: prices", 3, 3, Place("till.cpp", 14)),
        ],
    ),
    (
        """\
g++ -O1 -o t t.cpp
./t --self-test
terminate called after throwing an instance of 'std::out_of_range'
  what():  map::at
make: *** [Makefile:2: smoke] Aborted
""",
        [
            Failure("c++", "crash", "terminate called after throwing an instance of 'std::out_of_range'", 3, 4),
            Failure("make", "build", "[Makefile:2: smoke] Aborted", 5, 5, Place("Makefile", 2), summary=True),
        ],
    ),
    (
        """\
In file included from /usr/include/c++/12/bits/stl_tree.h:65,
                 from /usr/include/c++/12/map:60,
                 from q.cpp:1:
/usr/include/c++/12/bits/stl_function.h: In instantiation of ‘constexpr bool std::less<_Tp>::operator()(const _Tp&, const _Tp&) const [with _Tp = Node]’:
/usr/include/c++/12/bits/stl_map.h:509:32:   required from ‘std::map<_Key, _Tp, _Compare, _Alloc>::mapped_type& std::map<_Key, _Tp, _Compare, _Alloc>::operator[](const
q.cpp:5:16:   required from here
/usr/include/c++/12/bits/stl_function.h:408:20: error: no match for ‘operator<’ (operand types are ‘const Node’ and ‘const Node’)
  408 |       { return __x < __y; }
      |                ~~~~^~~~~
""",
        [
            Failure(
                "gcc",
                "compile",
                "no match for ‘operator<’ (operand types are ‘const Node’ and ‘const Node’)",
                7,
                9,
                Place("q.cpp", 5, 16),
            )
        ],
    ),
    (
        """\
In file included from q.cpp:1:
In file included from /usr/bin/../lib/gcc/x86_64-linux-gnu/12/../../../../include/c++/12/map:60:
In file included from /usr/bin/../lib/gcc/x86_64-linux-gnu/12/../../../../include/c++/12/bits/stl_tree.h:65:
/usr/bin/../lib/gcc/x86_64-linux-gnu/12/../../../../include/c++/12/bits/stl_function.h:408:20: error: invalid operands to binary expression ('const Node' and 'const Node'
      { return __x < __y; }
               ~~~ ^ ~~~
/usr/bin/../lib/gcc/x86_64-linux-gnu/12/../../../../include/c++/12/bits/stl_map.h:509:22: note: in instantiation of member function 'std::less<Node>::operator()' requested here
        if (__i == end() || key_comp()(__k, (*__i).first))
                            ^
q.cpp:5:14: note: in instantiation of member function 'std::map<Node, int>::operator[]' requested here
  return seen[n];
             ^
1 error generated.
""",
        [
            Failure(
                "clang",
                "compile",
                "invalid operands to binary expression ('const Node' and 'const Node'",
                4,
                12,
                Place("q.cpp", 5, 14),
            ),
            Failure("clang", "compile", "1 error generated.", 13, 13, summary=True),
        ],
    ),
]
GREEN = [
    """\
[ 10%] Building C object CMakeFiles/shop.dir/error.c.o
error.c: In function ‘print_error’:
error.c:3:7: warning: unused variable ‘error’ [-Wunused-variable]
1 warning generated.
""",
]
