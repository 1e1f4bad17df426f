"""A client of servers that speak the Remote Execution API v2 (REAPI): caches, and engines that run actions."""
