"""Keys that results are signed with, as their owner makes them."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot

from pitstop.cache.tiers.sign import load_keys, sign, verify

if TYPE_CHECKING:
    from tests.support.pit import Pit


@pytest.mark.slow
def test_a_new_pair_of_keys_signs_and_verifies(pit: Pit) -> None:
    result = pit("cache", "keygen", "signing.key")
    assert result.exit == 0, result
    path = pit.root / "signing.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (signing,), (public,) = load_keys(str(path), {}), load_keys(f"{path}.pub", {})
    assert verify("a" * 64, sign("a" * 64, b"", signing), [public]).problem == ""
    assert not public.secret
    assert signing.id.encode() in result.raw_out
    assert path.read_text().split()[1].encode() not in result.raw_out
    again = pit("cache", "keygen", "signing.key")
    assert again == snapshot("""\
exit: 2
----- stderr
error: `signing.key` is there already
hint: name another file, or remove it yourself
""")
    assert load_keys(str(path), {}) == (signing,)


@pytest.mark.slow
def test_a_shared_secret_is_one_file(pit: Pit) -> None:
    assert pit("cache", "keygen", "--secret", "team.key").exit == 0
    assert sorted(path.name for path in pit.root.glob("team*")) == ["team.key"]
    (key,) = load_keys(str(pit.root / "team.key"), {})
    assert key.algorithm == "hmac-sha256"
    assert len(key.secret) == 32


@pytest.mark.slow
def test_a_folder_that_is_not_there_is_named(pit: Pit) -> None:
    assert pit("cache", "keygen", "--secret", "absent/key") == snapshot("""\
exit: 3
----- stderr
error: `absent/key` cannot be written: No such file or directory
""")
