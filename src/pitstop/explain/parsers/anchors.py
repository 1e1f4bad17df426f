"""Which words a log must hold for a parser to be loaded, and which it wants to find: data only, read for every log."""

from __future__ import annotations

ANCHORS: dict[str, tuple[str, str]] = {
    # Module in this folder: (words of which one must occur for it to be loaded, more words whose positions it asks for).
    # Lower case, as `words.words_of` cuts them: `src/lib.rs:3` is `src`, `lib`, `rs`, `3`; `ERR_PNPM_X` is one word.
    "rust.rustc": ("rs rustc cargo", "error"),
}
