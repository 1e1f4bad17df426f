"""The program: finds the command, shows errors, decides the exit code. The one place that does either."""

from __future__ import annotations

import sys

from pitstop import __version__
from pitstop.cli.table import COMMANDS


def main() -> int:
    """Run the command line of this process and return its exit code (docs/reference/exit-codes.md)."""
    if sys.stdout is None:  # it was closed by who started us
        _to_nowhere()
    try:
        code = _answer(sys.argv[1:])
    except KeyboardInterrupt:  # before anything could be prepared for it
        return 130
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _to_nowhere()
    except OSError as error:
        from pitstop.core.errors import EXIT_SURROUNDING

        _to_nowhere()
        print(f"error: the output cannot be written: {error.strerror}", file=sys.stderr)
        return code or EXIT_SURROUNDING
    return code


def _answer(arguments: list[str]) -> int:
    if arguments[:1] in (["--version"], ["-V"]):
        print(f"pitstop {__version__}")
        return 0
    if not arguments or arguments[0] in {"--help", "-h", "help"}:
        if arguments[1:] and arguments[1] in COMMANDS:
            arguments = [arguments[1], "--help"]
        else:
            print(_help())
            return 0
    return _guarded(arguments)


def _guarded(arguments: list[str]) -> int:
    from pitstop.core.errors import EXIT_BUG, EXIT_INTERRUPT, PitstopError

    try:
        return _run(arguments)
    except PitstopError as error:
        print(error.render(), file=sys.stderr)
        return error.exit_code
    except SystemExit as end:  # of argparse
        return end.code if isinstance(end.code, int) else 0
    except KeyboardInterrupt:
        return EXIT_INTERRUPT
    except BrokenPipeError:
        _to_nowhere()
        return 0
    except Exception:  # noqa: BLE001  whatever is not a PitstopError is our own mistake, and is shown whole
        import traceback

        traceback.print_exc()
        print("error: this is a mistake in pitstop; please report it with the lines above", file=sys.stderr)
        return EXIT_BUG


def _to_nowhere() -> None:
    """Let what is still written to standard output go nowhere: the flush at exit must not fail."""
    import os

    nowhere = os.open(os.devnull, os.O_WRONLY)
    if nowhere != 1:
        os.dup2(nowhere, 1)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8")  # noqa: SIM115  for as long as the process lives


def _run(arguments: list[str]) -> int:
    import os

    from pitstop.core.errors import SurroundingError, UsageError

    while arguments and arguments[0] in {"-C", "--cwd"}:
        if len(arguments) < 2:
            raise UsageError(f"`{arguments[0]}` needs a folder")
        try:
            os.chdir(arguments[1])
        except OSError as error:
            raise UsageError(f"cannot go to `{arguments[1]}`: {error.strerror}") from error
        arguments = arguments[2:]
    if not arguments:
        print(_help())
        return 0
    name, *rest = arguments
    if name not in COMMANDS:
        from difflib import get_close_matches

        near = get_close_matches(name, COMMANDS, n=1)
        hint = f"did you mean `pitstop {near[0]}`?" if near else "`pitstop --help` lists the commands"
        raise UsageError(f"there is no command `{name}`", hint=hint)
    try:
        os.getcwd()
    except OSError as error:
        raise SurroundingError("the folder that this was called in is gone", hint="go to another one") from error
    import importlib

    module, _, function = COMMANDS[name][0].partition(":")
    return int(getattr(importlib.import_module(module), function)(rest))


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {summary}" for name, (_, summary) in COMMANDS.items()]
    return "\n".join(
        (
            "Usage: pitstop [-C FOLDER] COMMAND ...",
            "",
            "Runs a repository's pipeline fast, remembers every run, and says why one failed.",
            "",
            "Commands:",
            *lines,
            "",
            "`pitstop COMMAND --help` says more about one. `pitstop --version` tells the version.",
        )
    )
