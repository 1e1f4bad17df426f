"""One call of a tool for many packages, with a result for each. See README.md."""

from pitstop.pipeline.batch.rounds import Batch
from pitstop.pipeline.batch.table import adapter, group, start
from pitstop.pipeline.batch.values import Member, MemberResult, Piece, Tested, Told

__all__ = ["Batch", "Member", "MemberResult", "Piece", "Tested", "Told", "adapter", "group", "start"]
