"""Every command: where it is, and what it does in a line. Data only."""

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("pitstop.cli.pipeline.run:run", "Run tasks of the packages here, from cache where nothing changed"),
    "graph": ("pitstop.cli.pipeline.graph:graph", "Show the packages and tasks and what they wait for"),
    "explain": ("pitstop.cli.explain.explain:explain", "Say why a run failed, and what to do"),
    "diff": ("pitstop.cli.explain.diff:diff", "Show how a run or a log differs from one that passed"),
    "config": ("pitstop.cli.pipeline.config:config", "Show the settings and where each comes from"),
    "cache": ("pitstop.cli.cache.cache:cache", "Look into the cache: sizes, why a task missed, what is broken"),
    "artifacts": ("pitstop.cli.cache.artifacts:artifacts", "List, fetch and put what runs keep by name"),
    "dependencies": (
        "pitstop.cli.pipeline.dependencies:dependencies",
        "Build what the crates of a Cargo workspace need, and none of them",
    ),
    "remote": (
        "pitstop.cli.remote.remote:remote",
        "Show the cluster that tasks run on: workers, queues, what runs where",
    ),
    "runs": ("pitstop.cli.records.runs:runs", "List the recorded runs"),
    "show": ("pitstop.cli.records.show:show", "Show one recorded run"),
    "logs": ("pitstop.cli.records.logs:logs", "Print what tasks wrote, also while they run"),
    "mcp": ("pitstop.cli.serve.mcp:mcp", "Serve the recorded runs to an assistant (MCP)"),
    "approve": ("pitstop.cli.records.approve:approve", "Let a run that waits for a person go on"),
}
