"""Which programs the text of a command starts."""

from __future__ import annotations

import re


def command_words(command: tuple[str, ...] | str) -> tuple[str, ...]:
    """Return the programs that a command starts, as far as its text shows: the first word of each simple command."""
    if not isinstance(command, str):
        return command[:1]
    words: list[str] = []
    for simple in re.split(r"&&|\|\||[;|\n]", command):
        for word in simple.split():
            if "=" in word and not word.startswith(("=", "-")):
                continue
            if re.fullmatch(r"[A-Za-z0-9_.+-]+", word) and word not in _BUILTINS:
                words.append(word)
            break
    return tuple(dict.fromkeys(words))


_BUILTINS = frozenset(
    {"cd", "echo", "exit", "export", "set", "test", "true", "false", "exec", "if", "then", "else", "fi", "for", "do"}
    | {"done", "while", "case", "esac", "pwd", "printf", "eval", "trap", "unset", "source", ".", ":", "[", "wait"}
    | {"cat", "cp", "mv", "rm", "mkdir", "ls", "sh", "touch", "sleep"}
)
"""Words that a shell understands itself, and programs of POSIX whose version decides nothing."""
