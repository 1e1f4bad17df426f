"""Where the AWS tools would look on this machine: variables, and the files that `aws configure` writes.

Places and names: docs.aws.amazon.com/sdkref, "Shared config and credentials files". What stands there of single sign-on
or of roles to assume needs the AWS tools themselves. Credentials of containers, of instances and of web identities are
found by the S3 library.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Aws(NamedTuple):
    """What was found; empty: nothing, and the S3 library looks further."""

    key: str = ""
    secret: str = ""
    token: str = ""
    region: str = ""
    endpoint: str = ""
    unusable: str = ""
    """The profile that was asked for, when it is not there or names no key of its own."""


def found(environ: Mapping[str, str], profile: str = "") -> Aws:
    """Return what the variables in `environ` and the files of `profile` say; the variables go first."""
    named = profile or environ.get("AWS_PROFILE", "")
    of_profile = _profile(environ, named or "default")
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or of_profile.get("region", "")
    endpoint = (
        environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL") or of_profile.get("endpoint_url", "")
    )
    key, secret = environ.get("AWS_ACCESS_KEY_ID", ""), environ.get("AWS_SECRET_ACCESS_KEY", "")
    token = environ.get("AWS_SESSION_TOKEN", "")
    if profile or not (key and secret):
        key, secret = of_profile.get("aws_access_key_id", ""), of_profile.get("aws_secret_access_key", "")
        token = of_profile.get("aws_session_token", "")
    return Aws(key, secret, token, region, endpoint, named if named and not (key and secret) else "")


def _profile(environ: Mapping[str, str], name: str) -> dict[str, str]:
    from configparser import ConfigParser, Error

    home = f"{environ.get('HOME', '')}/.aws"
    places = (
        (environ.get("AWS_CONFIG_FILE") or f"{home}/config", name if name == "default" else f"profile {name}"),
        (environ.get("AWS_SHARED_CREDENTIALS_FILE") or f"{home}/credentials", name),
    )
    values: dict[str, str] = {}
    for path, section in places:
        parser = ConfigParser(interpolation=None, default_section="")
        try:
            parser.read(os.path.expanduser(path), encoding="utf-8")
            if parser.has_section(section):
                values |= parser[section]
        except (OSError, Error, UnicodeDecodeError):
            continue
    return values
