"""The lines of a log as columns, while the markup is taken out of them."""

from __future__ import annotations

from typing import TypeVar

_Value = TypeVar("_Value", str, float)


class Columns:
    """Texts that change, and what is found on the way; positions count from 0."""

    def __init__(self, texts: list[str], raws: list[str]) -> None:
        self.texts = texts
        self.raws = raws
        self.marks: dict[int, str] = {}
        self.times: dict[int, float] = {}
        self._turns: list[tuple[int, str]] = []

    def mark(self, at: int, mark: str, text: str) -> None:
        """Say what the line at `at` is, and its text without the markup."""
        self.marks[at] = mark
        self.texts[at] = text

    def turn(self, at: int, step: str) -> None:
        """Say that `step` begins at the line at `at`; empty: none."""
        self._turns.append((at, step))

    def filled(self, known: dict[int, _Value], otherwise: _Value) -> list[_Value]:
        """Return what is known, line by line; nothing when nothing is known."""
        if not known:
            return []
        column = [otherwise] * len(self.texts)
        for at, value in known.items():
            column[at] = value
        return column

    def steps(self) -> list[str]:
        """Return the step of each line, or nothing when there are none."""
        if not self._turns:
            return []
        turns = sorted(self._turns, key=lambda turn: turn[0])
        column = [""] * turns[0][0]
        for (_, step), (end, _) in zip(turns, [*turns[1:], (len(self.texts), "")], strict=True):
            column += [step] * (end - len(column))
        return column[: len(self.texts)] + [""] * (len(self.texts) - len(column))
