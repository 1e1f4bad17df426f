"""The learned weights are whole, small, and belong to the figures that are measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitstop.explain.rank import model as models
from pitstop.explain.rank.features import NAMES
from pitstop.explain.rank.model import Model, load_model


def test_the_weights_were_learned_for_the_figures_that_are_measured() -> None:
    assert load_model().names == NAMES
    assert len(set(NAMES)) == len(NAMES)


def test_each_tree_asks_for_figures_that_exist_and_ends_in_numbers() -> None:
    def walk(node: Any) -> int:
        if not isinstance(node, list):
            assert isinstance(node, (int, float))
            return 1
        figure, threshold, left, right, mean = node
        assert 0 <= figure < len(NAMES)
        assert isinstance(threshold, (int, float))
        assert isinstance(mean, (int, float))
        return walk(left) + walk(right)

    assert sum(map(walk, load_model().trees)) > 100


def test_the_weights_are_a_small_part_of_the_package() -> None:
    assert (Path(models.__file__).parent / "weights.json").stat().st_size < 300_000


def test_weights_of_another_format_are_refused() -> None:
    with pytest.raises(ValueError, match="format 2"):
        models.parse_model(b'{"format": 2}')


TREE = [0, 0.5, -1.0, [1, 3, 0.25, 2.0, 1.0], 0.0]


def test_a_tree_is_followed_to_the_left_up_to_its_threshold_and_to_the_right_above() -> None:
    model = Model(("red", "words"), [TREE, 0.5], "")
    assert model.score([0.5, 9]) == -0.5
    assert model.score([1, 3]) == 0.75
    assert model.score([1, 3.5]) == 2.5


def test_the_parts_of_a_score_are_named_and_add_up_to_the_way_from_the_mean() -> None:
    model = Model(("red", "words"), [TREE, 0.5], "")
    assert model.reasons([1, 4]) == [("red", 1.0), ("words", 1.0)]
    assert model.reasons([1, 2]) == [("red", 1.0), ("words", -0.75)]


@settings(deadline=None, max_examples=20)
@given(st.lists(st.lists(st.integers(0, 5), min_size=3, max_size=3), min_size=1, max_size=12))
def test_lines_that_go_down_the_trees_together_score_as_each_alone(rows: list[list[int]]) -> None:
    model = Model(("red", "words", "count"), [TREE, [2, 2, TREE, 0.25, 0.5], 0.5], "")
    assert model.scores(rows) == [model.score(row) for row in rows]


def test_lines_that_the_first_trees_leave_behind_get_no_more_than_they_gave() -> None:
    first, later = [0, 0.5, 0.0, 1.0, 0.5], [0, 0.5, 9.0, 0.0, 1.0]
    model = Model(("red",), [first] * models._EARLY + [later], "")
    scores = model.scores([[1]] * models._AHEAD + [[0]])
    assert scores == [50.0] * models._AHEAD + [0.0]
