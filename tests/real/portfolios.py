"""Portfolios that others collected, as snapshots and contracts.

The data are optional: the folder named by AIUEO_DATA, else ../shared/data beside the repository.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DATA = Path(os.environ.get("AIUEO_DATA") or ROOT.parent / "shared" / "data")

Model = dict[str, Any]


@dataclass
class Portfolio:
    """Customers and what became of them."""

    name: str
    model: Model
    snapshots: pd.DataFrame
    contracts: pd.DataFrame

    @property
    def kept(self) -> np.ndarray[Any, Any]:
        """Of portfolios with one end a customer, in the order of the snapshots."""
        return np.asarray(self.contracts["outcome"] == "renewed").astype(int)


def _once(name: str, rows: pd.DataFrame, churned: Any, day: str, mrr: Any) -> Portfolio:
    """One decision a customer. The sources have no dates: all are seen on the day of the decision,
    and one day says nothing of what holds over time."""
    end = pd.Timestamp(day)
    rows = rows.assign(as_of=end)
    contracts = pd.DataFrame(
        {
            "customer": rows["customer"],
            "start": end - pd.DateOffset(years=1),
            "end": end,
            "outcome": np.where(churned, "churned", "renewed"),
            "mrr_before": mrr,
            "mrr_after": np.where(churned, 0.0, mrr),
        }
    )
    return Portfolio(name, _model(HERE / f"{name}.json"), rows, contracts)


def _model(path: Path) -> Model:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def telco() -> Portfolio:
    raw = pd.read_csv(DATA / "telco_ibm" / "telco.csv")
    rows = pd.DataFrame(
        {
            "customer": raw["customerID"],
            "contract": raw["Contract"],
            "payment": raw["PaymentMethod"],
            "paperless": raw["PaperlessBilling"] == "Yes",
            "monthly_charge": raw["MonthlyCharges"],
            # Blank for those who have not had a bill yet.
            "total_charge": pd.to_numeric(raw["TotalCharges"], errors="coerce"),
            "tenure_months": raw["tenure"],
            "senior": raw["SeniorCitizen"] == 1,
            "partner": raw["Partner"] == "Yes",
            "dependents": raw["Dependents"] == "Yes",
            "phone": raw["PhoneService"] == "Yes",
            "multiple_lines": raw["MultipleLines"],
            "internet": raw["InternetService"],
            "streaming_tv": raw["StreamingTV"],
            "streaming_movies": raw["StreamingMovies"],
            "online_security": raw["OnlineSecurity"],
            "online_backup": raw["OnlineBackup"],
            "device_protection": raw["DeviceProtection"],
            "tech_support": raw["TechSupport"],
        }
    )
    return _once("telco", rows, raw["Churn"] == "Yes", "2018-06-30", raw["MonthlyCharges"])


def mlc() -> Portfolio:
    raw = pd.read_csv(DATA / "mlc_churn" / "mlc_churn.csv")
    rows = pd.DataFrame({"customer": [f"m-{k}" for k in range(len(raw))]})
    rows["account_length"] = raw["account_length"]
    for flag in ("international_plan", "voice_mail_plan"):
        rows[flag] = raw[flag] == "yes"
    rows["voice_mails"] = raw["number_vmail_messages"]
    for ours, theirs in (("day", "day"), ("evening", "eve"), ("night", "night"), ("intl", "intl")):
        for what in ("minutes", "calls", "charge"):
            rows[f"{ours}_{what}"] = raw[f"total_{theirs}_{what}"]
    rows["service_calls"] = raw["number_customer_service_calls"]
    charges = [f"{ours}_charge" for ours in ("day", "evening", "night", "intl")]
    return _once(
        "mlc", rows, raw["churn"] == "yes", "2000-12-31", rows[charges].sum(axis=1).round(2)
    )


def ravenstack() -> Portfolio:
    """Accounts with their flag of churn, and everything that is known of them: made up by a program
    that did not let one depend on the other."""
    source = DATA / "ravenstack"
    accounts = pd.read_csv(source / "accounts.csv", parse_dates=["signup_date"])
    subscriptions = pd.read_csv(source / "subscriptions.csv")
    usage = pd.read_csv(source / "feature_usage.csv", parse_dates=["usage_date"])
    tickets = pd.read_csv(source / "support_tickets.csv")
    owner = subscriptions.set_index("subscription_id")["account_id"]
    used = usage.assign(account_id=usage["subscription_id"].map(owner)).groupby("account_id")
    asked = tickets.groupby("account_id")
    sold = subscriptions.groupby("account_id")
    rows = pd.DataFrame(
        {
            "features_used": used["feature_name"].nunique(),
            "uses": used["usage_count"].sum(),
            "hours": used["usage_duration_secs"].sum() / 3600,
            "errors": used["error_count"].sum(),
            "first_used": used["usage_date"].min(),
            "tickets": asked.size(),
            "escalations": asked["escalation_flag"].sum(),
            "satisfaction": asked["satisfaction_score"].mean(),
            "first_answer_minutes": asked["first_response_time_minutes"].mean(),
            "mrr": sold["mrr_amount"].mean(),
            "upgrades": sold["upgrade_flag"].sum(),
            "downgrades": sold["downgrade_flag"].sum(),
        }
    ).reindex(accounts["account_id"])
    for count in ("features_used", "uses", "hours", "errors", "tickets", "escalations"):
        rows[count] = rows[count].fillna(0)
    rows = rows.reset_index(names="customer")
    rows["first_use_days"] = (rows.pop("first_used") - accounts["signup_date"]).dt.days
    rows["industry"], rows["plan"] = accounts["industry"], accounts["plan_tier"]
    rows["seats"] = accounts["seats"]
    return _once("ravenstack", rows, accounts["churn_flag"], "2024-12-31", rows["mrr"].round(2))


def scenario_tables(folder: str, made: Path, names: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    """As the scenario loads them, by way of `made`; those that the source does not know are not
    there."""
    scenario = ROOT / "examples" / "scenarios" / folder
    command = [sys.executable, str(scenario / "load.py"), str(DATA / folder), str(made)]
    subprocess.run([*command, "parquet"], check=True)
    files = {name: made / f"{name}.parquet" for name in names}
    return {name: pd.read_parquet(file) for name, file in files.items() if file.exists()}


def _scenario(name: str, folder: str) -> Portfolio:
    """As the scenario loads it. Where the source knows no ends of contracts, there are none."""
    with tempfile.TemporaryDirectory() as made:
        tables = scenario_tables(folder, Path(made), ("snapshots", "contracts"))
    none = pd.DataFrame(columns=["customer", "start", "end", "outcome"], dtype=str)
    model = _model(ROOT / "examples" / "scenarios" / folder / "model.json")
    model.pop("$schema")
    return Portfolio(name, model, tables["snapshots"], tables.get("contracts", none))


def churnsim() -> Portfolio:
    """Two years by month: the latest snapshot before each end."""
    return _scenario("churnsim", "churnsim_crm")


def saasguard() -> Portfolio:
    """A panel by 30 days; who left is known, when a contract ended is not."""
    return _scenario("saasguard", "saasguard_panel")


FOLDERS: dict[str, tuple[str, Callable[[], Portfolio]]] = {
    "telco": ("telco_ibm", telco),
    "mlc": ("mlc_churn", mlc),
    "ravenstack": ("ravenstack", ravenstack),
    "churnsim": ("churnsim_crm", churnsim),
}


def merged(model: Model, patch: Any) -> Model:
    """JSON Merge Patch (RFC 7396)."""
    out = copy.deepcopy(model)
    for key, value in patch.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, dict):
            before = out.get(key)
            out[key] = merged(before if isinstance(before, dict) else {}, value)
        else:
            out[key] = value
    return out
