"""What a task's process gets of the variables around it."""

from __future__ import annotations

from pitstop.pipeline.environment import base


def test_settings_of_package_managers_reach_their_installations() -> None:
    settings = {
        "npm_config_registry": "https://r.example",
        "pnpm_config_minimum_release_age": "0",
        "PNPM_CONFIG_STORE_DIR": "/s",
        "UV_INDEX_URL": "https://p.example",
        "CARGO_NET_OFFLINE": "true",
    }
    assert base({**settings, "DATABASE_URL": "x", "AWS_SECRET_ACCESS_KEY": "x"}) == settings
