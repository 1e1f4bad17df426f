"""Sets of characters as bits: 128 for ASCII and one for whatever is beyond it."""

from __future__ import annotations

from functools import cache
from typing import Any

BEYOND = 1 << 128
EVERY = (1 << 129) - 1


def _bits(text: str) -> int:
    return sum(1 << ord(char) for char in set(text))


WORD = _bits("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") | BEYOND
"""What belongs to a word, as `explain.words` cuts them."""
_DIGIT = _bits("0123456789") | BEYOND
_SPACE = _bits(" \t\n\r\f\v\x1c\x1d\x1e\x1f") | BEYOND
_CATEGORIES = {
    "CATEGORY_DIGIT": _DIGIT,
    "CATEGORY_NOT_DIGIT": EVERY & ~_DIGIT | BEYOND,
    "CATEGORY_SPACE": _SPACE,
    "CATEGORY_NOT_SPACE": EVERY & ~_SPACE | BEYOND,
    "CATEGORY_WORD": WORD,
    "CATEGORY_NOT_WORD": EVERY & ~WORD | BEYOND,
}


@cache
def bit(char: int, *, any_case: bool = False) -> int:
    """Return the set of the one character with the number `char`, with `any_case` in both cases."""
    if char > 127:
        return BEYOND
    bits = 1 << char
    if any_case and chr(char).isalpha():
        bits |= 1 << ord(chr(char).swapcase())
        if chr(char).lower() in "ksi":  # the Kelvin sign, the long s and the dotless i are equal to these
            bits |= BEYOND
    return bits


def set_of(node: Any, *, any_case: bool = False) -> int:
    """Return what a node of a parsed pattern that stands for one character may be; rather too much than too little."""
    name, value = str(node[0]), node[1]
    if name == "LITERAL":
        return bit(value, any_case=any_case)
    if name == "NOT_LITERAL":
        return EVERY & ~bit(value) | BEYOND
    if name != "IN":
        return EVERY
    bits = 0
    negated = False
    for item, what in value:
        kind = str(item)
        if kind == "NEGATE":
            negated = True
        elif kind == "LITERAL":
            bits |= bit(what, any_case=any_case)
        elif kind == "RANGE":
            low, high = what
            for char in range(low, min(high, 127) + 1):
                bits |= bit(char, any_case=any_case)
            bits |= BEYOND if high > 127 else 0
        elif kind == "CATEGORY":
            bits |= _CATEGORIES.get(str(what), EVERY)
    return EVERY & ~bits | BEYOND if negated else bits
