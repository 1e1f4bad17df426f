"""What an error of the S3 library means. Its text holds the answer of the server, of which little may be shown.

Codes: docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. Servers explain a refused signature at length, with
what was signed; so only their code and the status are passed on.
"""

from __future__ import annotations

import re

from pitstop.cache.tiers.tier import TierError

_STATUS = re.compile(r"(?:status code|error response|status): (\d{3})")
_CODE = re.compile(r"<Code>(\w+)</Code>")
_BACK_OFF_S = 5.0
_KEYS = "look at `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or at the profile that they come from"
_RIGHTS = "it takes s3:GetObject, s3:PutObject, s3:DeleteObject, and s3:ListBucket, without which what is not there counts as forbidden; who may only read wants `write = false`"
_HINTS = {
    "NoSuchBucket": "make the bucket, or mend its name or the `endpoint`",
    "InvalidAccessKeyId": _KEYS,
    "SignatureDoesNotMatch": _KEYS,
    "ExpiredToken": "the credentials have expired: ask for new ones",
    "InvalidToken": "the credentials have expired or belong elsewhere: ask for new ones",
    "RequestTimeTooSkewed": "the clock of this machine is wrong",
    "PermanentRedirect": "the bucket is in another region: name it by `region`",
    "AuthorizationHeaderMalformed": "the bucket is in another region: name it by `region`",
    "IllegalLocationConstraintException": "the bucket is in another region: name it by `region`",
}
"""By code; asking again is of no use after any of them."""


class Gone(TierError):
    """An object is not there, or no longer what it was."""


def meaning(place: str, text: str, timeout_s: float) -> TierError:
    """Return what an error with this text, of a request to the bucket at `place`, means."""
    found, coded = _STATUS.search(text), _CODE.search(text)
    status, code = int(found[1]) if found else 0, coded[1] if coded else ""
    said = f"`{place}` answers with {status}{f' ({code})' if code else ''}"
    if code in _HINTS:
        return TierError(said, hint=_HINTS[code], permanent=True)
    if _is_of_metadata(text):
        hint = "set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or name a `profile`; public buckets: `anonymous`"
        return TierError(f"no credentials are found for `{place}`", hint=hint, permanent=True)
    if "redirect without LOCATION" in text:
        return TierError(f"`{place}` sends askers elsewhere", hint=_HINTS["PermanentRedirect"], permanent=True)
    if status in {404, 412}:
        return Gone(said, hint=_HINTS["NoSuchBucket"])
    if status in {301, 307, 308}:
        return TierError(said, hint=_HINTS["PermanentRedirect"], permanent=True)
    if status in {401, 403}:
        return TierError(said, hint=_RIGHTS, permanent=True)
    if status == 429 or status >= 500:
        return TierError(said, hint="the server is busy or broken", retry_after_s=_BACK_OFF_S)
    if status:
        return TierError(said, hint="the server does not understand S3 as Amazon speaks it")
    if "kind: Timeout" in text:
        hint = "is the server in reach, and is it busy? `timeout` of the tier says how long to wait"
        return TierError(f"`{place}` did not answer within {timeout_s:g} s", hint=hint)
    if "kind: Connect" in text:
        hint = "is the server in reach, and are its address and certificate right? `ca` names one to trust"
        return TierError(f"`{place}` cannot be connected to", hint=hint)
    return TierError(f"`{place}` failed: {_words(text)}", hint="is the entry right, and the server in reach?")


def _is_of_metadata(text: str) -> bool:
    """Return whether it was the service that gives credentials to instances and containers that failed."""
    return "/latest/api/token" in text or "/latest/meta-data/" in text or "security-credentials" in text


def _words(text: str) -> str:
    first = text.partition("\n")[0]
    return re.sub(r"https?://\S+", "the server", first)[:200]
