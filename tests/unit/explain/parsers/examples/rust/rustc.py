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
  |
help: try using a conversion method
  |
2 |     prices.iter().sum::<u32>().to_string()
  |                               ++++++++++++

error[E0599]: no method named `unwrapp` found for type `u32` in the current scope
 --> src/lib.rs:6:15
  |
6 |     prices[0].unwrapp()
  |               ^^^^^^^ method not found in `u32`

Some errors have detailed explanations: E0308, E0599.
For more information about an error, try `rustc --explain E0308`.
error: could not compile `shop` (lib) due to 2 previous errors
""",
        [
            Failure("rustc", "compile", "mismatched types", 2, 13, Place("src/lib.rs", 2, 5), code="E0308"),
            Failure(
                "rustc",
                "compile",
                "no method named `unwrapp` found for type `u32` in the current scope",
                15,
                19,
                Place("src/lib.rs", 6, 15),
                code="E0599",
            ),
            Failure(
                "rustc", "compile", "could not compile `shop` (lib) due to 2 previous errors", 23, 23, summary=True
            ),
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
        [
            Failure(
                "clippy",
                "style",
                "unneeded `return` statement",
                2,
                8,
                Place("src/lib.rs", 12, 5),
                code="needless_return",
            )
        ],
    ),
    (
        """\
{"reason":"compiler-message","message":{"rendered":"error[E0599]: no method\\n","$message_type":"diagnostic","children":[],"level":"error","message":"no method named `unwrapp` found for type `u32` in the current scope","spans":[{"byte_end":134,"byte_start":127,"column_end":22,"column_start":15,"file_name":"src/lib.rs","is_primary":true,"label":"method not found in `u32`","line_end":6,"line_start":6}],"code":{"code":"E0599","explanation":null}}}
{"reason":"build-finished","success":false}
""",
        [
            Failure(
                "rustc",
                "compile",
                "no method named `unwrapp` found for type `u32` in the current scope",
                1,
                1,
                Place("src/lib.rs", 6, 15),
                code="E0599",
            )
        ],
    ),
    (
        """\
src/main.rs:3:5: 3:9 error: mismatched types [E0308]
src/main.rs:3     till
                  ^~~~
error: aborting due to previous error
""",
        [
            Failure("rustc", "compile", "mismatched types", 1, 1, Place("src/main.rs", 3, 5), code="E0308"),
            Failure("rustc", "compile", "aborting due to previous error", 4, 4, summary=True),
        ],
    ),
    (
        """\
error: unexpected character 'x' while parsing major version number
 --> Cargo.toml:3:11
  |
3 | version = "x"
  |           ^^^
""",
        [
            Failure(
                "cargo",
                "configuration",
                "unexpected character 'x' while parsing major version number",
                1,
                5,
                Place("Cargo.toml", 3, 11),
            )
        ],
    ),
    (
        """\
   Compiling dock v0.1.0 (/home/ada/dock)
error[E0463]: can't find crate for `std`
  |
  = note: the `wasm32-unknown-unknown` target may not be installed
  = help: consider downloading the target with `rustup target add wasm32-unknown-unknown`

For more information about this error, try `rustc --explain E0463`.
error: could not compile `dock` (lib) due to 1 previous error
""",
        [
            Failure("rustc", "configuration", "can't find crate for `std`", 2, 4, code="E0463"),
            Failure("rustc", "compile", "could not compile `dock` (lib) due to 1 previous error", 8, 8, summary=True),
        ],
    ),
]
GREEN = [
    """\
   Compiling error-chain v0.12.4
   Compiling shop v0.1.0 (/src/shop)
warning: unused variable: `error`
 --> src/lib.rs:1:5
    Finished `dev` profile in 0.30s
""",
]
