"""The members' ranks beside the stages: the study against scikit-learn and pandas, and the seal."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import aiueo
import aiueo.sim
import pandas as pd
import pyarrow as pa
import pytest
from places import ROOT
from test_cli import refused, run

MODEL: dict[str, Any] = {
    "aiueo": 1,
    "name": "sealed",
    "metrics": {"logins": {"type": "number"}, "setup": {"type": "flag"}},
    "axes": {"U": {"components": {"logins": {"metric": "logins", "curve": [[0, 0], [10, 100]]}}}},
    "ladders": {
        "stage": [
            {"name": "Entry"},
            {"name": "Onboard", "when": "setup"},
            {"name": "Active", "when": "U >= 50"},
            {"name": "Loyal", "when": "U >= 90"},
        ]
    },
    "study": {"ranks": ["C", "B", "A", "S"]},
}
STAGES = [one["name"] for one in MODEL["ladders"]["stage"]]
#: Entry, Onboard, Active, Loyal, Entry.
SNAPSHOTS: dict[str, list[Any]] = {
    "customer": ["a", "b", "c", "d", "e"],
    "as_of": ["2026-10-31"] * 5,
    "logins": [0, 1, 6, 10, 9],
    "setup": [False, True, True, True, False],
}
RANKS: dict[str, list[Any]] = {
    "customer": ["a", "b", "c", "d", "e"],
    "as_of": ["2026-10-31", "2026-11-02", "2026-11-02", "2026-11-02", "2026-11-02"],
    "rank": ["C", "S", "A", "S", "A"],
    "by": ["Aoi", "Aoi", "Yuki", "Yuki", None],
}
CONTRACTS: dict[str, list[Any]] = {
    "customer": ["a", "b", "e", "d"],
    "start": ["2025-12-01", "2025-12-15", "2025-12-01", "2026-05-01"],
    "end": ["2026-12-01", "2026-12-15", "2026-12-01", "2027-05-01"],
    "outcome": [None, None, None, None],
    "mrr_before": [100] * 4,
}


@pytest.fixture(scope="module")
def plan() -> aiueo.Plan:
    return aiueo.load(MODEL)


# ── the study ────────────────────────────────────────────────────────────────────────────────


class Portfolio:
    """A simulated one: its study, and each rank beside the stage as pandas joins them."""

    def __init__(self) -> None:
        world = aiueo.sim.simulate(customers=300, months=20, seed=5)
        self.plan = aiueo.load(world.model())
        done = self.plan.initiatives(world.initiatives, keep_all=True)
        self.seen = self.plan.evidence(
            world.snapshots, world.contracts, initiatives=done, ranks=world.ranks
        )
        snapshots = pa.table(world.snapshots).to_pandas()
        scored = self.plan.score(snapshots, initiatives=done, overrides=False)
        self.ladder = next(iter(self.plan.ladders))
        stages = pd.DataFrame(
            {
                "customer": snapshots["customer"],
                "seen": pd.to_datetime(snapshots["as_of"]).astype("datetime64[us]"),
                "stage": scored[self.ladder].to_list(),
            }
        )
        ranks = pa.table(world.ranks).to_pandas()
        ranks["as_of"] = pd.to_datetime(ranks["as_of"]).astype("datetime64[us]")
        joined = pd.merge_asof(
            ranks.sort_values("as_of"),
            stages.sort_values("seen"),
            left_on="as_of",
            right_on="seen",
            by="customer",
            tolerance=pd.Timedelta(days=31),
        )
        joined = joined[joined["customer"].isin(snapshots["customer"])]
        self.unseen = int(joined["stage"].isna().sum())
        self.rows = joined[joined["stage"].notna()]
        names = world.model()["study"]["ranks"]
        self.x = self.rows["rank"].astype(str).map(names.index).astype(int)
        rungs = self.plan.ladders[self.ladder]
        self.y = self.rows["stage"].astype(str).map(rungs.index).astype(int)


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    return Portfolio()


def test_agreement_is_what_sklearn_and_scipy_say(portfolio: Portfolio) -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    stats = pytest.importorskip("scipy.stats", reason="SciPy is not installed")
    found, x, y = portfolio.seen.study("agreement"), portfolio.x, portfolio.y
    assert len(x) > 300 and found.comparable
    assert (found.n, found.unseen) == (len(x), portfolio.unseen)
    assert found.agreed.value == pytest.approx((x == y).mean(), rel=1e-12)
    assert (found.ranked_higher, found.ranked_lower) == ((x > y).sum(), (x < y).sum())
    chance = (x.value_counts(normalize=True) * y.value_counts(normalize=True)).sum()
    assert found.chance == pytest.approx(chance, rel=1e-12)
    for one, weights in zip(found.kappas, (None, "linear", "quadratic")):
        wanted = metrics.cohen_kappa_score(x, y, weights=weights)
        assert one.kappa.value == pytest.approx(wanted, abs=1e-9), one.weights
        assert one.kappa.lower < wanted < one.kappa.upper
    spearman, kendall = (one.correlation.value for one in found.correlations)
    assert spearman == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-9)
    assert kendall == pytest.approx(stats.kendalltau(x, y).statistic, abs=1e-9)
    matrix = pd.crosstab(portfolio.rows["rank"], portfolio.rows["stage"])
    for row in found.matrix:
        for stage, n in row.stages.items():
            assert n == (matrix[stage].get(row.rank, 0) if stage in matrix else 0)
    assert "matrix" in str(found) and "%" in str(found)


def test_members_and_months(portfolio: Portfolio) -> None:
    found, rows = portfolio.seen.study("agreement"), portfolio.rows
    same = portfolio.x == portfolio.y
    assert {one.by for one in found.members} == set(rows["by"].astype(str))
    shares = [one.agreed.value for one in found.members]
    assert shares == sorted(shares)
    for one in found.members:
        mine = rows["by"] == one.by
        assert one.agreed.n == mine.sum()
        assert one.agreed.value == pytest.approx(same[mine].mean(), rel=1e-12)
        alone = portfolio.seen.study("agreement", member=one.by)
        assert alone.agreed.value == one.agreed.value
    month = rows["as_of"].dt.strftime("%Y-%m")
    for name in month.unique():
        part = portfolio.seen.study("agreement", first_month=name, last_month=name)
        assert part.n == (month == name).sum()
    with pytest.raises(aiueo.NotFoundError, match="no rank was given by"):
        portfolio.seen.study("agreement", member="nobody")
    with pytest.raises(aiueo.ArgumentError, match="2026-04"):
        portfolio.seen.study("agreement", first_month="April")


def test_renewal_by_rank(portfolio: Portfolio) -> None:
    [table] = [
        one
        for one in portfolio.seen.study("renewal").tables
        if (one.of, one.terms) == ("rank", "all")
    ]
    assert [row.level for row in table.rows] == ["everybody", "C", "B", "A", "S", "unknown"]
    assert sum(row.rate.n for row in table.rows[1:]) == table.rows[0].rate.n
    assert portfolio.seen.counts["ranks_seen"] == len(portfolio.rows)
    assert portfolio.seen.counts["ranks_unseen"] == portfolio.unseen
    assert portfolio.seen.counts["customers_ranked"] == portfolio.rows["customer"].nunique()


# ── the seal ─────────────────────────────────────────────────────────────────────────────────


def schema_errors(name: str, value: Any) -> list[str]:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    schema = json.loads((ROOT / "schema" / name).read_text(encoding="utf-8"))
    text = json.dumps(schema)
    if "findings/agreement.schema.json" in text:
        path = ROOT / "schema" / "findings" / "agreement.schema.json"
        schema["properties"]["agreement"] = json.loads(path.read_text(encoding="utf-8"))
        schema["properties"]["agreement"]["$id"] = "urn:finding"
    return [one.message for one in jsonschema.Draft202012Validator(schema).iter_errors(value)]


def test_a_seal_is_opened_when_all_have_ranked(plan: aiueo.Plan, tmp_path: Path) -> None:
    made = plan.seal_agreement(SNAPSHOTS)
    assert made.seal["customers"] == 5 and made.seal["as_of"] == "2026-10-31"
    assert schema_errors("agreement_seal.schema.json", made.seal) == []
    assert [one.customer for one in made.sheet] == SNAPSHOTS["customer"]
    assert made.sheet[0].rank is None and made.sheet[0].as_of == "2026-10-31"
    assert not any(stage in made.to_json() + str(made.sheet) for stage in STAGES)
    again = plan.seal_agreement(SNAPSHOTS)
    assert again.seal["nonce"] != made.seal["nonce"]
    assert again.seal["commitment"] != made.seal["commitment"]

    path = tmp_path / "the.seal"
    path.write_text(made.to_json(), encoding="utf-8")
    found = plan.open_agreement(SNAPSHOTS, RANKS, path, contracts=CONTRACTS)
    for source in (made, made.seal, made.to_json(), made.to_json().encode(), str(path)):
        assert plan.open_agreement(SNAPSHOTS, RANKS, source, contracts=CONTRACTS) == found
    assert schema_errors("agreement_opening.schema.json", found.to_dict()) == []
    assert found.agreement.agreed.value == 3 / 5 and found.ranks == 5
    assert [one.customer for one in found.disagreements] == ["b", "e"]
    assert [(one.customer, one.days_to_end) for one in found.surprises] == [("e", 31), ("b", 45)]
    assert found.surprises[0].by is None and found.surprises[1].stage == "Onboard"
    assert found.surprises[0].outcome == "open"
    assert pickle.loads(pickle.dumps(found)) == found
    text = str(found)
    assert text.startswith(found.agreement.sentence) and "surprises" in text
    assert found.text("ja").startswith(found.agreement.sentence.ja)
    assert plan.open_agreement(SNAPSHOTS, RANKS, made).surprises is None


def test_of_many_disagreements_the_furthest_are_printed(plan: aiueo.Plan) -> None:
    rows: dict[str, list[Any]] = {
        "customer": [f"c-{k}" for k in range(50)],
        "as_of": ["2026-10-31"] * 50,
        "logins": [0] * 50,
        "setup": [False] * 50,
    }
    ranks = {
        "customer": rows["customer"],
        "as_of": ["2026-11-02"] * 50,
        "rank": ["C"] * 10 + ["B"] * 39 + ["S"],
    }
    found = plan.open_agreement(rows, ranks, plan.seal_agreement(rows))
    assert len(found.disagreements) == 40
    lines = str(found).splitlines()
    first = next(k for k, line in enumerate(lines) if line.startswith("disagreements"))
    assert lines[first + 1].startswith("c-49 ")
    assert [line[:2] for line in lines[first + 1 :]] == ["c-"] * 20 + ["… "]
    assert lines[-1] == "… and 20 more rows"
    assert found.text("ja").endswith("\n… ほか20行")


def test_why_a_seal_stays_closed(plan: aiueo.Plan) -> None:
    made = plan.seal_agreement(SNAPSHOTS)

    def changed(column: str, row: int, value: Any, table: Any = RANKS) -> Any:
        out = copy.deepcopy(table)
        out[column][row] = value
        return out

    def closed(kind: type[Exception], ranks: Any = RANKS, **how: Any) -> str:
        snapshots, seal = how.get("snapshots", SNAPSHOTS), how.get("seal", made)
        with pytest.raises(kind) as caught:
            how.get("plan", plan).open_agreement(snapshots, ranks, seal)
        assert not any(stage in str(caught.value) for stage in STAGES)
        return str(caught.value)

    some = {name: cells[:3] for name, cells in RANKS.items()}
    assert "2 of 5 customers have no rank yet: d, e" in closed(aiueo.ArgumentError, some)
    assert "not on the sheet" in closed(aiueo.DataError, changed("customer", 0, "x"))
    assert "before the seal" in closed(aiueo.DataError, changed("as_of", 0, "2026-10-30"))
    twice = {name: [*cells, cells[0]] for name, cells in RANKS.items()}
    twice["as_of"][-1] = "2026-11-03"
    assert 'ranked twice by "Aoi"' in closed(aiueo.DataError, twice)
    other = changed("logins", 0, 10, {**SNAPSHOTS, "setup": [True] * 5})
    assert "not the stages that were sealed" in closed(aiueo.ArgumentError, snapshots=other)
    assert "not a seal" in closed(aiueo.DataError, seal={"a": 1})
    assert closed(aiueo.Error, seal=b"no JSON")
    model = copy.deepcopy(MODEL)
    model["ladders"]["stage"][2]["when"] = "U >= 60"
    assert "another model" in closed(aiueo.ArgumentError, plan=aiueo.load(model))
    with pytest.raises(aiueo.ArgumentError, match="no customer has a snapshot"):
        plan.seal_agreement(SNAPSHOTS, as_of="2026-10-30")
    del model["study"]
    with pytest.raises(aiueo.ArgumentError, match="no ranks"):
        aiueo.load(model).seal_agreement(SNAPSHOTS)


# ── the command line ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("model.json").write_text(json.dumps(MODEL), encoding="utf-8")
    for name, table in (("snapshots", SNAPSHOTS), ("ranks", RANKS), ("contracts", CONTRACTS)):
        pd.DataFrame(table).to_csv(f"{name}.csv", index=False)
    return tmp_path


def test_seal_and_open(folder: Path) -> None:
    both = ["model.json", "snapshots.csv"]
    result = run("agreement", "seal", *both, "--sheet", "sheet.csv", "-o", "the.seal")
    assert result.exit_code == 0, result.output
    assert "5 customers as of 2026-10-31" in result.stdout
    lines = Path("sheet.csv").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["customer,as_of,rank,by", "a,2026-10-31,,"]
    opened = ["agreement", "open", *both]
    assert "5 of 5 customers have no rank yet: a, b, c, d, e" in refused(
        *opened, "sheet.csv", "--seal", "the.seal"
    )
    Path("sheet.csv").write_text(
        "\n".join([lines[0], "a,2026-10-31,C,Aoi", "b,2026-10-31,,Aoi", "c,2026-10-31, ,Yuki"]),
        encoding="utf-8",
    )
    message = refused(*opened, "sheet.csv", "--seal", "the.seal")
    assert "4 of 5 customers have no rank yet: b, c, d, e; empty rows: Aoi 1, Yuki 1" in message

    wanted = ["ranks.csv", "--seal", "the.seal", "--contracts", "contracts.csv"]
    result = run(*opened, *wanted)
    assert result.exit_code == 0, result.output
    assert "agree for 3 of 5 customers" in result.stdout
    assert "disagreements" in result.stdout and "surprises" in result.stdout
    result = run("--json", *opened, *wanted)
    assert schema_errors("agreement_opening.schema.json", json.loads(result.stdout)) == []
    result = run(*opened, *wanted, "--language", "ja")
    assert "5社のうち3社" in result.stdout

    assert "not a seal" in refused(*opened, "ranks.csv", "--seal", "model.json")
    assert "two files" in refused("agreement", "seal", *both, "--sheet", "x", "-o", "x")
    result = run("--json", "agreement", "seal", *both, "--as-of", "2026-11-05", "-o", "x.seal")
    assert json.loads(result.stdout)["seal"]["as_of"] == "2026-11-05"
    Path("bad.csv").write_text("customer,as_of,rank\na,2026-10-31,X\n", encoding="utf-8")
    assert "is not a rank of the model" in refused(*opened, "bad.csv", "--seal", "the.seal")
