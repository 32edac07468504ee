"""Every limit of docs/limits.md: what has its size is taken, and one more is refused by name."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiueo
import pytest
from aiueo.cli import cli
from click.testing import CliRunner
from model_sizes import BASE, CHANGED, PAGE, model, rows_of_page, said, size_of

# ── models ───────────────────────────────────────────────────────────────────────────────────────


def named(size: int) -> str:
    return said(model(lambda one: one["ladders"]["stage"][1].update(name="n" * size)))


def laddered(count: int) -> str:
    extra = {f"l{k}": [{"name": "a"}] for k in range(count - 1)}
    return said(model(lambda one: one["ladders"].update(extra)))


def runged(count: int) -> str:
    rungs = [{"name": f"r{k}", **({"when": "x > 1"} if k else {})} for k in range(count)]
    return said(model(lambda one: one["ladders"].update(stage=rungs)))


def banded(count: int) -> str:
    bands = {
        "of": "U",
        "edges": [100 * (k + 1) / count for k in range(count - 1)],
        "names": [f"b{k}" for k in range(count)],
    }
    return said(model(lambda one: one.update(bands=bands)))


def weighing(weight: float) -> str:
    return said(model(lambda one: one["axes"]["U"]["components"]["x"].update(weight=weight)))


def knotted(position: float) -> str:
    curve = [[0, 0], [float(position) if position == 10**18 else 1.001 * position, 100]]
    return said(model(lambda one: one["axes"]["U"]["components"]["x"].update(curve=curve)))


def leading(count: int) -> str:
    return said(model(lambda one: one.update(study={"leads": list(range(count))})))


def wrong_conditions(count: int) -> str:
    found = aiueo.check(
        model(
            lambda one: one["ladders"]["stage"][1].update(
                when=" && ".join(f"y{k} > 1" for k in range(count))
            )
        )
    )
    return "not all" if len(found) < count else ""


def scored_by(count: int) -> str:
    def build(one: dict[str, Any]) -> None:
        one["metrics"].update({f"i{k}": {"type": "number"} for k in range(count)})
        own = {"scorer": "own", "metrics": [f"i{k}" for k in range(count)]}
        one["axes"]["U"]["components"].update(own=own)

    try:
        aiueo.load(model(build), {"own": lambda *_: 1.0})
    except aiueo.Error as failure:
        return str(failure)
    return ""


# ── tables ───────────────────────────────────────────────────────────────────────────────────────


def tried(work: Callable[[], Any]) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            work()
    except aiueo.Error as failure:
        return str(failure)
    return ""


def score(**columns: Any) -> str:
    rows = {"customer": ["a"], "as_of": ["2026-01-31"], "x": [1.0], **columns}
    return tried(lambda: aiueo.load(BASE).score(rows))


def celled(size: int) -> str:
    return score(x=[" " * (size - 1) + "1"])


def keyed(size: int) -> str:
    return score(customer=["k" * size])


def paid(amount: int) -> str:
    ledger = {"customer": ["a"], "start": ["2026-01-01"], "end": [None], "mrr": [amount / 100]}
    return tried(lambda: aiueo.load(BASE).ledger(ledger))


# ── history ──────────────────────────────────────────────────────────────────────────────────────


def initiatives(count: int, variants: int = 0) -> dict[str, list[Any]]:
    n = max(count, variants)
    return {
        "customer": ["a"] * n,
        "initiative": [f"i{k % count}" for k in range(n)],
        "date": ["2025-11-20"] * n,
        "variant": [f"v{k}" if k < variants else None for k in range(n)],
    }


def different_initiatives(count: int) -> str:
    return tried(lambda: aiueo.load(BASE).initiatives(initiatives(count), keep_all=True))


def different_variants(count: int) -> str:
    return tried(lambda: aiueo.load(BASE).initiatives(initiatives(1, count), keep_all=True))


def evidence(
    change: Callable[[dict[str, Any]], Any] = lambda one: None,
    rows: dict[str, list[Any]] | None = None,
    mrr: int = 100,
    **beside: Any,
) -> str:
    months = [f"2025-{month:02}-28" for month in range(4, 13)]
    rows = rows or {"customer": ["a"] * 9, "as_of": months, "x": [1] * 9}
    ends = {
        "customer": ["a"],
        "start": ["2025-03-01"],
        "end": ["2026-03-01"],
        "outcome": ["renewed"],
        "mrr_before": [mrr],
        "mrr_after": [mrr],
    }
    plan = aiueo.load(model(change))
    return tried(lambda: plan.evidence(rows, ends, missing_columns="unknown", **beside))


def counted_initiatives(count: int) -> str:
    return evidence(initiatives=initiatives(count))


def counted_variants(count: int) -> str:
    return evidence(initiatives=initiatives(1, count))


def levelled(count: int) -> str:
    rows = {
        "customer": [f"c{k}" for k in range(count)],
        "as_of": ["2026-01-31"] * count,
        "x": [1] * count,
        "kind": [f"k{k}" for k in range(count)],
    }
    return evidence(lambda one: one.update(segments=["kind"]), rows)


def owned(count: int) -> str:
    rows = {
        "customer": [f"c{k}" for k in range(count)],
        "as_of": ["2026-01-31"] * count,
        "x": [1] * count,
        "kind": [f"k{k}" for k in range(count)],
    }
    return evidence(lambda one: one.update(roles={"member": "kind"}), rows, data_until="2026-01-31")


def ranked(count: int) -> str:
    ranks = {
        "customer": ["a"] * count,
        "as_of": ["2025-12-31"] * count,
        "rank": ["good"] * count,
        "by": [f"m{k}" for k in range(count)],
    }
    return evidence(lambda one: one.update(study={"ranks": ["bad", "good"]}), ranks=ranks)


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def usual(name: str) -> tuple[Callable[[int], str], str]:
    """Of a limit that a host may change, when no host does."""
    row, build, words = CHANGED[name][:3]
    return lambda size: said(build(size)), words.format(size_of(rows_of_page()[row]))


#: Row of the page: what has that size, and what its refusal says.
TRIED: dict[str, tuple[Callable[[int], str], str]] = {
    **{CHANGED[name][0]: usual(name) for name in CHANGED},
    "bytes of a name": (named, "at most 128 bytes"),
    "ladders": (laddered, "more than 64 ladders"),
    "rungs of a ladder": (runged, "more than 100 rungs"),
    "bands": (banded, "more than 100 bands"),
    "a weight": (weighing, "at most 1000000"),
    "the position of a knot": (knotted, "from -1e18 to 1e18"),
    "leads": (leading, "more than 63 leads"),
    "errors shown of a condition": (wrong_conditions, "not all"),
    "metrics of a custom scorer": (scored_by, "at most 64"),
    "bytes of a cell": (celled, "at most 1048576 are read"),
    "bytes of a customer's key": (keyed, "at most 65536 are read"),
    "an amount, in minor units": (paid, "too large"),
    "different initiatives kept": (different_initiatives, "at most 4096 different"),
    "different variants kept": (different_variants, "at most 4096 different"),
    "initiatives counted": (counted_initiatives, "more than 256 different initiatives"),
    "variants counted": (counted_variants, "more than 1024 different variants"),
    "levels of a segment": (levelled, "more than 64 levels"),
    "members, and teams, with money": (owned, "more than 256 different names"),
    "members who rank": (ranked, "more than 256 members"),
}


def test_every_limit_of_the_page_is_tried_or_says_where() -> None:
    page = rows_of_page()
    elsewhere = {name for name in page if name not in TRIED}
    assert set(TRIED) <= set(page)
    text = PAGE.read_text(encoding="utf-8")
    for name in elsewhere:
        line = next(line for line in text.splitlines() if line.startswith(f"| {name} |"))
        assert re.search(r"`tests/[\w/.]+`|not tried", line), line


@pytest.mark.parametrize("name", TRIED)
def test_at_the_limit_and_one_beyond(name: str) -> None:
    limit = size_of(rows_of_page()[name])
    work, words = TRIED[name]
    assert work(limit) == ""
    assert words in work(limit + 1)


def test_problems_listed() -> None:
    limit = size_of(rows_of_page()["problems listed of a model"])

    def listed(count: int) -> list[str]:
        wrong = {f"m{k}": {"type": "nothing"} for k in range(count)}
        return [str(one) for one in aiueo.check(model(lambda one: one["metrics"].update(wrong)))]

    assert len(listed(limit - 1)) == limit - 1
    for count in (limit, limit + 1, 3 * limit):
        found = listed(count)
        assert len(found) == limit + 1
        assert found[-1].endswith("mend these first") and found[-2].count("mend") == 0


def scored_csv(place: Path, text: str) -> str:
    """What is said of a table; nothing if it is scored."""
    (place / "model.json").write_text(json.dumps(BASE), encoding="utf-8")
    (place / "rows.csv").write_bytes(text.encode())
    files = [str(place / name) for name in ("model.json", "rows.csv", "out.csv")]
    done = CliRunner().invoke(cli, ["score", *files[:2], "-o", files[2]])
    return done.stderr if done.exit_code else ""


def test_rows_of_csv(tmp_path: Path) -> None:
    """A longer row fits where it begins a block, and one twice as long nowhere."""
    limit = size_of(rows_of_page()["bytes of a row of CSV"])
    row = "a,2026-01-31,1,"
    for size, words in ((limit, ""), (2 * limit + 1, "a row is longer than 4 MiB")):
        said = scored_csv(tmp_path, f"customer,as_of,x,y\n{row}{'z' * (size - len(row) - 1)}\n")
        assert words in said and bool(words) == bool(said)


def test_headers_of_csv(tmp_path: Path) -> None:
    limit = size_of(rows_of_page()["bytes of a header of CSV, with its line end"])
    head = "customer,as_of,x,"
    for size, words in ((limit, ""), (limit + 1, "the header is longer than 1 MiB")):
        rest = ",".join(["y" * 1000] * 1100)[: size - len(head) - 1]
        said = scored_csv(tmp_path, f"{head}{rest}\na,2026-01-31,1{',' * (rest.count(',') + 1)}\n")
        assert words in said and bool(words) == bool(said), said
