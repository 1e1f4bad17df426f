"""C and C++: which calls of a compiler are one compilation that can be done elsewhere. Pure.

Options: "Using the GNU Compiler Collection", chapter 3. What is not known for sure is left to this machine.
"""

from __future__ import annotations

from posixpath import basename, splitext

from pitstop.pipeline.execute.remote.compile.depfile import escaped
from pitstop.pipeline.execute.remote.compile.wanted import Wanted

_SOURCES = frozenset((".c", ".cc", ".cpp", ".cxx", ".c++", ".C"))
_COMPILERS = frozenset(("gcc", "cc", "g++", "c++", "clang", "clang++"))
_FOLDERS = ("-isystem", "-iquote", "-idirafter", "-I")
"""Options with a folder, joined or as the next word; the longer ones first."""
_PLAIN = ("-D", "-U")
"""Options with a text, likewise."""
_KNOWN = ("-W", "-O", "-f", "-m", "-g", "-std=", "-nostdinc", "-stdlib=")
"""How other options begin that have no further word and name no file."""
_EXACT = frozenset(("-pthread", "-pipe", "-ansi", "-pedantic", "-pedantic-errors", "-w", "-c", "-MP"))
_HERE = (
    *(
        "-fprofile",
        "-fplugin",
        "-fmodule",
        "-fdump",
        "-fsanitize-",
        "-fcoverage",
        "-fauto-profile",
        "-fpch",
        "-fcs-profile",
    ),
    *("-march=native", "-mtune=native", "-mcpu=native", "-gsplit-dwarf", "-Wp,", "-Wa,", "-Wl,", "-ftest-coverage"),
    *(
        "-fopt-info",
        "-fsave-optimization-record",
        "-fdiagnostics-add-output",
        "-foptimization-record",
        "-ffile-prefix-map",
        "-fdebug-prefix-map",
        "-fmacro-prefix-map",
    ),
    *("-fcallgraph-info", "-fstack-usage", "-frecord-gcc-switches", "-fworking-directory", "-mllvm"),
    *("-ftime-trace", "-fbranch-probabilities", "-fpass-plugin", "-fthinlto-index", "-frandomize-layout-seed-file"),
    *("-fdiagnostics-format=json-file", "-fdiagnostics-format=sarif-file"),
)
"""How options begin that read or write more files, or mean this machine."""


def is_compiler(program: str) -> bool:
    """Return whether a program is a C or C++ compiler by its name: `gcc`, `gcc-12`, `x86_64-linux-gnu-g++`."""
    name = basename(program)
    while name and (name[-1].isdigit() or name[-1] in ".-"):
        name = name[:-1]
    return name.rpartition("-")[2] in _COMPILERS


def understood(argv: tuple[str, ...]) -> Wanted | None:
    """Return the compilation that `argv` asks for; None: leave it to this machine."""
    if "-c" not in argv:
        return None
    source = output = depfile = target = ""
    sent: list[str] = [argv[0]]
    scan: list[str] = [argv[0]]
    paths: list[int] = []
    fronts: list[int] = []
    folders: list[str] = []
    depends = ""
    words = iter(argv[1:])
    for word in words:
        value = ""
        option = next((one for one in (*_FOLDERS, *_PLAIN) if word.startswith(one)), "")
        if option or word in {"-o", "-include", "-MF", "-MT", "-MQ"}:
            option = option or word
            joined = word != option
            value = word[len(option) :] if joined else next(words, "")
            if not value:
                return None
            if word == "-o":
                output = value
                continue
            if word == "-MF":
                depfile = value
                continue
            if word in {"-MT", "-MQ"}:
                if target:
                    return None
                target = value if word == "-MT" else escaped(value)
                continue
            if option in _FOLDERS:
                if value[0] == "=":
                    return None  # below a root of the system
                folders.append(value)
            scan += [word] if joined else [word, value]
            sent += [word] if joined else [word, value]
            if option in _FOLDERS or option == "-include":
                paths.append(len(sent) - 1)
                fronts.append(len(option) if joined else 0)
        elif word in {"-MD", "-MMD"}:
            depends = word
        elif not word.startswith("-"):
            if source or splitext(word)[1] not in _SOURCES:
                return None
            source = word
        elif word.startswith(_HERE) or not (word in _EXACT or word.startswith(_KNOWN)):
            return None
        elif word != "-MP":
            sent.append(word)
            if word != "-c":
                scan.append(word)
    if not source or source.startswith("-"):
        return None
    output = output or f"{splitext(basename(source))[0]}.o"
    if depends:
        depfile = depfile or f"{splitext(output)[0]}.d"
    elif depfile or "-MP" in argv or target:
        return None
    sent += [source, "-o", output]
    paths += [len(sent) - 3, len(sent) - 1]
    fronts += [0, 0]
    return Wanted(
        tuple(sent),
        tuple(paths),
        tuple(fronts),
        (output,),
        tuple(folders),
        (*scan, "-M", "-MT", "it", source),
        depfile=depfile,
        target=target or escaped(output),
        phony="-MP" in argv,
        system=depends == "-MD",
        variables=("SOURCE_DATE_EPOCH",),
    )


READ = (
    "CPATH",
    "C_INCLUDE_PATH",
    "CPLUS_INCLUDE_PATH",
    "DEPENDENCIES_OUTPUT",
    "SUNPRO_DEPENDENCIES",
    "GCC_EXEC_PREFIX",
    "COMPILER_PATH",
    "CCC_OVERRIDE_OPTIONS",
)
"""Variables that change what a compiler reads or writes: with one of them it runs here."""
