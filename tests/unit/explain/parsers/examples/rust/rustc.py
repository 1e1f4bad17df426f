"""Logs of rustc and clippy."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
   Compiling shop v0.1.0 (/src/shop)
error[E0308]: mismatched types
 --> src/lib.rs:2:5
  |
1 | pub fn total(prices: &[u32]) -> String {
  |                                 ------ expected `String` because of return type
2 |     prices.iter().sum::<u32>()
  |     ^^^^^^^^^^^^^^^^^^^^^^^^^^ expected `String`, found `u32`

For more information about this error, try `rustc --explain E0308`.
error: could not compile `shop` (lib) due to 1 previous error
""",
        [
            Failure("rustc", "compile", "mismatched types", 2, 8, Place("src/lib.rs", 2, 5), "E0308"),
            Failure("rustc", "compile", "could not compile `shop` (lib) due to 1 previous error", 11, 11, summary=True),
        ],
    ),
    (
        """\
    Checking shop v0.1.0 (/src/shop)
error: unneeded `return` statement
  --> src/lib.rs:12:5
   |
12 |     return t;
   |     ^^^^^^^^
   |
   = help: for further information visit https://rust-lang.github.io/rust-clippy/rust-1.95.0/index.html#needless_return
""",
        [Failure("clippy", "style", "unneeded `return` statement", 2, 8, Place("src/lib.rs", 12, 5), "needless_return")],
    ),
]
GREEN = ["   Compiling shop v0.1.0 (/src/shop)\n    Finished `dev` profile in 0.30s\n"]
