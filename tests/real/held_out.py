"""How well a model tells who renews, on customers that it was not calibrated on, beside gradient
boosting on the same metrics and the same customers.

python tests/real/held_out.py [telco | mlc | ravenstack | churnsim]
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import aiueo
import numpy as np
import pandas as pd
from portfolios import FOLDERS, Model, Portfolio, merged
from scipy.stats import t
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

Values = np.ndarray[Any, Any]

FOLDS = 5
#: Settings of gradient boosting. The best on the customers held out is taken, which flatters it.
SETTINGS: list[dict[str, Any]] = [
    {"max_iter": 100, "learning_rate": 0.05, "max_leaf_nodes": 8},
    {"max_iter": 200, "learning_rate": 0.05, "max_leaf_nodes": 8},
    {"max_iter": 100, "learning_rate": 0.1, "max_leaf_nodes": 31},
]


def calibrated(portfolio: Portfolio, rows: Any = slice(None)) -> Model:
    """The model after what these customers say: new responses first, then, counted again, new
    weights. Nobody else is looked at."""
    model = portfolio.model
    for options in ({"responses": "refit"}, {}):
        found = evidence(portfolio, model, rows).study("calibration", **options)
        model = merged(model, found.to_dict()["patch"])
    return model


def evidence(portfolio: Portfolio, model: Model, rows: Any) -> aiueo.Evidence:
    snapshots = portfolio.snapshots.iloc[rows].reset_index(drop=True)
    contracts = portfolio.contracts.iloc[rows].reset_index(drop=True)
    return aiueo.load(model).evidence(snapshots, contracts)


def overall(portfolio: Portfolio, model: Model, rows: Any) -> Values:
    snapshots = portfolio.snapshots.iloc[rows].reset_index(drop=True)
    return np.asarray(aiueo.load(model).score(snapshots, overrides=False)["overall"])


def inputs(portfolio: Portfolio) -> pd.DataFrame:
    """Every metric of the model, derived ones too, as gradient boosting wants it."""
    snapshots = portfolio.snapshots
    out = pd.DataFrame(index=snapshots.index)
    for name, metric in portfolio.model["metrics"].items():
        if "derive" not in metric:
            column = snapshots[name]
            category = metric["type"] == "category"
            out[name] = column.astype("category") if category else column.astype(float)
    derived = _derived(portfolio)
    return pd.concat([out, derived], axis=1)


def _derived(portfolio: Portfolio) -> pd.DataFrame:
    s = portfolio.snapshots
    out = pd.DataFrame(index=s.index)
    if portfolio.name == "mlc":
        out["bill"] = s[[f"{w}_charge" for w in ("day", "evening", "night", "intl")]].sum(axis=1)
        out["bill_without_mail"] = out["bill"].where(~s["voice_mail_plan"], 0)
        out["plan_intl_calls"] = s["intl_calls"].where(s["international_plan"], 99)
        out["plan_intl_minutes"] = s["intl_minutes"].where(s["international_plan"], 0)
        out["bill_after_calls"] = out["bill"].where(s["service_calls"] >= 4, 200)
    if portfolio.name == "ravenstack":
        out["uses_per_seat"] = s["uses"] / s["seats"]
        out["errors_per_use"] = s["errors"] / s["uses"]
    derived = {k for k, m in portfolio.model["metrics"].items() if "derive" in m}
    assert set(out) == derived, "a derived metric is not given to gradient boosting"
    return out


def boosted(x: pd.DataFrame, y: Values, train: Values, test: Values) -> list[float]:
    """AUC on the test customers, by setting."""
    out = []
    for setting in SETTINGS:
        trees = HistGradientBoostingClassifier(
            categorical_features="from_dtype", early_stopping=False, random_state=0, **setting
        )
        # One thread: on a busy machine theirs wait for each other.
        with threadpool_limits(1):
            trees.fit(x.iloc[train], y[train])
            out.append(float(roc_auc_score(y[test], trees.predict_proba(x.iloc[test])[:, 1])))
    return out


@dataclass
class Comparison:
    """AUC on each fold's customers, of models made from the others."""

    n: int
    present: Values
    calibrated: Values
    boosted: Values

    @property
    def gap(self) -> Values:
        return self.boosted - self.calibrated


def compare(portfolio: Portfolio, folds: int = FOLDS) -> Comparison:
    y, x = portfolio.kept, inputs(portfolio)
    split = StratifiedKFold(folds, shuffle=True, random_state=7)
    ours, theirs = [], []
    for train, test in split.split(x, y):
        models = portfolio.model, calibrated(portfolio, train)
        scores = [overall(portfolio, model, test) for model in models]
        # Nobody is left out: without a score a customer is in the middle.
        filled = [np.where(np.isnan(one), np.nanmedian(one), one) for one in scores]
        ours.append([float(roc_auc_score(y[test], one)) for one in filled])
        theirs.append(boosted(x, y, train, test))
    each = np.array(theirs)
    present, calibrated_ = np.array(ours).T
    return Comparison(len(y), present, calibrated_, each[:, each.mean(axis=0).argmax()])


def seen_ends(portfolio: Portfolio) -> pd.DataFrame:
    """The decided ends that evidence sees at lead 0, in order of time, each with the row of the
    latest snapshot of the 31 days up to it."""
    rows = portfolio.snapshots[["customer", "as_of"]].copy()
    rows["as_of"] = pd.to_datetime(rows["as_of"]).astype("datetime64[us]")
    rows["row"] = np.arange(len(rows))
    ends = portfolio.contracts
    ends = ends[ends["outcome"].isin(["renewed", "churned"])].copy()
    ends["end"] = pd.to_datetime(ends["end"]).astype("datetime64[us]")
    ends["kept"] = (ends["outcome"] == "renewed").astype(int)
    joined = pd.merge_asof(
        ends.sort_values("end"),
        rows.sort_values("as_of"),
        left_on="end",
        right_on="as_of",
        by="customer",
        tolerance=pd.Timedelta(days=31),
    ).dropna(subset=["row"])
    joined["row"] = joined["row"].astype(int)
    return joined.reset_index(drop=True)


def compare_over_time(portfolio: Portfolio, every_metric: bool = False) -> Comparison:
    """Fitted to the first 70 % of the ends, held against the others. Gradient boosting gets what
    the model's components read, or every metric."""
    model = merged(portfolio.model, {"study": {"leads": [0]}})
    ends = seen_ends(portfolio)
    split = ends["end"].iloc[int(0.7 * len(ends))]
    early = (ends["end"] < split).to_numpy()
    then = pd.to_datetime(portfolio.contracts["end"]) < split
    history = Portfolio(portfolio.name, model, portfolio.snapshots, portfolio.contracts[then])
    x = _numbers(portfolio, every_metric).iloc[ends["row"]].reset_index(drop=True)
    y = ends["kept"].to_numpy()
    train, test = np.flatnonzero(early), np.flatnonzero(~early)
    aucs = []
    for one in (model, calibrated(history)):
        scores = overall(portfolio, one, slice(None))[ends["row"].to_numpy()][test]
        filled = np.where(np.isnan(scores), np.nanmedian(scores), scores)
        aucs.append(np.array([roc_auc_score(y[test], filled)]))
    trees = np.array([max(boosted(x, y, train, test))])
    return Comparison(len(test), aucs[0], aucs[1], trees)


def _numbers(portfolio: Portfolio, every_metric: bool) -> pd.DataFrame:
    """What the components read; or every metric, dates as days before the snapshot."""
    s = portfolio.snapshots
    as_of = pd.to_datetime(s["as_of"])
    out = pd.DataFrame(index=s.index)
    for name, metric in portfolio.model["metrics"].items():
        if metric.get("type") == "category":
            out[name] = s[name].astype("category")
        elif metric.get("type") == "date":
            out[name] = (as_of - pd.to_datetime(s[name])).dt.days
        elif "derive" not in metric:
            out[name] = s[name].astype(float)
        else:
            out[name] = out.eval(metric["derive"])
    read = []
    for axis in portfolio.model["axes"].values():
        for component in axis["components"].values():
            if "share" in component:
                part, whole = component["share"]
                out[f"{part}_share"] = out[part] / out[whole]
                read.append(f"{part}_share")
            else:
                read.append(component["metric"])
    return (out if every_metric else out[read]).replace([np.inf, -np.inf], np.nan)


def interval(values: Values) -> tuple[float, float, float]:
    """The mean over folds, and its 95 % interval by t; none of a single value."""
    if len(values) == 1:
        return float(values[0]), float("nan"), float("nan")
    mean = float(values.mean())
    reach = float(t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return mean, mean - reach, mean + reach


def main() -> None:
    for name in sys.argv[1:] or ["telco", "mlc", "ravenstack", "churnsim"]:
        portfolio = FOLDERS[name][1]()
        if name != "churnsim":
            show(name, compare(portfolio), "customers, each held out once")
            continue
        show(name, compare_over_time(portfolio), "later ends")
        show(f"{name}, trees with every metric", compare_over_time(portfolio, True), "later ends")


def show(name: str, found: Comparison, what: str) -> None:
    print(f"{name}: AUC on {found.n:,} {what}")
    for side in ("present", "calibrated", "boosted", "gap"):
        mean, lower, upper = interval(getattr(found, side))
        reach = f" ({lower:.3f} to {upper:.3f})" if lower == lower else ""
        print(f"  {side:11}{mean:.3f}{reach}")


if __name__ == "__main__":
    main()
