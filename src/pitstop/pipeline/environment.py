"""The environment variables of a task: only what is declared, and what no program can do without."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pitstop.core.package import Package
    from pitstop.core.task import Task

PASSED = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "COLORTERM", "TZ", "LANG", "LANGUAGE", "LC_*"),
    *("TMPDIR", "TMP", "TEMP", "XDG_*", "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "SSH_AUTH_SOCK"),
    *("http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO"),
    *("CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "CARGO_TARGET_DIR", "CARGO_REGISTRIES_*", "CARGO_HTTP_*"),
    *(
        "CARGO_NET_*",
        "GOPATH",
        "GOMODCACHE",
        "GOCACHE",
        "GOPROXY",
        "GOSUMDB",
        "GONOSUMDB",
        "GOPRIVATE",
        "GOFLAGS",
        "GOROOT",
    ),
    *("PYENV_ROOT", "PYENV_VERSION", "VIRTUAL_ENV", "PIP_*", "UV_*", "NVM_DIR", "VOLTA_HOME", "FNM_*", "JAVA_HOME"),
    *(
        "npm_config_*",
        "NPM_CONFIG_*",
        "pnpm_config_*",
        "PNPM_CONFIG_*",
        "PNPM_HOME",
        "COREPACK_*",
        "YARN_*",
        "BUN_INSTALL",
        "PLAYWRIGHT_BROWSERS_PATH",
    ),
    *("SDKROOT", "DEVELOPER_DIR", "MACOSX_DEPLOYMENT_TARGET", "LD_LIBRARY_PATH", "PKG_CONFIG_PATH", "CC", "CXX"),
    *("SystemRoot", "ComSpec", "PATHEXT", "APPDATA", "LOCALAPPDATA", "USERPROFILE", "ProgramFiles*"),
    *("DOCKER_HOST", "CI", "GITHUB_ACTIONS"),
)
"""Names that every task gets when they are set. They are part of no key: they say where things are, not what they are.
A `*` at the end matches a prefix."""

KEYED = (
    "CC",
    "CXX",
    "CARGO_BUILD_*",
    "CARGO_PROFILE_*",
    "CARGO_ENCODED_RUSTFLAGS",
    "RUSTFLAGS",
    "GOFLAGS",
    "GOOS",
    "GOARCH",
    "CGO_ENABLED",
)
"""Names that change what compilers make; passed on, and part of every key when they are set."""


def chosen(environ: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Return those variables of `environ` that `names` lists, a `*` at the end matching a prefix."""
    found: dict[str, str] = {}
    for name in names:
        if name.endswith("*"):
            found.update((key, value) for key, value in environ.items() if key.startswith(name[:-1]))
        elif name in environ:
            found[name] = environ[name]
    return found


def base(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that every task of a run gets."""
    return chosen(environ, (*PASSED, *KEYED))


def keyed(task: Task, environ: Mapping[str, str], always: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that are part of the key of `task`, less its secrets. `always` is what `KEYED` chooses."""
    spec = task.spec
    found = dict(always)
    if spec.read_env:
        found.update(chosen(environ, spec.read_env))
    found.update(spec.env)
    found.update((f"MATRIX_{name.upper().replace('-', '_')}", value) for name, value in task.matrix)
    return found


def folders(root: str, package: Package, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the folders in which a task of `package` looks for programs, its own first."""
    own = tuple(f"{root}/{one}" if one else root for one in package.path)
    return own + _split(environ.get("PATH", ""))


@lru_cache(maxsize=16)
def _split(path: str) -> tuple[str, ...]:
    return tuple(one for one in path.split(":") if one)


def complete(
    task: Task, package: Package, root: str, environ: Mapping[str, str], common: Mapping[str, str]
) -> dict[str, str]:
    """Return all variables that the process of `task` gets. `common` is what `base` returned."""
    spec = task.spec
    found = dict(common)
    found.update(package.env)
    if package.ecosystem == "node":
        found["npm_lifecycle_event"] = spec.name
        found["npm_lifecycle_script"] = spec.command if isinstance(spec.command, str) else " ".join(spec.command)
    found.update(chosen(environ, spec.pass_env))
    found.update(chosen(environ, spec.secrets))
    found.update(keyed(task, environ, {}))
    if package.path:
        found["PATH"] = ":".join(folders(root, package, environ))
    return found
