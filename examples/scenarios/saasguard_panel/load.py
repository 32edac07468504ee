"""SaaSGuard (accounts and 30-day snapshots) as the tables that aiueo reads.

usage: python load.py DATA_DIR OUT_DIR [csv|parquet]

Reads DATA_DIR/accounts.csv and snapshots.csv and writes to OUT_DIR:
  snapshots  one row per account and complete period of 30 days
  ledger     signup to churn, with the account's one MRR
  labels     customer, as_of, churned (within 90 days; empty = not known yet), upgraded (likewise):
             to judge the scores by, never an input
"""

import sys
from pathlib import Path

import duckdb

TABLES = """
create table history as
select *,
       sum(n_user_invite) over so_far           as invites_so_far,
       sum(n_evidence_upload) over so_far       as evidence_so_far,
       if(count(*) over before = 2, avg(events) over before, null) as events_before
from periods
window so_far as (partition by account_id order by snapshot_date),
       before as (partition by account_id order by snapshot_date
                  rows between 2 preceding and 1 preceding);

create table snapshots as
select h.account_id                             as customer,
       h.snapshot_date                          as as_of,
       a.industry,
       a.plan_tier                              as plan,
       a.mrr,
       a.signup_date,
       -- Both count the first 30 days: before these are over nobody knows them.
       case when h.snapshot_date >= a.signup_date + 30
            then a.onboard_integrations end     as onboard_integrations,
       case when h.snapshot_date >= a.signup_date + 30
            then a.onboard_events end           as onboard_events,
       h.invites_so_far::int                    as invites_so_far,
       h.evidence_so_far::int                   as evidence_so_far,
       h.events,
       h.events_before,
       h.active_days,
       h.adoption_score,
       h.n_monitoring_run                       as monitoring_runs,
       h.n_evidence_upload                      as evidence_uploads,
       h.n_report_view                          as report_views,
       h.n_api_call                             as api_calls,
       h.n_premium_feature_trial                as premium_trials,
       h.n_feature_limit_hit                    as limit_hits,
       h.tickets,
       h.high_tickets,
       h.resolution_hours                       -- empty without a ticket
from history h join accounts a using (account_id)
where a.churn_date is null or h.snapshot_date < a.churn_date
order by customer, as_of;

create table ledger as
select account_id as customer, signup_date as start, churn_date as "end", mrr
from accounts order by customer;

create table labels as
select s.customer, s.as_of, p.churn_next_90d::int as churned,
       case when p.churn_next_90d is null or a.upgrade_date <= s.as_of then null
            else coalesce(a.upgrade_date <= s.as_of + 90, false)::int end as upgraded
from snapshots s
join periods p on p.account_id = s.customer and p.snapshot_date = s.as_of
join accounts a on a.account_id = s.customer
order by s.customer, s.as_of;
"""


def load(data: Path, out: Path, form: str = "csv") -> None:
    db = duckdb.connect()
    db.read_csv(str(data / "accounts.csv")).create("accounts")
    db.read_csv(str(data / "snapshots.csv")).create("periods")
    db.execute(TABLES)
    out.mkdir(parents=True, exist_ok=True)
    for table in ("snapshots", "ledger", "labels"):
        db.execute(f"copy {table} to '{out / table}.{form}' (format {form})")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4) or sys.argv[3:] not in ([], ["csv"], ["parquet"]):
        sys.exit("usage: python load.py DATA_DIR OUT_DIR [csv|parquet]")
    load(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
