"""Logs of CMake, autotools and Meson."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
-- Detecting C compile features - done
CMake Error at CMakeLists.txt:3 (find_package):
  By not providing "FindTill.cmake" in CMAKE_MODULE_PATH this project has
  asked CMake to find a package configuration file provided by "Till", but
  CMake did not find one.

  Could not find a package configuration file provided by "Till" with any of
  the following names:

    TillConfig.cmake
    till-config.cmake


-- Configuring incomplete, errors occurred!
See also "/src/b/CMakeFiles/CMakeOutput.log".
""",
        [
            Failure(
                "cmake",
                "package",
                'By not providing "FindTill.cmake" in CMAKE_MODULE_PATH this project has asked CMake to find a package configuration file provided by "Till", but CMake did not find one.',
                2,
                11,
                Place("CMakeLists.txt", 3),
            ),
            Failure("cmake", "configuration", "Configuring incomplete, errors occurred!", 14, 14, summary=True),
        ],
    ),
    (
        """\
CMake Error: The source directory "/src" does not appear to contain CMakeLists.txt.
Specify --help for usage, or press the help button on the CMake GUI.
""",
        [
            Failure(
                "cmake", "configuration", 'The source directory "/src" does not appear to contain CMakeLists.txt.', 1, 1
            )
        ],
    ),
    (
        """\
CMake Error at /usr/share/cmake/Modules/FindPackageHandleStandardArgs.cmake:137 (message):
  Could NOT find ZLIB (missing: ZLIB_LIBRARY ZLIB_INCLUDE_DIR)
Call Stack (most recent call first):
  /usr/share/cmake/Modules/FindZLIB.cmake:120 (FIND_PACKAGE_HANDLE_STANDARD_ARGS)
  CMakeLists.txt:12 (find_package)


""",
        [
            Failure(
                "cmake",
                "package",
                "Could NOT find ZLIB (missing: ZLIB_LIBRARY ZLIB_INCLUDE_DIR)",
                1,
                5,
                Place("/usr/share/cmake/Modules/FindPackageHandleStandardArgs.cmake", 137),
            )
        ],
    ),
    (
        """\
checking for till... no
configure: error: Package requirements (till >= 2) were not met:
""",
        [Failure("configure", "configuration", "Package requirements (till >= 2) were not met:", 2, 2)],
    ),
    (
        """\
configure.ac:12: error: possibly undefined macro: AC_TILL
      If this token and others are legitimate, please use m4_pattern_allow.
autoreconf: /usr/bin/autoconf failed with exit status: 1
""",
        [
            Failure("autoconf", "configuration", "possibly undefined macro: AC_TILL", 1, 2, Place("configure.ac", 12)),
            Failure("autoconf", "configuration", "/usr/bin/autoconf failed with exit status: 1", 3, 3, summary=True),
        ],
    ),
    (
        """\
meson.build:3:0: ERROR: Dependency "till" not found, tried pkgconfig and cmake
""",
        [
            Failure(
                "meson",
                "package",
                'Dependency "till" not found, tried pkgconfig and cmake',
                1,
                1,
                Place("meson.build", 3),
            )
        ],
    ),
]
GREEN = [
    """\
$ cmake -S . -B b
-- Performing Test HAVE_ERROR - Failed
-- Configuring done (0.3s)
checking for error... no
""",
]
