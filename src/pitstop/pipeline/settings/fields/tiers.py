"""What may stand in `[[cache.tiers]]`: where a store on another machine is, and how it may be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pitstop.cache.tiers.open import WRITE_IN_CI, kind_of
from pitstop.cache.tiers.tier import Address, TierError
from pitstop.pipeline.settings.fields import checks, kinds
from pitstop.pipeline.settings.fields.kinds import Kind
from pitstop.pipeline.settings.fields.table import Field, table
from pitstop.pipeline.settings.model import TierEntry

if TYPE_CHECKING:
    from pitstop.pipeline.settings.place import At


def _read_url(value: object, at: At) -> str:
    text = checks.read_filled(value, at)
    try:
        kind_of(text)
    except TierError as error:
        raise at.error(error.problem, hint=error.hint) from error
    return text


def _read_write(value: object, at: At) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value != WRITE_IN_CI:
        raise checks.wrong('true, false or "ci"', value, at)
    return WRITE_IN_CI


URL = Kind("tierUrl", "an address", {"type": "string", "minLength": 1}, _read_url)
_WRITE = Kind("tierWrite", '`true`, `false` or `"ci"`', {"enum": [True, False, WRITE_IN_CI]}, _read_write)

OPTIONS = (
    Field(
        "prefix",
        kinds.WORD,
        "Redis, S3, GitHub: what the names of all that is kept there begin with.",
        '"pitstop"',
        '"team-a"',
    ),
    Field("ttl", kinds.WORD, "Redis: how long something is kept after its last use.", "as the server says", '"14d"'),
    Field("instance", kinds.TEXT, "REAPI: the name of the instance.", "the path of the address", '"main"'),
    Field("token_env", kinds.WORD, "HTTP, REAPI: the variable that holds a bearer token.", "none", '"CACHE_TOKEN"'),
    Field(
        "headers",
        kinds.WORD,
        "HTTP, REAPI: further headers, `name=value,name=value`, values percent-encoded.",
        "none",
        '"X-Team=core"',
    ),
    Field("headers_env", kinds.WORD, "The variable that holds such headers.", "none", '"CACHE_HEADERS"'),
    Field("user", kinds.WORD, "The user, where the address has none.", "none", '"ci"'),
    Field("password_env", kinds.WORD, "The variable that holds the user's password.", "none", '"CACHE_PASSWORD"'),
    Field("region", kinds.WORD, "S3: the region of the bucket.", "that of the surroundings", '"eu-central-1"'),
    Field("endpoint", kinds.WORD, "S3: the server, where it is not Amazon's.", "Amazon's", '"https://minio.example"'),
    Field("profile", kinds.WORD, "S3: the profile of the AWS tools that holds the keys.", "`AWS_PROFILE`", '"ci"'),
    Field(
        "addressing",
        kinds.WORD,
        "S3: where the bucket stands in requests, in the `path` or in the name of the host (`virtual`).",
        '"path"',
        '"virtual"',
    ),
    Field("anonymous", kinds.WORD, "S3: `true` reads a public bucket without keys.", '"false"', '"true"'),
    Field("server_name", kinds.WORD, "REAPI: the name in the server's certificate.", "the host", '"cache.example"'),
    Field("keepalive", kinds.WORD, "REAPI: seconds between pings while a call is under way.", "none", '"60"'),
    Field("ca", kinds.WORD, "A PEM file with the certificates to trust.", "those of the system", '"/etc/ssl/team.pem"'),
    Field(
        "certificate", kinds.WORD, "A PEM file with the client's certificate (mTLS).", "none", '"/etc/ssl/client.pem"'
    ),
    Field("key", kinds.WORD, "A PEM file with the key of that certificate.", "none", '"/etc/ssl/client.key"'),
)
"""The keys that only some kinds of tiers know; each kind refuses those of the others."""

TIER = (
    Field(
        "url",
        URL,
        "Where it is: `redis://` and `rediss://`, `s3://bucket/folder`, `grpc://` and `grpcs://` (REAPI), `http://` and "
        "`https://` (the HTTP cache of Bazel), `github` (the cache of GitHub Actions), `local` (the store here).",
        example='"redis://cache.example:6379"',
        required=True,
    ),
    Field("read", kinds.BOOLEAN, "Whether results are looked up in it.", "true", "true"),
    Field(
        "write",
        _WRITE,
        "Whether results are sent to it; `ci`: only where the variable `CI` is set.",
        "true",
        '"ci"',
    ),
    Field("timeout", kinds.DURATION, "How long one request may take.", '"5s"', '"2s"'),
    Field(
        "room",
        kinds.SIZE,
        "How much it holds before it lets go of something. What comes from a tier behind it then goes up into it only if "
        "it will be wanted more than what would have to go.",
        "not known: everything goes up",
        '"2GiB"',
    ),
    *OPTIONS,
)

_TABLE = table("tier", TIER, "a table, see [Tiers](#tiers)")


def _read_tier(value: object, at: At) -> TierEntry:
    if not isinstance(value, dict):
        return TierEntry(_read_url(value, at))
    given: dict[str, Any] = _TABLE.check(value, at)
    named = {field.name for field in OPTIONS}
    return TierEntry(
        given["url"],
        given.get("read", True),
        given.get("write", "true"),
        given.get("timeout", Address("").timeout_s),
        tuple(sorted((name, text) for name, text in given.items() if name in named)),
        given.get("room", 0),
    )


def _read_tiers(value: object, at: At) -> tuple[TierEntry, ...]:
    if isinstance(value, str):
        return (_read_tier(value, at),)
    if not isinstance(value, (list, tuple)):
        raise checks.wrong("an array of addresses and tables", value, at)
    return tuple(_read_tier(item, at / index) for index, item in enumerate(value))


TIERS = Kind(
    "tiers",
    "an array of addresses and tables, see [Tiers](#tiers)",
    {
        "anyOf": [
            URL.schema,
            {"type": "array", "items": {"anyOf": [URL.schema, {"$ref": "#/$defs/tier"}]}},
        ]
    },
    _read_tiers,
    (_TABLE,),
)
