"""Argon2's C sources as a repository: a task for each compilation, a library, a program that tests it, its run."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from tests.parts.argon2_source import argon2_source

if TYPE_CHECKING:
    from tests.support.pit import Pit, Result

SOURCES = ("argon2", "core", "encoding", "ref", "thread", "blake2/blake2b")
# Source of the vector: the reference implementation's own tests, argon2i, version 0x13.
CHECK = """\
#include <stdio.h>
#include <string.h>
#include "argon2.h"
int main(void) {
  unsigned char out[32];
  char hex[65];
  if (argon2i_hash_raw(2, 256, 1, "password", 8, "somesalt", 8, out, 32) != ARGON2_OK) return 1;
  for (int i = 0; i < 32; i++) sprintf(hex + 2 * i, "%02x", out[i]);
  puts(hex);
  return strcmp(hex, "89e9029f4637b295beb027056a7336c414fadd43f6b208645281cb214a56452f") != 0;
}
"""
TASKS = len(SOURCES) + 4


def argon(pit: Pit, url: str, *, salt: str, pause_s: float = 0.0, remote: str = "") -> Pit:
    """Write the repository; `salt` keeps its actions apart from those of other tests at the same cluster."""
    source = argon2_source()
    for part in ("src", "include"):
        shutil.copytree(source / part, pit.root / part)
    pit.write("check/check.c", CHECK).write(".gitignore", "obj/\nout/\n.pitstop/\n")
    wait = f"sleep {pause_s:g} && mkdir -p obj && " if pause_s else "mkdir -p obj && "
    rules = [f'[env]\nSALT = "{salt}"\n[remote]\nurl = "{url}"\n{remote}']
    inputs = 'inputs = ["src/**", "include/**", "check/**"]'
    objects = [f"obj/{name.replace('/', '-')}.o" for name in SOURCES]
    names = [f"compile-{name.replace('/', '-')}" for name in SOURCES]
    for name, made, source_name in zip(names, objects, SOURCES, strict=True):
        rules.append(
            f'[tasks.{name}]\ncommand = "{wait}gcc -O2 -pthread -Iinclude -c src/{source_name}.c -o {made}"\n'
            f'{inputs}\noutputs = ["{made}"]\n'
        )
    rules.append(
        f'[tasks.compile-check]\ncommand = "{wait}gcc -O2 -Iinclude -c check/check.c -o obj/check.o"\n'
        f'{inputs}\noutputs = ["obj/check.o"]\n'
        f'[tasks.archive]\ncommand = "mkdir -p out && ar rcs out/libargon2.a {" ".join(objects)}"\n{inputs}\n'
        f'depends_on = {names}\noutputs = ["out/libargon2.a"]\n'
        f'[tasks.link]\ncommand = "gcc -pthread obj/check.o out/libargon2.a -o out/check"\n{inputs}\n'
        f'depends_on = ["archive", "compile-check"]\noutputs = ["out/check"]\n'
        f'[tasks.test]\ncommand = "out/check"\n{inputs}\ndepends_on = ["link"]\n'
    )
    return pit.write("pitstop.toml", "\n".join(rules))


def ended(result: Result) -> dict[str, dict[str, Any]]:
    """Return how each task ended, by its name."""
    return {event["task"].removeprefix("//:"): event for event in result.events if event["event"] == "TaskFinished"}
