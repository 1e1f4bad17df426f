"""The page of a graph: whole in itself, and drawn by a browser."""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.parts import browser

from pitstop.cli.graph.net import Net, Node
from pitstop.cli.graph.page import page

if TYPE_CHECKING:
    from pathlib import Path

_DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)

_NODE = re.compile(r'<g class="node"[^>]*translate\(([-\d.e]+),([-\d.e]+)\)"[^>]*>.*?<rect width="([\d.]+)"', re.DOTALL)


@given(st.lists(st.text(max_size=20), unique=True, max_size=5), st.text(max_size=20))
def test_any_name_comes_through_and_none_can_break_out(names: list[str], title: str) -> None:
    net: Net = {name: Node(name, "node", "</script><!--", tuple(names[:at])) for at, name in enumerate(names)}
    text = page(net, title, what="package")
    (found,) = _DATA.findall(text)
    data = json.loads(found)
    assert [node["id"] for node in data["nodes"]] == names
    assert [node["needs"] for node in data["nodes"]] == [list(range(at)) for at in range(len(names))]
    assert data["title"] == title
    assert text.count("<script") == 2


def test_the_page_asks_no_one_for_anything() -> None:
    text = page({}, "nothing", what="package")
    assert "default-src 'none'" in text
    # The name of SVG's namespace is no address that is opened.
    assert re.findall(r"(?:https?:)?//[a-z][\w.]*", text) == ["http://www.w3.org"]
    assert not re.search(r"@import|url\((?!#)|<link|<img|\bsrc=", text)


@pytest.mark.slow
@pytest.mark.parametrize("count", [0, 5, 500])
def test_a_browser_draws_every_node_and_no_two_over_each_other(tmp_path: Path, count: int) -> None:
    chromium = browser()
    net: Net = {}
    for at in range(count):
        needs = {f"p{at * 7 % max(at, 1)}", f"p{at // 2}", f"p{at // 3}"} - {f"p{at}"}
        net[f"p{at}"] = Node(
            f"p{at}", "node", needs=tuple(sorted(needs)) if at else (), dev_needs=("p1",) if at == 0 and count else ()
        )
    file = tmp_path / "graph.html"
    file.write_text(page(net, "test", what="package"))
    flags = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update"
    done = subprocess.run(
        (
            chromium,
            *flags.split(),
            f"--user-data-dir={tmp_path / 'profile'}",
            "--virtual-time-budget=5000",
            "--dump-dom",
            file.as_uri(),
        ),
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},  # it keeps crash reports at home whatever one says
        capture_output=True,
        check=True,
        timeout=60,
    )
    drawn = _NODE.findall(done.stdout.decode())
    assert len(drawn) == count
    boxes = sorted((float(x), float(y), float(width)) for x, y, width in drawn)
    for at, (x, y, width) in enumerate(boxes):
        for other_x, other_y, _ in boxes[at + 1 :]:
            assert other_x >= x + width or abs(other_y - y) >= 24
