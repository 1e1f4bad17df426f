"""Rules for make that say what a file is made of, as compilers print them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def parse(text: str) -> list[str]:
    r"""Return what the first rule of `text` depends on: `\ ` is a blank, `\#` a hash, `$$` a dollar sign."""
    _, _, rest = text.replace("\\\n", " ").partition(":")
    rest = rest.split("\n", 1)[0]
    found: list[str] = []
    word = ""
    index = 0
    while index < len(rest):
        character, after = rest[index], rest[index + 1 : index + 2]
        if (character == "\\" and after and after in " #") or (character == "$" and after == "$"):
            word += after
            index += 2
            continue
        if character in " \t":
            if word:
                found.append(word)
            word = ""
        else:
            word += character
        index += 1
    return [*found, word] if word else found


def written(target: str, paths: Sequence[str], *, phony: bool) -> str:
    """Return the rule that `target`, as make wants it, depends on `paths`; with `phony` an empty one for each but the first, the source."""
    names = [escaped(path) for path in paths]
    lines = [f"{target}: " + " \\\n ".join(names)]
    if phony:
        lines += [f"\n{name}:" for name in names[1:]]
    return "\n".join(lines) + "\n"


def escaped(path: str) -> str:
    """Return a path as make wants it in a rule."""
    return path.replace("$", "$$").replace(" ", "\\ ").replace("#", "\\#")
