"""One repository in which every kind of manifest says everything that is read of it, as values to spoil."""

from __future__ import annotations

JSON: dict[str, object] = {
    "package.json": {
        "name": "r",
        "version": "1",
        "workspaces": {"packages": ["a", "b"], "catalog": {"x": "1"}, "catalogs": {"o": {"x": "2"}}},
        "scripts": {"test": "vitest", "prebuild": "x", "build": "tsc -p tsconfig.json", "lint": "eslint --fix"},
        "devDependencies": {"x": "catalog:", "y": "^1"},
        "packageManager": "npm@10",
        "config": {"a": 1},
    },
    "package-lock.json": {
        "packages": {
            "": {"name": "r"},
            "node_modules/x": {"version": "1", "dependencies": {"y": "1"}},
            "node_modules/y": {"link": True},
        },
        "dependencies": {"x": {"version": "1", "requires": {"y": "1"}, "dependencies": {"y": {}}}},
    },
    "a/package.json": {
        "name": "a",
        "version": "1.0.0",
        "main": "dist/x.js",
        "exports": {".": {"import": "./esm/x"}},
        "bin": {"x": "y"},
        "files": ["z"],
        "scripts": {"build": "vite build && tsc", "typecheck": "tsc"},
        "dependencies": {"b": "workspace:*", "x": "catalog:o"},
    },
    "a/tsconfig.json": {
        "extends": ["../t.json"],
        "compilerOptions": {"outDir": "o"},
        "references": [{"path": "./u.json"}],
    },
    "t.json": {"extends": "./a/tsconfig.json", "compilerOptions": {"outDir": "q"}},
    "b/package.json": {"name": "b", "dependencies": {"x": "1"}, "scripts": {"build": "x"}},
    "turbo.json": {
        "globalEnv": ["A"],
        "globalDependencies": ["*.x"],
        "tasks": {
            "build": {
                "dependsOn": ["^build", "$X", "a#b"],
                "outputs": ["x/**"],
                "inputs": ["$TURBO_DEFAULT$"],
                "env": ["!x"],
                "passThroughEnv": ["Y"],
            }
        },
    },
    "a/turbo.json": {"extends": ["//"], "tasks": {"build": {"cache": False}}},
    "a/src-tauri/tauri.conf.json": {
        "build": {"frontendDist": "../dist", "beforeBuildCommand": {"script": "npm run x"}}
    },
    "bun/package.json": {"name": "bun", "scripts": {"build": "x"}, "dependencies": {"x": "1"}},
    "bun/bun.lock": {
        "workspaces": {"": {"name": "bun"}},
        "packages": {"x": ["x@1", "", {"dependencies": {"y": "1"}}, "s"], "y": ["y@1"]},
    },
    "pn/package.json": {"name": "pn", "scripts": {"build": "x"}, "dependencies": {"x": "1"}},
    "pn/pnpm-lock.yaml": {
        "importers": {".": {"dependencies": {"x": {"version": "1"}}}},
        "packages": {"x@1": {"resolution": {"integrity": "s"}}},
        "snapshots": {"x@1": {"dependencies": {"y": "1"}}},
        "patchedDependencies": {"x": "p"},
    },
    "pn/pnpm-workspace.yaml": {"packages": ["q*"], "catalog": {"x": "1"}, "catalogs": {"o": {"x": "1"}}},
    "berry/package.json": {"name": "berry", "scripts": {"build": "x"}, "dependencies": {"x": "1"}},
    "berry/.yarnrc.yml": {"nodeLinker": "pnp"},
    "berry/yarn.lock": {"__metadata": {"version": 8}, "x@npm:1": {"version": "1", "dependencies": {"y": "1"}}},
}
"""Also YAML, of which JSON is a part."""

TOML: dict[str, object] = {
    "Cargo.toml": {
        "workspace": {
            "members": ["c/*"],
            "exclude": ["d"],
            "dependencies": {"k": {"path": "c/k"}},
            "package": {"version": "1"},
            "lints": {"clippy": {}},
        },
        "patch": {"crates-io": {"k": {"path": "c/k"}}},
        "replace": {"k:1": {"path": "c/k"}},
    },
    "c/k/Cargo.toml": {
        "package": {"name": "k", "version": {"workspace": True}, "readme": "../README.md"},
        "lints": {"clippy": {"x": "warn"}},
        "lib": {"path": "../x.rs"},
        "bin": [{"path": "../y.rs"}],
    },
    "c/l/Cargo.toml": {
        "package": {"name": "l", "version": "1"},
        "dependencies": {"k": {"workspace": True}, "z": "1"},
        "target": {"x": {"dependencies": {"k": {"path": "../k"}}}},
        "dev-dependencies": {"k": {"path": "../k", "package": "k"}},
    },
    "a/src-tauri/Cargo.toml": {"package": {"name": "app", "version": "1", "workspace": "../.."}},
    "Cargo.lock": {
        "package": [
            {"name": "k", "version": "1", "dependencies": ["z 1 (r)"]},
            {"name": "z", "version": "1", "source": "r", "checksum": "x"},
        ],
        "metadata": {"checksum z 1 (r)": "q"},
        "root": {"name": "q", "version": "1"},
    },
    "pyproject.toml": {
        "project": {"name": "py", "dependencies": ["p2", "q>=1"], "optional-dependencies": {"test": ["pytest"]}},
        "dependency-groups": {"dev": ["ruff", {"include-group": "x"}], "x": ["y"]},
        "build-system": {"requires": ["maturin"], "build-backend": "maturin"},
        "tool": {
            "uv": {
                "workspace": {"members": ["p*"], "exclude": ["p9"]},
                "sources": {"p2": [{"workspace": True}, {"path": "p2"}]},
                "dev-dependencies": ["x"],
                "package": False,
            },
            "ruff": {"format": {}},
            "mypy": {"files": "x"},
            "pyright": {},
            "pytest": {"ini_options": {}},
            "maturin": {"manifest-path": "c/k/Cargo.toml", "bindings": "x"},
            "poetry": {
                "name": "z",
                "dependencies": {"a": {"path": "p2"}},
                "group": {"test": {"optional": True, "dependencies": {"b": "1"}}},
                "extras": {"test": ["x"]},
            },
            "pdm": {"dev-dependencies": {"t": ["-e ./p2"]}},
            "hatch": {"envs": {"d": {"dependencies": ["x"]}}, "metadata": {"hooks": {"h": {"dependencies": ["z"]}}}},
            "setuptools": {"ext-modules": [{"path": "x"}]},
            "setuptools-rust": {"ext-modules": [{"path": "Cargo.toml"}]},
        },
    },
    "p2/pyproject.toml": {"project": {"name": "p2"}},
    "uv.lock": {
        "package": [
            {
                "name": "p2",
                "version": "1",
                "source": {"editable": "p2"},
                "dependencies": [{"name": "q", "version": "1", "extra": ["e"]}],
                "optional-dependencies": {"e": [{"name": "q"}]},
                "dev-dependencies": {"d": [{"name": "q"}]},
            },
            {"name": "q", "version": "1", "sdist": {"hash": "s"}, "wheels": [{"hash": "s"}]},
        ]
    },
    "ruff.toml": {"format": {}},
    "poet/pyproject.toml": {"tool": {"poetry": {"name": "poet", "group": {"test": {"optional": True}}}}},
}

TEXTS: dict[str, str] = {
    "x.py": "",
    "poet/poetry.lock": "",
    "tests/test_x.py": "import unittest",
    "go.mod": "module x\nrequire a/b v1\n",
    "go/go.mod": "module y\nrequire x v1\nreplace x => ../\n",
    "go/main.go": "",
    "go.work": "use (\n.\n./go\n)",
    "go.sum": "a/b v1 h1:x\n",
    "yarn/package.json": '{"name":"yarn","scripts":{"build":"x"},"dependencies":{"a":"^1"}}',
    "yarn/yarn.lock": '"a@^1":\n  version "1"\n  dependencies:\n    b "1"\n',
    "old/setup.py": "setup(name='o', install_requires=['p2'], extras_require={'test': ['x']})",
    "old/setup.cfg": "[metadata]\nname = o\n[options]\ninstall_requires = x\n[options.extras_require]\nt = x\n",
    "requirements-dev.txt": "-r more.txt\n-e ./p2\nruff==1\n",
}

SPOILED: tuple[object, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1.5,
        "",
        "x",
        "..",
        "../..",
        "/",
        "*",
        "**",
        "a",
        "b",
        "c/k",
        ".",
        "workspace:*",
        "catalog:",
    ),
    *(
        "file:.",
        [],
        {},
        ["x"],
        [1],
        [None],
        [[]],
        {"x": 1},
        {"x": []},
        {"x": {"y": {}}},
        [{"x": 1}],
        "a\0b",
        "\u00e9",
        "[",
    ),
    *("{", "\n", "=>", "a" * 300, "!x", "//x", "#", "$", "^", "-e", "a:b", "@", "@/", "x @ file:..", "tauri build"),
)
"""What stands in the place of a value."""
