"""The simulator's tables: they agree with each other, lose values as told, and become files."""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "capi" / "python"))

import aiueo.sim as sim

SMALL = 600


@pytest.fixture(scope="module")
def world():
    return sim.simulate(SMALL, seed=7)


def rows_of(table, names, keys=("customer", "as_of")):
    """Rows as a dictionary by key; columns as comparable text."""
    columns = [np.where(table.missing(name), "", table[name].astype(str)) for name in names]
    return dict(zip(zip(*(table[key].astype(str) for key in keys)), zip(*columns)))


# -- tables that agree ----------------------------------------------------------------------------


def test_every_contract_end_has_its_outcome(world):
    table = world.contracts
    open_ = table.missing("outcome")
    assert np.array_equal(open_, table["end"] > world.data_until)
    assert np.array_equal(open_, table.missing("mrr_after"))
    trial = table["kind"] == "trial"
    assert set(table["outcome"][trial & ~open_]) == {"converted", "lapsed"}
    assert set(table["outcome"][~trial & ~open_]) == {"renewed", "churned"}
    stays = np.isin(table["outcome"], ["renewed", "converted"])
    assert (table["mrr_after"][stays] > 0).all() and (
        table["mrr_after"][~stays & ~open_] == 0
    ).all()
    assert (table["start"] < table["end"]).all()


def test_a_kept_customer_goes_on_the_same_day_at_the_agreed_mrr(world):
    table = world.contracts
    following = dict(zip(zip(table["customer"], table["start"].astype(str)), table["mrr_before"]))
    for i in range(len(table)):
        begins = following.get((table["customer"][i], str(table["end"][i])))
        if table["outcome"][i] in ("renewed", "converted"):
            assert begins == table["mrr_after"][i]
        elif table["outcome"][i] in ("churned", "lapsed"):
            assert begins is None


def test_ledger_is_the_contracts_in_money(world):
    paid = world.contracts[world.contracts["kind"] == "contract"]
    ledger = world.ledger
    assert np.array_equal(ledger["customer"], paid["customer"])
    assert np.array_equal(ledger["start"], paid["start"]) and np.array_equal(
        ledger["mrr"], paid["mrr_before"]
    )
    open_ = ledger.missing("end")
    assert np.array_equal(open_, paid.missing("outcome"))
    assert np.array_equal(ledger["end"][~open_], paid["end"][~open_])
    assert (
        ledger["mrr"].dtype == np.int64
        and (ledger["mrr"] % 100 == 0).all()
        and ledger["mrr"].min() > 0
    )


def test_a_snapshot_for_each_month_end_under_contract_and_no_other(world):
    want = set()
    ends = (world.start + np.arange(world.months) + 1).astype("datetime64[D]") - 1
    for customer, start, end in zip(*(world.contracts[c] for c in ("customer", "start", "end"))):
        want.update((customer, str(day)) for day in ends[(ends >= start) & (ends < end)])
    table = world.snapshots
    have = list(zip(table["customer"], table["as_of"].astype(str)))
    assert len(set(have)) == len(have) and set(have) == want
    assert have == sorted(have)


def test_snapshots_carry_the_contract_of_the_day(world):
    by_key = {}
    for customer, start, end, mrr in zip(
        *(world.contracts[c] for c in ("customer", "start", "end", "mrr_before"))
    ):
        by_key.setdefault(customer, []).append((start, end, mrr))
    table = world.snapshots
    mrr_on = {}
    for i in range(len(table)):
        day = table["as_of"][i]
        start, end, mrr = next(c for c in by_key[table["customer"][i]] if c[0] <= day < c[1])
        assert (
            table["contract_end"][i] == end
            and table["mrr"][i] == mrr
            and table["contract_start"][i] <= start
        )
        mrr_on[table["customer"][i], str(day.astype("datetime64[M]"))] = mrr
    for i in range(len(table)):
        before = mrr_on.get(
            (table["customer"][i], str(table["as_of"][i].astype("datetime64[M]") - 12))
        )
        if before is not None:
            assert (0 if table.missing("mrr_12m_ago")[i] else table["mrr_12m_ago"][i]) == before


def test_nothing_is_known_before_it_happened(world):
    table = world.snapshots
    for name in ("nps@", "csm_pulse@"):
        seen = ~table.missing(name)
        assert seen.any() and (table[name] <= table["as_of"])[seen].all()
        assert np.array_equal(seen, ~table.missing(name[:-1]))
    stale = (table["as_of"] - table["nps@"]).astype(int)[~table.missing("nps@")] > 180
    assert 0.05 < stale.mean() < 0.5
    rows = world.initiatives
    for name in ("attended", "responded"):
        done = ~rows.missing(name)
        assert ((rows[name] > rows["date"]) & (rows[name] <= world.data_until))[done].all()
    asked = np.isin(rows["initiative"], ["nps", "user_meeting", "case_study"])
    first = dict(zip(world.ledger["customer"][::-1], world.ledger["start"][::-1]))
    assert all(
        date >= first[who] for who, date in zip(rows["customer"][asked], rows["date"][asked])
    )


def test_an_earlier_day_knows_less_and_nothing_else(world):
    day = np.datetime64("2025-08-20")
    then = world.as_known_on("2025-08-20")
    assert then.data_until == day and then.snapshots["as_of"].max() == np.datetime64("2025-07-31")
    assert len(then.states) == len(then.snapshots)
    assert np.array_equal(then.contracts.missing("outcome"), then.contracts["end"] > day)
    assert then.contracts["start"].max() <= day and then.initiatives["date"].max() <= day
    replies = then.initiatives["responded"]
    assert replies[~np.isnat(replies)].max() <= day
    whole = rows_of(world.contracts, ["end", "outcome"], ("customer", "start"))
    for key, (end, outcome) in rows_of(
        then.contracts, ["end", "outcome"], ("customer", "start")
    ).items():
        assert whole[key] == (end, outcome) or (
            whole[key][0] == end and outcome == "" and end > str(day)
        )
    with pytest.raises(ValueError, match="not between"):
        world.as_known_on("2030-01-01")


# -- what is missing ------------------------------------------------------------------------------


def test_missing_rates_follow_the_knobs():
    for rate in (0.0, 0.02, 0.2):
        table = sim.simulate(1500, seed=9, knobs=sim.Knobs(missing=rate)).snapshots
        for name in ("admins", "trained_users", "goal_reports", "views", "champion", "hires_12m"):
            assert abs(table.missing(name).mean() - rate) < 0.005 + 0.02 * rate, name
    assert not table.missing("mails_28d").any() and not table.missing("seats").any()


def test_invalid_and_unseen_values_follow_the_knobs():
    table = sim.simulate(1500, seed=9, knobs=sim.Knobs(invalid=0.05, unseen=0.1)).snapshots
    for name, wrong in (
        ("features_used", table["features_used"] == 99),
        ("seats", table["seats"] == 0),
        ("hires_12m", table["hires_12m"] < 0),
        ("last_login", table["last_login"] > table["as_of"]),
    ):
        assert abs(wrong.mean() - 0.05) < 0.01, name
    assert abs((table["champion"] == "left").mean() - 0.1) < 0.01
    clean = sim.simulate(SMALL, seed=9, knobs=sim.Knobs(invalid=0, unseen=0)).snapshots
    assert set(clean["champion"]) == {"yes", "no", None}
    assert clean["features_used"][~clean.missing("features_used")].max() <= 40
    given = ~clean.missing("nps")
    assert clean["nps"][given].min() >= 0 and clean["nps"][given].max() <= 10


def test_worse_customers_answer_less_where_that_is_planted():
    def gap(knobs):
        world = sim.simulate(3000, seed=9, knobs=knobs)
        asked = world.snapshots["nps@"].astype("datetime64[M]") == world.snapshots["as_of"].astype(
            "datetime64[M]"
        )
        success = world.states["success"].astype(bool)
        # Newcomers are neither asked nor successful yet.
        settled = world.snapshots["as_of"] - world.snapshots["contract_start"] > np.timedelta64(
            100, "D"
        )
        return asked[settled & success].mean() / asked[settled & ~success].mean()

    assert abs(gap(sim.Knobs(nps_mnar=0)) - 1) < 0.08
    assert gap(sim.worlds["missing-not-at-random"].knobs) > 2


def test_few_customers_have_a_managers_pulse(world):
    share = len(set(world.snapshots["customer"][~world.snapshots.missing("csm_pulse")])) / SMALL
    assert 0.02 < share < 0.10


def test_being_asked_tells_nothing_of_the_renewal():
    """Who leaves in a month is not asked in it: what those who stay are asked comes after."""
    world = sim.simulate(6000, seed=6)
    rows, agreed = world.initiatives, world.contracts
    asked: dict[str, list[int]] = {}
    for customer, day in zip(
        rows["customer"][rows["initiative"] == "nps"],
        rows["date"][rows["initiative"] == "nps"].astype(int),
    ):
        asked.setdefault(customer, []).append(day)
    decided = np.isin(agreed["outcome"], ["renewed", "churned"])
    ends = zip(agreed["customer"][decided], agreed["end"][decided].astype(int))
    had = np.array([any(end - 90 < day <= end for day in asked.get(key, ())) for key, end in ends])
    kept = agreed["outcome"][decided] == "renewed"
    n = np.bincount(had)
    gap = kept[had].mean() - kept[~had].mean()
    error = np.sqrt(kept.mean() * (1 - kept.mean()) * (1 / n[0] + 1 / n[1]))
    assert n.min() > 1000 and abs(gap) < 4 * error, gap


def test_ranks_follow_the_true_stage():
    world = sim.simulate(3000, seed=9)
    stage = dict(
        zip(
            zip(world.snapshots["customer"], world.snapshots["as_of"].astype(str)),
            world.states["stage"].tolist(),
        )
    )
    table = world.ranks
    seen = np.array([stage[key] for key in zip(table["customer"], table["as_of"].astype(str))])
    given = np.array(["CBAS".index(rank) for rank in table["rank"]])
    assert abs(np.mean(seen == given) - 0.85) < 0.02 and np.abs(seen - given).max() == 1
    assert set(table["as_of"].astype("datetime64[M]").astype(int) % 12) == {3, 9}


# -- knobs, tables, files -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"link_1_2": "brokn"}, "flowing"),
        ({"touch_rate": 1.5}, "touch_rate"),
        ({"lag": 0}, "lag"),
        ({"terms": ((12, 0.5),)}, "sum to 1"),
        ({"terms": ((6, 1.0),)}, "1, 12 or 24"),
        ({"starve": "x"}, "starve"),
    ],
)
def test_wrong_knobs_say_what_would_be_right(wrong, says):
    with pytest.raises(ValueError, match=says):
        sim.Knobs(**wrong)
    with pytest.raises(ValueError, match="no level"):
        sim.Segment("industry", "fishing")
    with pytest.raises(KeyError, match="confounded"):
        sim.worlds["nope"]


def test_latest_is_one_row_a_customer(world):
    today = sim.latest(world.snapshots)
    assert len(set(today["customer"])) == len(today) == len(set(world.snapshots["customer"]))
    last = {}
    for customer, day in zip(world.snapshots["customer"], world.snapshots["as_of"]):
        last[customer] = max(day, last.get(customer, day))
    assert all(last[c] == d for c, d in zip(today["customer"], today["as_of"]))
    assert sim.latest(world.snapshots, "2025-03-31")["as_of"].max() == np.datetime64("2025-03-31")


def test_model_names_only_columns_that_exist(world):
    model = world.model()
    columns = set(world.snapshots.columns)
    for name, metric in model["metrics"].items():
        assert name in columns or "from" in metric or "derive" in metric, name
        if "max_age_days" in metric:
            assert f"{name}@" in columns
    assert columns - set(model["metrics"]) == {"customer", "as_of", "parent", "nps@", "csm_pulse@"}
    assert set(model["roles"].values()) <= columns
    named = set(world.initiatives["initiative"])
    assert {m["initiative"] for m in model["metrics"].values() if "from" in m} <= named
    assert "setup-mail-2" in model["triggers"] and "setup-mail-2" in named
    assert model["touch"]["components"]["mails"]["from"] == "2026-04-01"
    assert model["goals"]["loyal-count"]["by"] == "2027-03-31"


def test_files_hold_the_tables(world, tmp_path):
    place = world.write(tmp_path / "demo")
    assert sorted(p.name for p in place.iterdir()) == [
        "contracts.csv",
        "initiatives.csv",
        "ledger.csv",
        "model.json",
        "ranks.csv",
        "snapshots.csv",
        "truth.json",
    ]
    truth = json.loads((place / "truth.json").read_text())
    assert truth["principal"] is None and set(truth["links"]) == {"1-2", "2-3", "3-4a", "3-4b"}
    assert len(truth["ends"]["p"]) == len(world.truth.ends)
    assert json.loads((place / "model.json").read_text()) == world.model()
    with open(place / "snapshots.csv", newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    table = world.snapshots
    assert len(lines) == len(table) and list(lines[0]) == table.columns
    for name in ("mrr", "nps", "logins_28d"):
        assert [line[name] == "" for line in lines] == table.missing(name).tolist()
        assert all(
            float(line[name]) == value for line, value in zip(lines, table[name]) if line[name]
        )
    assert {line["setup_done"] for line in lines} == {"true", "false", ""}


def test_text_is_quoted_and_a_failed_write_leaves_nothing(tmp_path):
    table = sim.Table(
        {"a": np.array(['x,"y"', None, "あ"], dtype=object), "b": np.array([0.1, np.nan, -3.0])}
    )
    table.write_csv(tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes().decode() == 'a,b\r\n"x,""y""",0.1\r\n,\r\nあ,-3\r\n'
    bad = sim.Table({"a": np.array(["\ud800"], dtype=object)})
    with pytest.raises(UnicodeEncodeError):
        bad.write_csv(tmp_path / "u.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]
    with pytest.raises(ValueError, match="differ in length"):
        sim.Table({"a": np.zeros(1), "b": np.zeros(2)})


def test_pandas_and_arrow_agree_on_what_is_missing(world):
    pandas = pytest.importorskip("pandas", reason="pandas is optional")
    arrow = pytest.importorskip("pyarrow", reason="PyArrow is optional")
    for name, table in world.tables.items():
        frame, columns = table.to_pandas(), arrow.table(table)
        assert list(frame.columns) == columns.column_names == table.columns
        for column in table:
            holes = table.missing(column)
            assert np.array_equal(frame[column].isna().to_numpy(), holes), (name, column)
            assert np.array_equal(columns[column].is_null().to_numpy(), holes), (name, column)
    assert isinstance(frame, pandas.DataFrame)
    assert str(arrow.table(world.snapshots).schema.field("as_of").type) == "date32[day]"


def test_parquet_reads_back(world, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="PyArrow is optional")
    world.contracts.write_parquet(tmp_path / "c.parquet")
    assert parquet.read_table(tmp_path / "c.parquet").num_rows == len(world.contracts)


@pytest.mark.parametrize(("customers", "months", "history"), [(1, 1, 0), (2, 3, 1), (40, 6, 0)])
def test_tiny_worlds_are_whole(customers, months, history):
    world = sim.simulate(customers, months, seed=1, history=history)
    assert set(world.tables) == {"snapshots", "contracts", "ledger", "initiatives", "ranks"}
    assert len(set(world.contracts["customer"])) <= customers
    json.dumps(world.truth.to_dict(), allow_nan=False)


def test_size_does_not_stop_it():
    """A large world is made column by column; this would not end in time row by row."""
    world = sim.simulate(20000, seed=1)
    assert len(world.snapshots) > 200_000
