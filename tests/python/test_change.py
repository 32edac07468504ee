"""Change between two snapshots, roll-up to parents, comparison of two models: from Python and the
command line."""

from __future__ import annotations

import copy
import datetime
import json
from typing import Any

import aiueo
import pytest
from aiueo.cli._app import cli
from click.testing import CliRunner
from portfolio import DATES, INITIATIVES, snapshots

PARTS = ("model", "staleness", "missingness", "behaviour")
LATER = 40


def later(rows: dict[str, list[Any]], seed: int) -> dict[str, list[Any]]:
    """The same customers 40 days later: half of the metrics are new, the others as they were."""
    fresh = snapshots(len(rows["customer"]), seed)
    out = {}
    for k, (name, column) in enumerate(rows.items()):
        out[name] = list(column if k % 2 else fresh[name])
    out["customer"] = [*rows["customer"][3:], "new-1", "new-2", "new-3"]
    move = datetime.timedelta(days=LATER)
    out["as_of"] = [day + move for day in rows["as_of"]]
    out["nps@"] = [day if day is None else day + datetime.timedelta(days=20) for day in out["nps@"]]
    return out


def changed_model(model: dict[str, Any]) -> dict[str, Any]:
    out = copy.deepcopy(model)
    out["axes"]["U"]["components"]["logins"]["weight"] = 5
    out["axes"]["I"]["components"]["admins"]["steps"] = [[1, 30], [2, 100]]
    out["name"] = "hr-saas next"
    return out


@pytest.fixture(scope="module")
def pair() -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    before = snapshots(300)
    return before, later(before, 9)


def shown(value: float | None) -> float | None:
    return None if value is None or value != value else value


@pytest.mark.parametrize("two_models", [False, True])
def test_parts_sum_to_the_change_of_the_scores(
    model: Any, plan: Any, pair: Any, two_models: bool
) -> None:
    before, after = pair
    old = aiueo.load(changed_model(model)) if two_models else plan
    found = plan.change(
        before, after, from_plan=old if two_models else None, initiatives=INITIATIVES
    )
    then = {row["customer"]: row for row in old.score(before, initiatives=INITIATIVES)}
    now = {row["customer"]: row for row in plan.score(after, initiatives=INITIATIVES)}
    rows = found.to_dicts()
    assert len(rows) == 303 and len(found) == 297
    moved = dict.fromkeys(PARTS, 0)
    for row in rows:
        key = row["customer"]
        if row["presence"] != "both":
            assert (key in then) == (row["presence"] == "gone")
            assert row["overall.before"] is None and row["overall.kind"] is None
            continue
        for axis in (*plan.axes, "overall"):
            was, is_ = shown(then[key][axis]), shown(now[key][axis])
            # A pulse may lie between two points of the grid.
            assert (row[f"{axis}.before"] is None) == (was is None)
            assert was is None or abs(row[f"{axis}.before"] - was) < 1e-6
            assert is_ is None or abs(row[f"{axis}.after"] - is_) < 1e-6
            parts = [row[f"{axis}.{part}"] for part in PARTS]
            if was is None or is_ is None:
                assert parts == [None] * 4
                assert (row[f"{axis}.cause"] is None) == (was is None and is_ is None)
                continue
            assert row[f"{axis}.kind"] == "scored"
            assert sum(parts) == row[f"{axis}.after"] - row[f"{axis}.before"]
            for part in PARTS:
                moved[part] += row[f"{axis}.{part}"] != 0
        assert row["stage.before"] == then[key]["stage"]
        assert row["stage.after"] == now[key]["stage"]
    assert (moved["model"] > 0) == two_models
    assert min(moved["staleness"], moved["missingness"], moved["behaviour"]) > 10
    # The portfolio is the mean of the rows.
    total = next(one for one in found.portfolio.scores if one["name"] == "overall")
    both = [row for row in rows if row["overall.kind"] == "scored"]
    assert total["n"] == len(both)
    for part in PARTS:
        mean = sum(row[f"overall.{part}"] for row in both) / len(both)
        assert total["parts"][part] == pytest.approx(mean, abs=1e-12)
    lost = [row for row in rows if row["overall.kind"] == "became_insufficient"]
    assert sum(total["became_insufficient"].values()) == len(lost)
    assert found.portfolio.new == 3 and found.portfolio.gone == 3
    text = str(found)
    assert "297 customers both times, 3 new, 3 gone" in text and "overall, by component" in text


def test_one_customer_line_by_line(plan: Any, pair: Any) -> None:
    before, after = pair
    table = {row["customer"]: row for row in plan.change(before, after).to_dicts()}
    for key in before["customer"][3:40]:
        one = plan.change(before, after, customer=key)
        assert isinstance(one, aiueo.Change) and one.customer == key
        for score in one.scores:
            row = {part: table[key][f"{score.name}.{part}"] for part in PARTS}
            assert score.parts == row
            if score.kind != "scored":
                continue
            for part in PARTS:
                assert sum(line["parts"][part] for line in score.lines) == score.parts[part]
            assert sum(line["before"] for line in score.lines) == score.before
            assert sum(line["after"] for line in score.lines) == score.after
        assert key in str(one)
    with pytest.raises(aiueo.NotFoundError):
        plan.change(before, after, customer="new-1")


def test_tables_of_every_kind_and_what_is_refused(plan: Any, pair: Any) -> None:
    before, after = pair
    pa = pytest.importorskip("pyarrow")
    pd = pytest.importorskip("pandas")
    found = plan.change(pd.DataFrame(before), pa.table(after))
    assert found.to_dicts() == plan.change(before, after).to_dicts()
    assert pa.table(found).equals(found.to_arrow())
    assert list(found.to_pandas()["customer"]) == [row["customer"] for row in found.to_dicts()]
    bare = {key: value for key, value in before.items() if key != "customer"}
    with pytest.raises(aiueo.DataError, match="customer"):
        plan.change(bare, after)
    with pytest.raises(aiueo.DataError, match="as_of"):
        plan.change({key: value for key, value in before.items() if key != "as_of"}, after)


# ── roll-up ──────────────────────────────────────────────────────────────────────────────────


def test_parents(plan: Any) -> None:
    rows = snapshots(60)
    rows["parent"] = [f"p{k % 4}" if k % 5 else None for k in range(60)]
    rolled = {row["customer"]: row for row in plan.rollup(rows).to_dicts()}
    scores = list(plan.score(rows, detail=True))
    assert set(rolled) == {"p0", "p1", "p2", "p3"}
    for key, parent in rolled.items():
        members = [k for k in range(60) if rows["parent"][k] == key]
        known = [rows["mrr"][k] for k in members if rows["mrr"][k] is not None]
        weights = {
            k: sum(known) / len(known) if rows["mrr"][k] is None else rows["mrr"][k]
            for k in members
        }
        with_score = [k for k in members if shown(scores[k]["overall"]) is not None]
        assert parent["children"] == len(members)
        assert parent["members_insufficient"] == len(members) - len(with_score)
        assert parent["mrr"] == sum(known) and parent["mrr_unknown"] == len(members) - len(known)
        total = sum(weights.values())
        covered = sum(weights[k] * scores[k]["coverage"] for k in with_score) / total
        assert parent["coverage"] == pytest.approx(covered, abs=1e-9)
        low = sum(weights[k] * scores[k]["lower"] for k in with_score) / total
        assert parent["lower"] == pytest.approx(low, abs=1e-5)
        mean = sum(weights[k] * scores[k]["overall"] for k in with_score)
        mean /= sum(weights[k] for k in with_score)
        if parent["overall"] is not None:
            expected = min(max(mean, parent["lower"]), parent["upper"])
            assert parent["overall"] == pytest.approx(expected, abs=1e-5)
    assert "4 parents" in str(plan.rollup(rows))
    rows["parent"] = [rows["customer"][1] if k == 2 else rows["customer"][2] for k in range(60)]
    with pytest.raises(aiueo.DataError, match="circle"):
        plan.rollup(rows)
    with pytest.raises(aiueo.DataError, match="parent"):
        plan.rollup(snapshots(5))


# ── comparison ───────────────────────────────────────────────────────────────────────────────


def with_segments(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    count = len(rows["customer"])
    words = ["food", "metal", None]
    return {
        **rows,
        "industry": [words[k % 3] for k in range(count)],
        "term_months": [12 if k % 2 else 24 for k in range(count)],
    }


def contracts(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    end = rows["as_of"][0] + datetime.timedelta(days=95)
    return {
        "customer": rows["customer"],
        "start": [end - datetime.timedelta(days=365)] * len(rows["customer"]),
        "end": [end] * len(rows["customer"]),
        "outcome": ["churned" if k % 3 == 0 else "renewed" for k in range(len(rows["customer"]))],
        "mrr_before": [1000] * len(rows["customer"]),
        "mrr_after": [0 if k % 3 == 0 else 1000 for k in range(len(rows["customer"]))],
    }


def test_comparison_tells_who_moves_and_what_the_studies_say(model: Any, plan: Any) -> None:
    rows = with_segments(snapshots(400))
    proposed = aiueo.load(changed_model(model))
    found = plan.compare(proposed, rows, contracts(rows), movers=5)
    moves = plan.score(rows), proposed.score(rows)
    size = []
    for was, is_ in zip(*moves):
        if shown(was["overall"]) is not None and shown(is_["overall"]) is not None:
            size.append(abs(is_["overall"] - was["overall"]))
    largest = sorted(size, reverse=True)[:5]
    assert [abs(one["change"]) for one in found.movers] == pytest.approx(largest, abs=1e-5)
    for one in found.movers:
        assert sum(line["change"] for line in one["lines"]) == one["change"]
    stages = sum(a["stage"] != b["stage"] for a, b in zip(*moves))
    (ladder,) = found.moves.ladders
    assert sum(one["n"] for one in ladder["moves"] if one["from"] != one["to"]) == stages
    assert sum(one["customers"] for one in found.segments if one["segment"] == "plan") == 400
    # Every figure is the study's own.
    for side, of in (("current", plan), ("proposed", proposed)):
        seen = of.evidence(rows, contracts(rows))
        told = found[side]["evidence"]
        validated = seen.study("validation").to_dict()
        assert told["auc"] == [
            {"score": one["name"], "auc": one["auc"]} for one in validated["scores"]
        ]
        renewed = seen.study("renewal").to_dict()
        assert told["renewal"] == [
            one for one in renewed["tables"] if one["terms"] == "all" and one["ordered"]
        ]
        assert told["segments"] == renewed["segments"]
    text = found.text()
    assert "AUC for renewal" in text and "renewal by stage" in text and "by segment" in text
    assert "平均" in found.text("ja")
    bare = plan.compare(proposed, rows)
    assert bare.current.evidence is None and "AUC" not in bare.text()
    same = plan.compare(plan, rows)
    assert same.movers == [] and "! " in same.text()
    with pytest.raises(aiueo.ArgumentError, match="kind"):
        plan.compare(proposed, rows, kind="lease")


# ── schema ───────────────────────────────────────────────────────────────────────────────────


def test_json_is_as_the_schemas_say(model: Any, plan: Any, pair: Any) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    from places import ROOT

    def check(name: str, value: Any) -> None:
        schema = json.loads((ROOT / "schema" / f"{name}.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(value)))

    before, after = pair
    proposed = aiueo.load(changed_model(model))
    check("changes", plan.change(before, after).to_dict())
    check("changes", plan.change(before, after, from_plan=proposed).to_dict())
    for key in before["customer"][3:60]:
        check("change", plan.change(before, after, key, from_plan=proposed))
    check("comparison", plan.compare(proposed, before).to_dict())
    full = with_segments(before)
    check("comparison", plan.compare(proposed, full, contracts(full)).to_dict())


# ── command line ─────────────────────────────────────────────────────────────────────────────


def write_csv(path: Any, rows: dict[str, list[Any]]) -> str:
    import csv

    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(rows)
        for values in zip(*rows.values()):
            out.writerow(
                "" if v is None else v.isoformat() if isinstance(v, datetime.date) else v
                for v in values
            )
    return str(path)


def run(*args: str) -> Any:
    return CliRunner().invoke(cli, list(args))


def test_commands(tmp_path: Any, model: Any, plan: Any, pair: Any) -> None:
    assert set(DATES) <= set(pair[0])
    before = write_csv(tmp_path / "before.csv", with_segments(pair[0]))
    after = write_csv(tmp_path / "after.csv", pair[1])
    ends = write_csv(tmp_path / "contracts.csv", contracts(pair[0]))
    paths = []
    for name, text in (("a", model), ("b", changed_model(model))):
        paths.append(str(tmp_path / f"{name}.json"))
        (tmp_path / f"{name}.json").write_text(json.dumps(text), encoding="utf-8")
    done = run("change", paths[0], before, after, "-o", str(tmp_path / "out.csv"))
    assert done.exit_code == 0, done.output
    assert "297 customers both times" in done.output
    assert len((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()) == 304
    done = run("change", paths[1], before, after, "--from-model", paths[0], "--json")
    assert json.loads(done.output)["models"]["same"] is False
    key = pair[0]["customer"][10]
    done = run("change", paths[0], before, after, "--customer", key)
    assert done.exit_code == 0 and "overall:" in done.output
    assert run("change", paths[0], before, after, "--customer", "nobody").exit_code == 2
    done = run("compare", *paths, before, ends, "--movers", "3")
    assert done.exit_code == 0, done.output
    assert "who moves most" in done.output and "AUC for renewal" in done.output
    done = run("compare", *paths, before, "--json")
    assert json.loads(done.output)["current"]["evidence"] is None
    family = dict(pair[0])
    family["parent"] = [f"p{k % 4}" for k in range(300)]
    whole = write_csv(tmp_path / "family.csv", family)
    done = run("rollup", paths[0], whole, "-o", str(tmp_path / "parents.csv"))
    assert done.exit_code == 0 and "4 parents" in done.output
    assert len((tmp_path / "parents.csv").read_text(encoding="utf-8").splitlines()) == 5
    assert run("rollup", paths[0], before).exit_code == 2
