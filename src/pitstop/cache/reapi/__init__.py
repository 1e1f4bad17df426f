"""A client of servers that speak the Remote Execution API v2 (REAPI): caches, and engines that run actions."""

from __future__ import annotations

from pitstop.core.environ import environ

# gRPC writes to standard error what it raises as well, unless it is told not to before it is imported.
environ.setdefault("GRPC_VERBOSITY", "NONE")
