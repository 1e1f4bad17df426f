"""What sccache and ccache say about hits, as one kind of numbers."""

from __future__ import annotations

from typing import NamedTuple

SCCACHE, CCACHE = "sccache", "ccache"


class Counts(NamedTuple):
    """How many compilations a compiler cache answered."""

    hits: int = 0
    misses: int = 0
    uncached: int = 0
    """Compilations that it cannot keep: linking, several sources at once, options that it does not know."""
    errors: int = 0
    """Questions to its storage, or writes, that failed or took too long."""

    def __add__(self, other: object) -> Counts:
        if not isinstance(other, Counts):
            return NotImplemented
        return Counts._make(mine + theirs for mine, theirs in zip(self, other, strict=True))

    def __sub__(self, other: Counts) -> Counts:
        return Counts._make(max(0, mine - theirs) for mine, theirs in zip(self, other, strict=True))


class Stats(NamedTuple):
    """What sccache's server says of itself."""

    counts: Counts
    writing: int
    """Results that are still being written."""


def read_sccache(text: str) -> Stats:
    """Return what `sccache --show-stats --stats-format json` prints. Raises ValueError for anything else."""
    from json import loads

    data = loads(text)
    stats = data.get("stats") if isinstance(data, dict) else None
    if not isinstance(stats, dict):
        raise ValueError("no `stats`")  # noqa: TRY004  to the caller it is the wrong text
    misses, failed = _sum(stats.get("cache_misses")), _number(stats.get("cache_write_errors"))
    errors = (
        *(_number(stats.get(name)) for name in ("cache_timeouts", "cache_read_errors", "cache_write_errors")),
        _sum(stats.get("cache_errors")),
    )
    uncached = _number(stats.get("requests_not_cacheable")) + _number(stats.get("non_cacheable_compilations"))
    written = _number(stats.get("cache_writes"))
    counts = Counts(_sum(stats.get("cache_hits")), misses, uncached, sum(errors))
    return Stats(counts, max(0, misses - written - failed))


def read_ccache(text: str) -> Counts:
    """Return what stands in the file that CCACHE_STATSLOG names: lines of words, each source under a `# path`."""
    hits = misses = uncached = errors = 0
    for block in text.split("# ")[1:]:
        words = set(block.split("\n")[1:]) - {""}
        if words & {"direct_cache_hit", "preprocessed_cache_hit"}:
            hits += 1
        elif "cache_miss" in words:
            misses += 1
        elif words - {"called_for_link", "called_for_preprocessing"}:
            uncached += 1
        errors += len(words & {"remote_storage_error", "remote_storage_timeout", "internal_error"})
    return Counts(hits, misses, uncached, errors)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _sum(value: object) -> int:
    """Return the sum over all languages."""
    counts = value.get("counts") if isinstance(value, dict) else None
    return sum(_number(one) for one in counts.values()) if isinstance(counts, dict) else 0
