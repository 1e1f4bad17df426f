"""Pipelines in Python: the same words as in pitstop.toml, checked by an editor, and made in loops where that helps."""

from pitstop import Pipeline, branch, event, paths

Pipeline("nightly", description="Everything, from scratch.").stage(
    "check", parallel=["format", "lint"]
).stage(
    "test", depends_on="check", matrix={"os": ["linux", "macos"]}, retry=2, timeout="30m"
).stage(
    "report", depends_on="test", when=event("schedule") & branch("main"), run="python3 tools/open.py"
).notify_on_failure("slack", "#shop")

for language, folder in {"rust": "crates", "web": "web", "python": "python"}.items():
    Pipeline(language, description=f"The {language} part alone.").stage("test", when=paths(f"{folder}/**"))
