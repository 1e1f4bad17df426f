"""setup.py and setup.cfg: what can be read without running them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pitstop.pipeline.detect.draft import at

if TYPE_CHECKING:
    import ast

    from pitstop.pipeline.files import Files


_BUILDERS = re.compile(r"\b(?:setuptools|distutils|skbuild)")


class Setup(NamedTuple):
    """What setup.py or setup.cfg declares in plain words."""

    name: str | None
    requires: list[str]
    extras: dict[str, list[str]]
    is_native: bool
    """It builds extension modules."""
    crates: list[str]
    """Paths of Cargo.toml files that it names."""


def read_setup(files: Files, folder: str) -> Setup | None:
    """Return what setup.py and setup.cfg in `folder` declare, or None where neither makes a project."""
    source = _read(files, at(folder, "setup.py"))
    if at(folder, "__init__.py") in files and not _BUILDERS.search(source):
        source = ""  # a module of a package that happens to be called so
    settings = _read(files, at(folder, "setup.cfg"))
    by_settings = "[metadata]" in settings or "[options]" in settings
    if not source and not by_settings:
        return None
    found = Setup(None, [], {}, is_native=False, crates=[])
    if by_settings:
        found = _from_settings(settings, found)
    if source:
        found = _from_source(source, found)
    return found


def _read(files: Files, path: str) -> str:
    data = files.read(path) if path in files else None
    return "" if data is None else data.decode("utf-8", "replace")


def _from_settings(text: str, found: Setup) -> Setup:
    import configparser

    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return found
    name = parser.get("metadata", "name", fallback=None)
    requires = parser.get("options", "install_requires", fallback="").splitlines()
    extras = dict(parser.items("options.extras_require")) if parser.has_section("options.extras_require") else {}
    return found._replace(
        name=name,
        requires=[line.strip() for line in requires if line.strip()],
        extras={key: [line.strip() for line in value.splitlines() if line.strip()] for key, value in extras.items()},
    )


def _from_source(text: str, found: Setup) -> Setup:
    import ast
    import warnings

    crates = re.findall(r"[\"']([\w./-]*Cargo\.toml)[\"']", text)
    native = bool(re.search(r"\b(?:ext_modules|rust_extensions|cffi_modules|cythonize|CMakeExtension)\b", text))
    found = found._replace(crates=crates, is_native=native)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # old escapes in the file of someone else
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return found
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) in {"setup", "setuptools.setup"}
    ]
    for keyword in (keyword for call in calls for keyword in call.keywords):
        value = _literal(keyword.value)
        if keyword.arg == "name" and isinstance(value, str):
            found = found._replace(name=value)
        elif keyword.arg == "install_requires" and isinstance(value, (list, tuple)):
            found = found._replace(requires=[item for item in value if isinstance(item, str)])
        elif keyword.arg == "extras_require" and isinstance(value, dict):
            extras = {key: items for key, items in value.items() if isinstance(items, (list, tuple))}
            found = found._replace(
                extras={str(key): [item for item in items if isinstance(item, str)] for key, items in extras.items()}
            )
    return found


def _called(node: ast.Call) -> str:
    import ast

    try:
        return ast.unparse(node.func)
    except (ValueError, RecursionError):
        return ""


def _literal(node: ast.expr) -> object:
    import ast

    try:
        value: object = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return value
