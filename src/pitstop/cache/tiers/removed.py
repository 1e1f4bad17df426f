"""What is kept in the place of a result that was taken away, where a protocol knows no removing."""

from __future__ import annotations

from pitstop.cache.actions import ActionResult, OutputFile, encode_result
from pitstop.core.digest import digest_of

REMOVED = encode_result(ActionResult((OutputFile("removed", digest_of(b"a result that was removed")),)))
"""Names a file that is nowhere. Servers that look whether all files are there do not give it out."""
