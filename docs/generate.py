"""Write `docs/reference/` from the code: `python docs/generate.py`; `--check` only says whether it is right."""

from __future__ import annotations

import argparse
import importlib
import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pitstop.cli.table import COMMANDS
from pitstop.core import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

REFERENCE = Path(__file__).parent / "reference"
ELSEWHERE = {"cache-faults.md"}
"""Pages that tests write."""
NOTE = "<!-- Written by docs/generate.py from {source}: change it there. -->\n"


def pages() -> dict[str, str]:
    """Return the text of each generated page by its path below `docs/reference/`."""
    from pitstop.explain.report.reference import findings_reference as findings
    from pitstop.pipeline.settings.reference import reference as configuration
    from pitstop.records.reference import events_reference as events

    found = {
        "README.md": contents(),
        "configuration.md": head("src/pitstop/pipeline/settings/") + configuration(),
        "events.md": head("src/pitstop/core/events.py") + events(),
        "findings.md": head("src/pitstop/core/finding.py") + findings(),
        "exit-codes.md": head("src/pitstop/core/errors.py") + exit_codes(),
    }
    return found | {f"commands/{name}.md": command(name) for name in COMMANDS}


def head(source: str) -> str:
    """Return the line that says where a page comes from."""
    return NOTE.format(source=f"`{source}`") + "\n"


def contents() -> str:
    """Return the list of all pages."""
    rows = [f"| [`pitstop {name}`](commands/{name}.md) | {summary} |" for name, (_, summary) in COMMANDS.items()]
    return "\n".join(
        [
            head("src/pitstop/cli/table.py")
            + "# Reference\n\n## Commands\n\n| command | what it does |\n| --- | --- |",
            *rows,
            "\n`pitstop -C FOLDER COMMAND` works as if started in that folder, `pitstop COMMAND --help` shows a page in short,",
            "and `pitstop --version` tells the version.\n\n## Formats\n",
            "- [Configuration](configuration.md), also as a [JSON Schema](pitstop.schema.json) for editors.",
            "- [Events](events.md): the stream of a run, on disk and with `--output json`.",
            "- [Findings](findings.md): what `pitstop explain --json` prints.",
            "- [Exit codes](exit-codes.md).",
            "\n## Behaviour\n",
            "- [What happens when a shared cache fails](cache-faults.md), as tests see it.",
            "",
        ]
    )


def parser_of(name: str) -> argparse.ArgumentParser:
    """Return the parser of a command: the function `parser` of its module."""
    module = importlib.import_module(COMMANDS[name][0].partition(":")[0])
    made = module.parser()
    assert isinstance(made, argparse.ArgumentParser)
    return made


def command(name: str) -> str:
    """Return the page of one command, with a section for each of its own commands."""
    module = COMMANDS[name][0].partition(":")[0]
    source = head(f"src/{module.replace('.', '/')}.py")
    more = getattr(importlib.import_module(module), "more_parsers", list)
    parts = [*sections(parser_of(name), level=1), *(part for inner in more() for part in sections(inner, level=2))]
    return source + "\n\n".join(parts) + "\n"


def sections(parser: argparse.ArgumentParser, level: int) -> Iterator[str]:
    """Yield the section of `parser`, then those of its sub-commands."""
    yield "#" * level + f" `{parser.prog}`"
    if parser.description:
        yield parser.description.strip()
    yield f"```text\n{usage(parser)}\n```"
    tables: dict[str, list[str]] = {}
    below: list[argparse.ArgumentParser] = []
    for group in parser._action_groups:  # noqa: SLF001  argparse has no other way to ask
        title = "" if group.title in {"options", "positional arguments"} else group.title or ""
        for action in group._group_actions:  # noqa: SLF001
            if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
                below += list(dict.fromkeys(action.choices.values()))
            elif is_shown(action):
                tables.setdefault(title, []).append(f"| {words(action)} | {meaning(parser, action)} |")
    for title, rows in tables.items():
        if title:
            yield f"{'#' * (level + 1)} {title[:1].upper()}{title[1:]}"
        yield "| argument | meaning |\n| --- | --- |\n" + "\n".join(rows)
    if parser.epilog:
        yield inspect.cleandoc(parser.epilog)
    for inner in below:
        yield from sections(inner, level + 1)


def is_shown(action: argparse.Action) -> bool:
    """Return whether an argument is one that people are told of; `--help` goes without saying."""
    return action.help != argparse.SUPPRESS and not isinstance(action, argparse._HelpAction)  # noqa: SLF001


def usage(parser: argparse.ArgumentParser) -> str:
    """Return how the command is typed; not argparse's own text, whose line breaks depend on Python's version."""
    typed = [parser.prog]
    actions = [action for action in parser._actions if is_shown(action)]  # noqa: SLF001
    if any(action.option_strings for action in actions):
        typed.append("[OPTION ...]")
    for action in actions:
        if not action.option_strings:
            name = str(action.metavar or action.dest.upper())
            forms = {"?": f"[{name}]", "*": f"[{name} ...]", "+": f"{name} ...", argparse.PARSER: f"{name} ..."}
            typed.append(forms.get(str(action.nargs), name))
    return " ".join(typed)


def words(action: argparse.Action) -> str:
    """Return what is typed for one argument."""
    metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if action.choices is not None and action.metavar is None:
        metavar = "{" + ",".join(map(str, action.choices)) + "}"
    if not action.option_strings:
        return f"`{metavar}`"
    value = "" if action.nargs == 0 else f" {metavar}"
    return ", ".join(f"`{option}{value}`" for option in action.option_strings)


def meaning(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    """Return what one argument means, as `--help` says it."""
    text = (action.help or "") % {**vars(action), "prog": parser.prog}
    return text.replace("|", "\\|").replace("\n", " ")


def exit_codes() -> str:
    """Return the page of exit codes: the constants of `core/errors.py`, and which errors end with each."""
    meanings = {
        "EXIT_OK": "Everything that was asked for passed.",
        "EXIT_FAILED": "The pipeline failed: a task ended with `failure`, `error` or `timeout`.",
        "EXIT_USAGE": "Wrong use: the command line, a configuration file, or a repository that makes no plan.",
        "EXIT_SURROUNDING": "The surroundings are broken: disk, network, a permission, a missing tool.",
        "EXIT_BUG": "A bug of pitstop. It comes with a traceback that we would like to see.",
        "EXIT_INTERRUPT": "Interrupted (Ctrl-C); what ran was stopped.",
    }
    codes = {name: value for name, value in vars(errors).items() if name.startswith("EXIT_")}
    missing = codes.keys() ^ meanings.keys()
    assert not missing, f"say in docs/generate.py what these mean: {sorted(missing)}"
    rows = [f"| {value} | {meanings[name]} |" for name, value in codes.items()]
    lines = ["# Exit codes", "", "| code | meaning |", "| --- | --- |", *rows, ""]
    lines += ["Errors go to standard error, as one line that says what is wrong and where, and one that says how to"]
    lines += ["mend it:", "", "```text", "error: there is no task `biuld`", "hint: did you mean `build`?", "```", ""]
    return "\n".join(lines)


def main(argv: list[str]) -> int:
    """Write the pages, or compare them; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is not what it should")
    check = parser.parse_args(argv).check
    wanted = pages()
    there = {path.relative_to(REFERENCE).as_posix() for path in REFERENCE.glob("**/*.md")}
    wrong = sorted(name for name in wanted if not _same(REFERENCE / name, wanted[name]))
    stale = sorted(there - wanted.keys() - ELSEWHERE)
    for name in wrong:
        print(f"{'differs' if check else 'written'}: docs/reference/{name}")
        if not check:
            (REFERENCE / name).parent.mkdir(parents=True, exist_ok=True)
            (REFERENCE / name).write_text(wanted[name])
    for name in stale:
        print(f"{'of no use' if check else 'removed'}: docs/reference/{name}")
        if not check:
            (REFERENCE / name).unlink()
    if check and (wrong or stale):
        print("to mend it: python docs/generate.py")
        return 1
    return 0


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
