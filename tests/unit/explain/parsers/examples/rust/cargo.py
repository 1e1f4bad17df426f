"""Logs of cargo, rustup and rustfmt."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
error: failed to get `till` as a dependency of package `shop v0.1.0 (/src/shop)`

Caused by:
  failed to load source for dependency `till`

Caused by:
  failed to read `/src/till/Cargo.toml`

Caused by:
  No such file or directory (os error 2)
""",
        [
            Failure(
                "cargo",
                "package",
                "failed to get `till` as a dependency of package `shop v0.1.0 (/src/shop)`: No such file or directory (os error 2)",
                1,
                10,
            )
        ],
    ),
    (
        """\
    Updating crates.io index
error: no matching package named `till` found
location searched: crates.io index
required by package `shop v0.1.0 (/src/shop)`
""",
        [Failure("cargo", "package", "no matching package named `till` found", 2, 2)],
    ),
    (
        """\
   Compiling shop v0.1.0 (/src/shop)
error: linking with `cc` failed: exit status: 1
  |
  = note:  "cc" "-m64" "/src/target/debug/deps/rustcAuwQz7/symbols.o" "/src/target/debug/deps/x-d9e7.x.04h8.rcgu.o"
  = note: some arguments are omitted. use `--verbose` to show all linker arguments
  = note: rust-lld: error: undefined symbol: pay
          >>> referenced by x.rs:1 (src/bin/x.rs:1)
          >>>               /src/target/debug/deps/x-d9e7cdc427930c05.rcgu.o:(x::main::h3bb3b5619b1b630c)
          collect2: error: ld returned 1 exit status


error: could not compile `shop` (bin "x") due to 1 previous error
""",
        [
            Failure("rustc", "link", "linking with `cc` failed: exit status: 1", 2, 2),
            Failure("ld", "link", "undefined symbol: pay", 6, 8),
            Failure("ld", "link", "collect2: error: ld returned 1 exit status", 9, 9, summary=True),
            Failure(
                "rustc", "compile", 'could not compile `shop` (bin "x") due to 1 previous error', 12, 12, summary=True
            ),
        ],
    ),
    (
        """\
   Compiling shop v0.1.0 (/src/shop)
error: failed to run custom build command for `shop v0.1.0 (/src/shop)`
note: To improve backtraces for build dependencies, set the CARGO_PROFILE_DEV_BUILD_OVERRIDE_DEBUG=true environment variable to enable debug information generation.

Caused by:
  process didn't exit successfully: `/src/target/debug/build/shop-d0b4d8f419bd1c92/build-script-build` (exit status: 101)
  --- stderr

  thread 'main' (29118) panicked at build.rs:1:28:
  no till found
  note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
""",
        [
            Failure("cargo", "build", "failed to run custom build command for `shop v0.1.0 (/src/shop)`", 2, 2),
            Failure("rust", "crash", "no till found", 9, 10, Place("build.rs", 1, 28)),
        ],
    ),
    (
        """\
$ cargo fmt --check
Diff in /src/shop/src/lib.rs:8:
 /// ```
 pub fn total(prices: &[u32]) -> u32 {
     let mut t = 0;
-    for i in 0..prices.len() { t += prices[i]; }
+    for i in 0..prices.len() {
+        t += prices[i];
+    }
""",
        [Failure("rustfmt", "style", "Diff in /src/shop/src/lib.rs:8", 2, 9, Place("/src/shop/src/lib.rs", 8))],
    ),
    (
        """\
$ cargo +nightly build
error: toolchain 'nightly-x86_64-unknown-linux-gnu' is not installed
""",
        [Failure("rustup", "configuration", "toolchain 'nightly-x86_64-unknown-linux-gnu' is not installed", 2, 2)],
    ),
    (
        """\
error: internal compiler error: unexpected region
note: rustc 1.70.0 running on x86_64-unknown-linux-gnu
""",
        [Failure("rustc", "crash", "internal compiler error: unexpected region", 1, 1)],
    ),
]
GREEN = [
    """\
    Updating crates.io index
 Downloading crates ...
  Downloaded error-code v2.3.1
    Finished `release` profile [optimized] target(s) in 12.31s
""",
]
