"""Rust: the compiler and its lints, cargo and rustup, tests under libtest and nextest, rustfmt."""
