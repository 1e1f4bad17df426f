"""Which words a log must hold for a parser to be loaded, and which it wants to find: data only, read for every log."""

from __future__ import annotations

ANCHORS: dict[str, tuple[str, str]] = {
    # Module in this folder: (words of which one must occur for it to be loaded, more words whose positions it asks for).
    # Lower case, as `words.words_of` cuts them: `src/lib.rs:3` is `src`, `lib`, `rs`, `3`; `ERR_PNPM_X` is one word.
    "rust.rustc": ("rs rustc cargo", "error"),
    "rust.cargo": ("cargo rustup rustfmt rustc crates custom linking linker toolchain", "error diff"),
    "rust.tests": (
        "panicked cargo nextest",
        "stdout stderr failed fail sigabrt sigsegv sigkill sigill sigbus abort timeout",
    ),
    "native.compilers": (
        (
            "c cc cpp cxx h hh hpp hxx m mm cu cuh inl tcc ipp inc s asm pyx xs y l generated gcc clang cl "
            "addresssanitizer leaksanitizer memorysanitizer undefinedbehaviorsanitizer threadsanitizer assertion killed"
        ),
        "error errors warnings summary",
    ),
    "native.link": (
        "ld lld mold wasm link lnk1120 reference definition duplicate architecture",
        "undefined symbol symbols find returned error",
    ),
    "native.cmake": (
        "cmake configure meson aclocal automake autoconf autoreconf autom4te libtoolize autopoint libtool",
        "configuring ac am m4",
    ),
    "native.make": (
        "make gmake mingw32 bmake nmake ninja bazel bzl stop",
        "makefile mk failed fail build test_suite timeout complete tests not",
    ),
    "native.tests": (
        "gtest ctest catch2 testsuite ms boost doctest detected cases test require check",
        "failed failure error errors fail tests xpass",
    ),
    "jvm.javac": (
        "java kt kts scala groovy gradle sbt lint",
        (
            "error errors failed test found unresolved resolveexception download testsfailedexception compilation xml "
            "munitexception munit failexception comparisonfailexception"
        ),
    ),
    "jvm.maven": (
        "maven mvn pom goal",
        (
            "java kt groovy scala xml properties js non parent resolvable project reading model malformed poms compilation "
            "rule bug spotbugs findbugs build checkstyle help"
        ),
    ),
    "jvm.surefire": (
        "surefire failsafe junit testng run java kt scala groovy gradle",
        "failure error failed failures errors",
    ),
    "jvm.gradle": ("gradle gradlew wrong", "failed failure"),
}
