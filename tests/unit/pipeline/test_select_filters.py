"""turbo's filter syntax, against a table from its documentation and against a slow oracle."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.errors import UsageError
from pitstop.core.package import Package
from pitstop.pipeline.filters import choose

if TYPE_CHECKING:
    from collections.abc import Mapping

# web -> ui -> core, docs -> ui, api -> core; admin stands alone; core's tests need helper
PACKAGES = (
    Package("//", "//", "", ""),
    Package("web", "web", "node", "apps/web", needs=("@acme/ui",)),
    Package("docs", "docs", "node", "apps/docs", needs=("@acme/ui",)),
    Package("admin", "admin", "node", "apps/nested/admin"),
    Package("@acme/ui", "@acme/ui", "node", "packages/ui", needs=("core@cargo",)),
    Package("core@cargo", "core", "cargo", "packages/core", dev_needs=("helper",)),
    Package("helper", "helper", "cargo", "packages/helper"),
    Package("api", "api", "go", "api", needs=("core@cargo",)),
)
CHANGED = {"main": {"@acme/ui", "admin"}, "a...b": {"helper"}, "HEAD~1": {"//"}}


def chosen(*filters: str) -> set[str]:
    return set(choose(PACKAGES, filters, CHANGED.__getitem__))


ALL = {package.id for package in PACKAGES} - {"//"}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("web", {"web"}),
        ("core", {"core@cargo"}),
        ("core@cargo", {"core@cargo"}),
        ("@acme/*", {"@acme/ui"}),
        ("*c*", {"docs", "@acme/ui", "core@cargo"}),
        ("nothing*", set()),
        ("*", ALL | {"//"}),
        ("//", {"//"}),
        ("./apps/*", {"web", "docs"}),
        ("{./apps/*}", {"web", "docs"}),
        ("{apps/*}", {"web", "docs"}),
        ("./apps/**", {"web", "docs", "admin"}),
        ("./apps", set()),
        ("./apps/web", {"web"}),
        ("./apps/web/", {"web"}),
        ("./packages/../apps/w?b", {"web"}),
        ("./apps/{web,docs}", {"web", "docs"}),
        (".", {"//"}),
        ("{.}", {"//"}),
        ("web...", {"web", "@acme/ui", "core@cargo", "helper"}),
        ("web^...", {"@acme/ui", "core@cargo", "helper"}),
        ("...@acme/ui", {"@acme/ui", "web", "docs"}),
        ("...^@acme/ui", {"web", "docs"}),
        ("...@acme/ui...", {"@acme/ui", "web", "docs", "core@cargo", "helper"}),
        ("...^@acme/ui...", {"@acme/ui", "web", "docs", "core@cargo", "helper"}),  # web needs it
        ("...{./apps/*}", {"web", "docs"}),
        ("{./apps/*}...", {"web", "docs", "@acme/ui", "core@cargo", "helper"}),
        ("./apps/web...", {"web", "@acme/ui", "core@cargo", "helper"}),
        ("[main]", {"@acme/ui", "admin"}),
        ("[a...b]", {"helper"}),
        ("[HEAD~1]", {"//"}),
        ("...[main]", {"@acme/ui", "admin", "web", "docs"}),
        ("...^[main]", {"web", "docs"}),
        ("[main]...", {"@acme/ui", "admin", "core@cargo", "helper"}),
        ("...[a...b]...", {"helper", "core@cargo", "@acme/ui", "web", "docs", "api"}),
        ("@acme/*[main]", {"@acme/ui"}),
        ("web[main]", set()),
        ("{./apps/**}[main]", {"admin"}),
        ("a*{./apps/**}[main]", {"admin"}),
        ("w*{./apps/**}[main]", set()),
        ("web...[main]", {"web"}),
        ("api...[main]", set()),
        ("{./apps/*}...[main]", {"web", "docs"}),
        ("@acme/ui...[main]", {"@acme/ui"}),
        ("@acme/ui...[main]...", {"@acme/ui", "core@cargo", "helper"}),
        ("!web", ALL - {"web"}),
        ("!...@acme/ui", ALL - {"web", "docs", "@acme/ui"}),
        ("./apps/* !./apps/docs", {"web"}),
        ("!./apps/docs ./apps/*", {"web"}),
        ("web docs", {"web", "docs"}),
        ("web... !helper", {"web", "@acme/ui", "core@cargo"}),
        ("", ALL),
    ],
)
def test_a_filter_means(filters: str, expected: set[str]) -> None:
    assert chosen(*filters.split()) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", "cannot read the filter `{}`: `{ }` holds one folder"),
        ("......[main]", "cannot read the filter `......[main]`: a package or folder must stand before `...[`"),
        ("[]", "cannot read the filter `[]`: `[ ]` holds a commit"),
        ("[...b]", "cannot read the filter `[...b]`: `[ ]` holds a commit"),
        ("[a...]", "cannot read the filter `[a...]`: `[ ]` holds a commit"),
        ("[...]", "cannot read the filter `[...]`: `[ ]` holds a commit"),
        ("", "cannot read the filter ``: it names no package, folder or commit"),
        ("!", "cannot read the filter `!`: it names no package"),
        ("...", "cannot read the filter `...`: it names no package"),
        ("...^...", "cannot read the filter `...^...`: it names no package"),
        ("a]b", "cannot read the filter `a]b`: `a]b` is no name"),
        ("[a][b]", "cannot read the filter `[a][b]`: `[a]` is no name"),
        ("{a}{b}", "cannot read the filter `{a}{b}`: `{ }` holds one folder"),
        ("./apps/*[main]", "cannot read the filter `./apps/*[main]`: put the folder in braces: `{./apps/*}[main]`"),
        ("../x", "cannot read the filter `../x`: `../x` lies outside of the repository"),
        ("wbe", "no package is called `wbe`"),
        ("./app/*", "no package lies in the folder `app`"),
    ],
)
def test_a_filter_that_means_nothing_is_an_error(text: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        chosen(text)
    assert caught.value.problem.startswith(problem)
    assert caught.value.hint


@given(st.text("ab./{}[]^!*\\", max_size=8))
def test_any_text_is_a_set_of_packages_or_an_error(text: str) -> None:
    try:
        found = choose(PACKAGES, [text], lambda _: {"web"})
    except UsageError:
        return
    assert found <= {package.id for package in PACKAGES}


IDS = ("a", "b", "c", "d", "e")


def closure(edges: Mapping[str, set[str]]) -> set[tuple[str, str]]:
    """Pairs (from, to) joined by one or more edges, by Warshall's algorithm."""
    pairs = {(one, other) for one in edges for other in edges[one]}
    for middle, one, other in product(IDS, IDS, IDS):
        if (one, middle) in pairs and (middle, other) in pairs:
            pairs.add((one, other))
    return pairs


@st.composite
def selectors(draw: st.DrawFn) -> dict[str, object]:
    return {
        "names": draw(st.sampled_from(["a", "b", "c", "*", ""])),
        "folder": draw(st.sampled_from(["", "", "left/*", "right/*", "**"])),
        "changed": draw(st.sampled_from(["", "", "one", "two"])),
        "below": draw(st.booleans()),
        "dependencies": draw(st.booleans()),
        "dependents": draw(st.booleans()),
        "without": draw(st.booleans()),
        "exclude": draw(st.booleans()),
    }


@given(
    st.fixed_dictionaries({one: st.sets(st.sampled_from(IDS)) for one in IDS}),
    st.fixed_dictionaries({one: st.sets(st.sampled_from(IDS)) for one in ("one", "two")}),
    st.lists(selectors(), min_size=1, max_size=3),
)
def test_filters_mean_what_their_parts_say(
    edges: dict[str, set[str]], changed: dict[str, set[str]], parts: list[dict[str, object]]
) -> None:
    roots = {one: f"{'left' if one in 'abc' else 'right'}/{one}" for one in IDS}
    packages = [Package(one, one, "cargo", roots[one], needs=tuple(sorted(edges[one]))) for one in IDS]
    pairs = closure(edges)
    texts = []
    included: set[str] = set()
    excluded: set[str] = set()
    for part in parts:
        name, folder, commits = str(part["names"]), str(part["folder"]), str(part["changed"])
        below = bool(part["below"] and commits and (name or folder))
        text = (
            name + (f"{{{folder}}}" if folder else "") + ("..." if below else "") + (f"[{commits}]" if commits else "")
        )
        if not text:
            name = text = "*"
        without = bool(part["without"] and (part["dependencies"] or part["dependents"]))
        # The sign stands on the side of the first arrow; one sign counts for both.
        before = "..." + ("^" if without and not part["dependencies"] else "") if part["dependents"] else ""
        after = ("^" if without else "") + "..." if part["dependencies"] else ""
        texts.append(("!" if part["exclude"] else "") + before + text + after)

        matched = set()
        for one in IDS:
            if name not in {"", "*", one} or (folder not in {"", "**"} and not roots[one].startswith(folder[:-1])):
                continue
            if commits:
                own = one in changed[commits]
                deeper = any((one, other) in pairs and other in changed[commits] for other in IDS if other != one)
                if not (deeper or (own and not without)) if below else not own:
                    continue
            matched.add(one)
        result = set() if without else set(matched)
        for one in matched:
            under = {other for other in IDS if (one, other) in pairs and other != one}
            over = {other for other in IDS if (other, one) in pairs and other != one}
            if part["dependencies"]:
                result |= under
            if part["dependents"]:
                result |= over
            if part["dependencies"] and part["dependents"]:
                result |= {other for upper in over for other in IDS if (upper, other) in pairs}
        (excluded if part["exclude"] else included).update(result)
    if all(part["exclude"] for part in parts):
        included = set(IDS)
    assert choose(packages, texts, changed.__getitem__) == included - excluded
