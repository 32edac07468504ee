"""The scenarios of examples/scenarios on data that nobody here wrote.

The data are optional: the folder named by AIUEO_DATA, else ../shared/data beside the repository.
What is expected comes from the raw files by plain Python, pandas or NumPy, never from the library.
"""

from __future__ import annotations

import csv
import datetime
import importlib.util
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")
pq = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("duckdb")

import aiueo  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "examples" / "scenarios"
DATA = Path(os.environ.get("AIUEO_DATA") or ROOT.parent / "shared" / "data")
NAMES = ("telco_ibm", "churnsim_crm", "saasguard_panel")


if not any((DATA / name).is_dir() for name in NAMES):
    pytest.skip(f"no scenario in {DATA}; AIUEO_DATA names the folder", allow_module_level=True)


def where_present(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("scenario", names, indirect=True)


def run_load(name: str, data: Path, out: Path, form: str = "csv") -> None:
    command = [sys.executable, str(SCENARIOS / name / "load.py"), str(data), str(out), form]
    subprocess.run(command, check=True)


def run_aiueo(*words: object) -> None:
    """The command line of the package under test."""
    package = str(Path(aiueo.__file__).parents[1])
    path = os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "aiueo", *map(str, words)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": path})


class Scenario:
    """A scenario, loaded and scored once for all tests."""

    def __init__(self, name: str, made: Path) -> None:
        self.name = name
        self.data = DATA / name
        self.made = made
        run_load(name, self.data, made, "csv")
        run_load(name, self.data, made, "parquet")
        self.model = SCENARIOS / name / "model.json"
        self.plan = aiueo.load(self.model)
        self.snapshots = pd.read_parquet(made / "snapshots.parquet")
        self.labels = pd.read_parquet(made / "labels.parquet")
        self.scores = self.plan.score(self.snapshots, detail=True)
        self.scored = self.scores.to_pandas()
        self.ladder, self.rungs = next(iter(self.plan.ladders.items()))

    def raw(self, file: str) -> Any:
        return pd.read_csv(self.data / file)

    def raw_rows(self, file: str, **wanted: str) -> list[dict[str, str]]:
        with open(self.data / file, encoding="utf-8", newline="") as text:
            rows = list(csv.DictReader(text))
        return [row for row in rows if all(row[key] == value for key, value in wanted.items())]

    def one(self, customer: str, as_of: str) -> Any:
        day = pd.to_datetime(self.scored.as_of) == pd.Timestamp(as_of)
        found = self.scored[(self.scored.customer == customer) & day]
        assert len(found) == 1
        return found.iloc[0]

    def rates(self, column: str, names: list[str]) -> list[float]:
        churned = self.labels.churned.astype(float)
        return [float(churned[self.scored[column] == name].mean()) for name in names]


@pytest.fixture(scope="module")
def scenario(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    if not (DATA / request.param).is_dir():
        pytest.skip(f"{request.param} is not in {DATA}; AIUEO_DATA names the folder")
    return Scenario(request.param, tmp_path_factory.mktemp(request.param))


of_all = where_present(*NAMES)
of_telco = where_present("telco_ibm")
of_churnsim = where_present("churnsim_crm")
of_saasguard = where_present("saasguard_panel")


# What the definitions say, once more and apart from the library.


def curve(knots: list[tuple[float, float]], x: float) -> float:
    if x <= knots[0][0]:
        return knots[0][1]
    for (left, low), (right, high) in zip(knots, knots[1:]):
        if x < right:
            return low + (high - low) * (x - left) / (right - left)
    return knots[-1][1]


def grid(score: float) -> float:
    """Scores are multiples of 2^-20, ties to even: so does Python round."""
    return round(score * 2**20) / 2**20


def mean(parts: list[tuple[float, float | None]]) -> float:
    """Of (weight, response); an unknown response is left out."""
    known = [(weight, response) for weight, response in parts if response is not None]
    return grid(sum(w * s for w, s in known) / sum(w for w, _ in known))


def auc(scores: Any, churned: Any) -> float:
    """P(who stays scores higher than who leaves) + half the ties, by counting pairs."""
    stayed, left = np.sort(scores[churned == 0]), scores[churned == 1]
    below = np.searchsorted(stayed, left, "left")
    upto = np.searchsorted(stayed, left, "right")
    return float((len(stayed) - (below + upto) / 2).mean() / len(stayed))


# All three.


@of_all
def test_the_loader_gives_what_the_model_reads_and_no_label(scenario: Scenario) -> None:
    metrics = json.loads(scenario.model.read_text(encoding="utf-8"))["metrics"]
    raw = {name for name, metric in metrics.items() if "derive" not in metric}
    columns = set(scenario.snapshots.columns)
    assert raw <= columns
    forbidden = re.compile("churn|upgrade|label|outcome", re.IGNORECASE)
    assert not [name for name in columns if forbidden.search(name)]
    assert "touch" not in scenario.scored.columns


@of_all
def test_scores_are_sane(scenario: Scenario) -> None:
    scored = scenario.scored
    assert len(scored) == len(scenario.snapshots) == len(scenario.labels)
    assert (scored.customer == scenario.labels.customer).all()
    counts = scored[scenario.ladder].value_counts()
    assert counts.sum() == len(scored) and set(counts.index) == set(scenario.rungs)
    assert scored.band.notna().all()
    assert scored.overall.between(0, 100).all() and not scored.insufficient.any()
    assert (scored.lower <= scored.overall).all() and (scored.overall <= scored.upper).all()
    assert (scored[["stale", "invalid", "unseen"]] == 0).all(axis=None)
    for axis in scenario.plan.axes:
        empty = scored[axis].isna()
        phone_only = scenario.name == "telco_ibm" and axis == "E"
        assert empty.sum() == (1526 if phone_only else 0)
        if phone_only:
            assert (empty == (scenario.snapshots.internet == "No")).all()


@of_all
def test_the_command_line_and_the_package_give_the_same_bits(scenario: Scenario) -> None:
    tables = []
    for form in ("csv", "parquet"):
        out = scenario.made / f"scores-of-{form}.parquet"
        snapshots = scenario.made / f"snapshots.{form}"
        run_aiueo("score", scenario.model, snapshots, "-o", out, "--detail", "--quiet")
        tables.append(pq.read_table(out))
    assert tables[0].equals(tables[1])
    package = scenario.scores.to_arrow()
    assert package.column_names == tables[0].column_names
    for name in package.column_names:
        assert package[name].to_pylist() == tables[0][name].to_pylist(), name


@of_all
def test_the_command_line_writes_csv(scenario: Scenario) -> None:
    out = scenario.made / "scores.csv"
    snapshots = scenario.made / "snapshots.parquet"
    run_aiueo("score", scenario.model, snapshots, "-o", out, "--quiet")
    with open(out, encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert [float(row["overall"]) for row in rows] == list(scenario.scored.overall)
    assert [row[scenario.ladder] for row in rows] == list(scenario.scored[scenario.ladder])


@of_all
def test_scores_foresee_leaving(scenario: Scenario) -> None:
    known = scenario.labels.churned.notna().to_numpy()
    churned = scenario.labels.churned[known].astype(float).to_numpy()
    found = auc(scenario.scored.overall.to_numpy()[known], churned)
    print(f"{scenario.name}: AUC of overall {found:.4f}, n = {known.sum():,}")
    assert (
        found >= {"telco_ibm": 0.74, "churnsim_crm": 0.62, "saasguard_panel": 0.95}[scenario.name]
    )
    bands = scenario.rates("band", ["Lv1", "Lv2", "Lv3", "Lv4", "Lv5"])
    print(f"{scenario.name}: leaving by band {[round(rate, 4) for rate in bands]}")
    assert bands == sorted(bands, reverse=True)


@of_all
def test_the_figures_of_the_readme_are_todays(scenario: Scenario) -> None:
    spec = importlib.util.spec_from_file_location("figures", SCENARIOS / "figures.py")
    assert spec and spec.loader
    figures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(figures)
    readme = (SCENARIOS / scenario.name / "README.md").read_text(encoding="utf-8")
    written = readme.split(figures.MARK)[1].strip().splitlines()
    today = figures.figures(scenario.name, DATA).splitlines()
    assert [line for line in written if "a second" not in line] == [
        line for line in today if "a second" not in line
    ], "run: python examples/scenarios/figures.py DATA --write"


# Telco.


@of_telco
def test_telco_published_facts(scenario: Scenario) -> None:
    raw = scenario.raw_rows("telco.csv")
    assert len(raw) == len(scenario.snapshots) == 7043
    assert scenario.labels.churned.sum() == 1869
    table = scenario.snapshots.merge(scenario.labels, on=["customer", "as_of"])
    found = table.groupby("contract").churned.agg(["sum", "size"]).to_dict("index")
    assert found == {
        "Month-to-month": {"sum": 1655, "size": 3875},
        "One year": {"sum": 166, "size": 1473},
        "Two year": {"sum": 48, "size": 1695},
    }
    unknown = scenario.snapshots.total_charge.isna()
    assert unknown.sum() == 11
    assert (unknown == (scenario.snapshots.tenure_months == 0)).all()
    blanks = {row["customerID"] for row in raw if row["TotalCharges"] == " "}
    assert set(scenario.snapshots.customer[unknown]) == blanks
    ends = pd.read_csv(scenario.made / "contracts.csv", parse_dates=["start", "end"])
    months = ((ends.end - ends.start).dt.days / 30.4).round().astype(int)
    by_term = (ends.outcome == "churned").groupby(months).agg(["sum", "size"])
    assert by_term.to_numpy().tolist() == [[1655, 3875], [166, 1473], [48, 1695]]
    assert (ends.mrr_after[ends.outcome == "churned"] == 0).all()


@of_telco
def test_telco_one_customer_by_hand(scenario: Scenario) -> None:
    [raw] = scenario.raw_rows("telco.csv", customerID="7590-VHVEG")
    assert (raw["tenure"], raw["PaymentMethod"], raw["InternetService"], raw["PhoneService"]) == (
        "1", "Electronic check", "DSL", "No",
    )  # fmt: skip
    settled = 0 + (30 - 0) * 1 / 3  # one of the first three months
    i = grid((2 * settled + 0) / 3)
    u = grid((50 + 0 + 0) / 3)  # the internet alone; without a telephone, lines are unknown
    e = grid((2 * 0 + 2 * 0 + 100 + 0) / 6)  # backup only
    row = scenario.one("7590-VHVEG", "2018-06-30")
    assert [20, i, u, e] == [row.A, row.I, row.U, row.E]
    assert row.overall == grid((2 * i + u + 2 * e) / 5)
    assert row["U.coverage"] == 0.75
    assert (row.stage, row.band, row.profile) == ("Entry", "Lv1", "default")


@of_telco
def test_telco_every_customer_by_numpy(scenario: Scenario) -> None:
    raw = scenario.raw("telco.csv").sort_values("customerID")

    def taken(column: str) -> Any:
        return np.select([raw[column] == "Yes", raw[column] == "No"], [100.0, 0.0], np.nan)

    def weighted(*parts: tuple[float, Any]) -> Any:
        known = sum(w * ~np.isnan(s) for w, s in parts)
        return sum(w * np.nan_to_num(s) for w, s in parts) / np.where(known, known, np.nan)

    tenure = raw.tenure.to_numpy()
    net = (raw.InternetService != "No").to_numpy()
    phone = taken("PhoneService")
    auto = np.where(raw.PaymentMethod.str.endswith("(automatic)"), 100.0, 0.0)
    i = weighted((2, np.interp(tenure, [0, 3, 6, 12, 24], [0, 30, 50, 70, 100])), (1, auto))
    connections = np.where(net, (phone + 100) / 2, phone)
    u = weighted((1, connections), *((1, taken(c)) for c in
                 ("MultipleLines", "StreamingTV", "StreamingMovies")))  # fmt: skip
    e = weighted((2, taken("TechSupport")), (2, taken("OnlineSecurity")),
                 (1, taken("OnlineBackup")), (1, taken("DeviceProtection")))  # fmt: skip
    overall = np.where(net, (2 * i + u + 2 * np.nan_to_num(e)) / 5, (2 * i + u) / 3)
    scored = scenario.scored
    assert (scored.customer.to_numpy() == raw.customerID.to_numpy()).all()
    for name, expected in {"I": i, "U": u, "E": e, "overall": overall}.items():
        np.testing.assert_allclose(scored[name], expected, rtol=0, atol=3e-6, err_msg=name)

    long_term = (raw.Contract != "Month-to-month").to_numpy()
    year = tenure >= 12
    onboard = i >= 50 - 1e-9
    active = onboard & year & (~net | (e >= 30))
    loyal = active & long_term & np.where(net, e >= 60, tenure >= 24)
    stage = np.select([loyal, active, onboard], ["Loyal", "Active", "Onboard"], "Entry")
    assert (scored.stage.to_numpy() == stage).all()
    rates = scenario.rates("stage", scenario.rungs)
    print(f"telco_ibm: leaving by stage {[round(rate, 4) for rate in rates]}")
    assert rates == sorted(rates, reverse=True)


# ChurnSim.


@of_churnsim
def test_churnsim_counts_of_the_raw_tables(scenario: Scenario) -> None:
    usage, accounts = scenario.raw("usage_monthly.csv"), scenario.raw("accounts.csv")
    assert (len(usage), len(accounts)) == (26164, 2130)
    rows = usage.merge(accounts, on="account_id")
    month_end = pd.to_datetime(rows.month) + pd.offsets.MonthEnd(0)
    gone = pd.to_datetime(rows.churn_date) <= month_end
    assert gone.sum() == 601
    assert len(scenario.snapshots) == (~gone).sum() == 25563
    assert scenario.snapshots.customer.nunique() == 2130
    assert not scenario.snapshots.duplicated(["customer", "as_of"]).any()
    assert scenario.labels.churned.sum() == 614
    assert scenario.labels.churned.count() == rows.churn_next_month[~gone].count() == 24047
    nowhere = {row["account_id"] for row in scenario.raw_rows("accounts.csv", region="None")}
    unknown = scenario.snapshots.customer[scenario.snapshots.region.isna()]
    assert len(nowhere) == 253 and set(unknown) == {f"crm-{account}" for account in nowhere}
    for column in ("search", "quote"):
        assert scenario.snapshots[column].sum() == rows[column][~gone].sum()


@of_churnsim
def test_churnsim_periods_and_their_outcome(scenario: Scenario) -> None:
    periods = scenario.raw("subscriptions.csv").sort_values(["account_id", "start_date"])
    ends = pd.read_csv(scenario.made / "contracts.csv")
    ledger = pd.read_csv(scenario.made / "ledger.csv")
    assert len(periods) == len(ends) == len(ledger) == 18508
    following = periods.groupby("account_id").mrr.shift(-1)
    counts = ends.outcome.value_counts(dropna=False).to_dict()
    assert counts["renewed"] == following.notna().sum() == 18508 - 2130
    assert counts["churned"] == 614
    assert ends.outcome.isna().sum() == 2130 - 614
    renewed = ends[ends.outcome == "renewed"]
    assert (renewed.mrr_after > renewed.mrr_before).sum() == (following > periods.mrr).sum() == 986
    assert (renewed.mrr_after < renewed.mrr_before).sum() == (following < periods.mrr).sum() == 306
    assert (ends.mrr_after[ends.outcome == "churned"] == 0).all()
    assert ends.mrr_after[ends.outcome.isna()].isna().all()
    for day in ("2022-06-30", "2023-02-28", "2023-12-31"):
        active = ledger[(ledger.start <= day) & (day < ledger.end)]
        then = scenario.snapshots[scenario.snapshots.as_of == datetime.date.fromisoformat(day)]
        assert len(then) == len(active) and math.isclose(then.mrr.sum(), active.mrr.sum())


@of_churnsim
def test_churnsim_one_account_by_hand(scenario: Scenario) -> None:
    months = scenario.raw_rows("usage_monthly.csv", account_id="0")
    at = [row["month"] for row in months].index("2022-09-01")
    row = {key: float(value) for key, value in months[at].items() if key != "month" and value}
    [account] = scenario.raw_rows("accounts.csv", account_id="0")
    assert account["licensed_users"] == "4" and row["days"] == 30
    seats = 4 * 30 / 30

    def so_far(*names: str) -> float:
        return sum(float(month[name]) for month in months[: at + 1] for name in names)

    i = mean([
        (1, curve([(0, 0), (0.5, 50), (0.9, 100)], row["avg_daily_users"] / 4)),
        (1, curve([(0, 0), (4, 30), (13, 60), (40, 100)], so_far("add_lead", "add_contact") / 4)),
        (1, curve([(0, 0), (4, 30), (15, 60), (50, 100)], so_far("create_opportunity") / 4)),
    ])  # fmt: skip
    records = row["add_lead"] + row["add_contact"]
    outreach = row["email_lead"] + row["call_lead"] + row["email_list"]
    deals = row["create_opportunity"] + row["advance_stage"] + row["quote"]
    kinds = [
        row["search"], row["quote"], row["create_opportunity"], row["advance_stage"], records,
        row["email_lead"] + row["call_lead"], row["email_list"],
        row["meeting"] + row["schedule_meeting"],
    ]  # fmt: skip
    used = sum(count > 0 for count in kinds)
    u = mean([
        (1, curve([(0, 0), (1, 50), (2.5, 80), (9, 100)], row["search"] / seats)),
        (1, curve([(0, 0), (2.5, 30), (6, 60), (12, 85), (21, 100)], records / seats)),
        (1, curve([(0, 0), (5, 30), (10, 60), (19, 85), (30, 100)], outreach / seats)),
        (1, curve([(0, 0), (6, 30), (12, 60), (24, 85), (40, 100)], deals / seats)),
        (2, curve([(0, 0), (4, 20), (6, 60), (8, 100)], used)),
    ])  # fmt: skip
    won, lost = row["win_opportunity"], row["lose_opportunity"]
    before = months[at - 3 : at]
    won_a_day = sum(float(m["win_opportunity"]) for m in before) / sum(
        int(m["days"]) for m in before
    )
    o = mean([
        (2, curve([(0, 0), (1, 30), (2.7, 60), (6, 85), (11, 100)], won / seats)),
        (1, curve([(0, 0), (0.5, 40), (0.8, 75), (1, 100)], won / (won + lost))),
        (1, curve([(0, 0), (2, 30), (7, 60), (18, 85), (38, 100)], won / (100 / 100))),
        (1, curve([(0, 0), (0.5, 35), (1, 70), (1.5, 100)], won / 30 / won_a_day)),
    ])  # fmt: skip
    found = scenario.one("crm-0", "2022-09-30")
    assert found.profile == "default"
    assert pytest.approx([i, u, o], abs=2**-19) == [found.I, found.U, found.O]
    assert found.overall == pytest.approx((i + 2 * u + 2 * o) / 5, abs=2**-19)


@of_churnsim
def test_churnsim_levels_follow_from_the_axes(scenario: Scenario) -> None:
    scored, snapshots = scenario.scored, scenario.snapshots
    ready = scored.I >= 50
    active = ready & (scored.U >= 40)
    winning = active & (scored.O >= 50)
    thriving = winning & (scored.O >= 70) & (scored.U >= 60)
    level = np.select([thriving, winning, active, ready], ["L5", "L4", "L3", "L2"], "L1")
    assert (scored.level.to_numpy() == level).all()
    days = (pd.to_datetime(snapshots.as_of) - pd.to_datetime(snapshots.customer_since)).dt.days
    profile = np.select(
        [days < 90, snapshots.bill_period_months >= 6], ["start", "prepaid"], "default"
    )
    assert (scored.profile.to_numpy() == profile).all()
    low, high = scored.level.isin(["L1", "L2", "L3"]), scored.level.isin(["L4", "L5"])
    churned = scenario.labels.churned.astype(float)
    rates = scenario.rates("level", scenario.rungs)
    print(f"churnsim_crm: leaving by level {[round(rate, 4) for rate in rates]}")
    assert churned[low].mean() > 2 * churned[high].mean()


# SaaSGuard.


@of_saasguard
def test_saasguard_counts_of_the_raw_tables(scenario: Scenario) -> None:
    periods, accounts = scenario.raw("snapshots.csv"), scenario.raw("accounts.csv")
    assert (len(periods), len(accounts)) == (23873, 1500)
    rows = periods.merge(accounts, on="account_id")
    gone = rows.snapshot_date >= rows.churn_date
    assert gone.sum() == 32
    assert len(scenario.snapshots) == (~gone).sum() == 23841
    assert scenario.snapshots.customer.nunique() == rows.account_id[~gone].nunique() == 1492
    assert scenario.labels.churned.count() == rows.churn_next_90d[~gone].count() == 20844
    assert scenario.labels.churned.sum() == rows.churn_next_90d[~gone].sum() == 1104
    ledger = pd.read_csv(scenario.made / "ledger.csv")
    assert len(ledger) == 1500 and ledger.end.notna().sum() == 501
    assert scenario.snapshots.adoption_score.isna().sum() == rows.adoption_score[~gone].isna().sum()
    rates = scenario.rates("stage", scenario.rungs)
    print(f"saasguard_panel: leaving by stage {[round(rate, 4) for rate in rates]}")
    assert rates[1] > rates[2] > rates[3] and rates[0] > rates[2]


@of_saasguard
def test_saasguard_one_account_by_hand(scenario: Scenario) -> None:
    periods = scenario.raw_rows("snapshots.csv", account_id="SG0007")
    texts = ("account_id", "snapshot_date")
    rows = [{k: float(v) for k, v in row.items() if v and k not in texts} for row in periods]
    [account] = scenario.raw_rows("accounts.csv", account_id="SG0007")
    last = rows[2]

    def so_far(name: str) -> float:
        return sum(row[name] for row in rows[:3])

    i = mean([
        (2, curve([(0, 0), (2, 30), (6, 80), (9, 100)], float(account["onboard_integrations"]))),
        (1, curve([(0, 0), (5, 60), (20, 100)], so_far("n_evidence_upload"))),
        (1, curve([(0, 0), (1, 40), (4, 100)], so_far("n_user_invite"))),
    ])  # fmt: skip
    trend = last["events"] / ((rows[0]["events"] + rows[1]["events"]) / 2)
    u = mean([
        (2, curve([(0, 0), (10, 40), (20, 90), (24, 100)], last["active_days"])),
        (1, curve([(0, 0), (4, 50), (9, 100)], last["n_monitoring_run"])),
        (1, curve([(0, 0), (4, 70), (8, 100)], last["n_report_view"])),
        (1, curve([(0.4, 0), (0.8, 60), (1, 100)], trend)),
    ])  # fmt: skip
    assert last["high_tickets"] == 4
    e = mean([
        (2, 0),  # three urgent tickets or more
        (1, curve([(8, 100), (24, 60), (48, 0)], last["resolution_hours"])),
        (1, curve([(0, 50), (1, 80), (3, 100)], last["n_premium_feature_trial"])),
    ])  # fmt: skip
    found = scenario.one("SG0007", periods[2]["snapshot_date"])
    assert found.profile == "onboarding"  # its 90th day
    assert pytest.approx([i, u, e], abs=2**-19) == [found.I, found.U, found.E]
    assert found.overall == pytest.approx((2 * i + 2 * u + e) / 5, abs=2**-19)
    first = scenario.one("SG0007", periods[0]["snapshot_date"])
    assert math.isnan(first["U.trend"]) and first["U.coverage"] == 0.8


# Leakage: snapshots do not change when the future is cut off.


def cut_churnsim(data: Path, to: Path, day: str) -> None:
    accounts = pd.read_csv(data / "accounts.csv", keep_default_na=False)
    accounts = accounts[accounts.start_date <= day]
    accounts.loc[accounts.churn_date > day, ["churn_date", "churned"]] = ["", 0]
    accounts.to_csv(to / "accounts.csv", index=False)
    periods = pd.read_csv(data / "subscriptions.csv")
    periods = periods[periods.start_date <= day]
    agreed = [
        (pd.Timestamp(start) + pd.DateOffset(months=months)).date().isoformat()
        for start, months in zip(periods.start_date, periods.bill_period_months)
    ]
    periods["end_date"] = np.where(periods.end_date > day, agreed, periods.end_date)
    periods.to_csv(to / "subscriptions.csv", index=False)
    usage = pd.read_csv(data / "usage_monthly.csv", keep_default_na=False)
    usage = usage[usage.month <= day]
    usage["churn_next_month"] = ""
    usage.loc[usage.index[0], "churn_next_month"] = "0"  # a column of nothing has no type
    usage.to_csv(to / "usage_monthly.csv", index=False)


def cut_saasguard(data: Path, to: Path, day: str) -> None:
    accounts = pd.read_csv(data / "accounts.csv", keep_default_na=False)
    accounts = accounts[accounts.signup_date <= day]
    accounts.loc[accounts.churn_date > day, ["churn_date", "churned"]] = ["", 0]
    accounts.loc[accounts.upgrade_date > day, "upgrade_date"] = ""
    accounts.to_csv(to / "accounts.csv", index=False)
    periods = pd.read_csv(data / "snapshots.csv", keep_default_na=False)
    periods = periods[periods.snapshot_date <= day]
    periods.to_csv(to / "snapshots.csv", index=False)


@where_present("churnsim_crm", "saasguard_panel")
def test_a_snapshot_knows_nothing_of_what_comes_after(scenario: Scenario, tmp_path: Path) -> None:
    if scenario.name == "churnsim_crm":
        day, cut = "2023-03-31", cut_churnsim
    else:
        day, cut = "2024-06-30", cut_saasguard
    cut(scenario.data, tmp_path, day)
    run_load(scenario.name, tmp_path, tmp_path / "out", "csv")
    with open(scenario.made / "snapshots.csv", encoding="utf-8", newline="") as text:
        expected = [row for row in csv.DictReader(text) if row["as_of"] <= day]
    with open(tmp_path / "out" / "snapshots.csv", encoding="utf-8", newline="") as text:
        found = list(csv.DictReader(text))
    assert len(found) > 5000 and len(found) == len(expected)
    assert found == expected
