"""ChurnSim CRM (accounts, subscription periods, monthly usage) as the tables that aiueo reads.

usage: python load.py DATA_DIR OUT_DIR [csv|parquet]

Reads DATA_DIR/accounts.csv, subscriptions.csv and usage_monthly.csv and writes to OUT_DIR:
  snapshots  one row per account and month end, from what was known at the close of that day
  contracts  one row per subscription period, with what came of it
  ledger     the MRR of every period
  labels     customer, as_of, churned (in the next month; empty = not known yet): never an input
"""

import sys
from pathlib import Path

import duckdb

TABLES = """
-- Events by what they mean. Losing, disqualifying and cancelling are work too, but no success.
create table months as
select account_id, days, avg_daily_users, search, quote, win_opportunity, lose_opportunity,
       create_opportunity, advance_stage, churn_next_month,
       last_day(month)                                         as as_of,
       add_lead + add_contact                                  as records,
       email_lead + call_lead + email_list                     as outreach,
       meeting + schedule_meeting                              as meetings,
       records + outreach + meetings + search + quote + create_opportunity + advance_stage
           + win_opportunity + lose_opportunity + disqualify_opportunity + cancel_meeting
           + add_competitor                                    as events,
       (search > 0)::int + (quote > 0)::int + (create_opportunity > 0)::int
           + (advance_stage > 0)::int + (records > 0)::int + (email_lead + call_lead > 0)::int
           + (email_list > 0)::int + (meetings > 0)::int       as kinds_used
from usage_monthly;

-- Windows over an account's months, never beyond the row's own month.
create table history as
select *,
       sum(records) over so_far                                as records_so_far,
       sum(create_opportunity) over so_far                     as opportunities_so_far,
       if(count(*) over before = 3,
          sum(events) over before / sum(days) over before, null)          as events_per_day_before,
       if(count(*) over before = 3,
          sum(win_opportunity) over before / sum(days) over before, null) as wins_per_day_before
from months
window so_far as (partition by account_id order by as_of),
       before as (partition by account_id order by as_of rows between 3 preceding and 1 preceding);

create table snapshots as
select 'crm-' || h.account_id                                  as customer,
       h.as_of,
       a.channel,
       nullif(a.region, 'None')                                as region,
       a.licensed_users,
       a.company_age                                           as company_age_years,
       a.start_date                                            as customer_since,
       regexp_extract(p.plan, '^[a-z]+')                       as plan,
       p.bill_period_months,
       p.mrr,
       p.plan_users,
       p.discount,
       p.start_date                                            as contract_start,
       -- Not end_date: the simulator shortens a period that is cancelled within its term.
       (p.start_date + to_months(p.bill_period_months))::date  as contract_end,
       y.mrr                                                   as mrr_12m_ago,
       h.days                                                  as days_observed,
       h.avg_daily_users, h.search, h.quote, h.records, h.outreach, h.meetings,
       h.create_opportunity                                    as opportunities,
       h.advance_stage                                         as stage_moves,
       h.win_opportunity                                       as wins,
       h.lose_opportunity                                      as losses,
       h.kinds_used,
       h.events,
       h.records_so_far::int                                   as records_so_far,
       h.opportunities_so_far::int                             as opportunities_so_far,
       h.events_per_day_before,
       h.wins_per_day_before
from history h
join accounts a on a.account_id = h.account_id
join subscriptions p on p.account_id = h.account_id
     and p.start_date <= h.as_of and h.as_of < p.end_date
left join subscriptions y on y.account_id = h.account_id
     and y.start_date <= h.as_of - interval 12 months and h.as_of - interval 12 months < y.end_date
where a.churn_date is null or h.as_of < a.churn_date  -- the month of the churn itself is partial
order by h.account_id, h.as_of;

create table contracts as
select 'crm-' || p.account_id                                  as customer,
       p.start_date                                            as start,
       p.end_date                                              as "end",
       case when n.account_id is not null then 'renewed'
            when p.end_date = a.churn_date then 'churned' end  as outcome,  -- else still open
       p.mrr                                                   as mrr_before,
       case outcome when 'renewed' then n.mrr when 'churned' then 0 end as mrr_after
from subscriptions p
join accounts a on a.account_id = p.account_id
-- The next period. Two of them begin a day or two late, after a February.
left join subscriptions n on n.account_id = p.account_id
     and n.start_date between p.end_date and p.end_date + 3
order by p.account_id, start;

create table ledger as
select 'crm-' || account_id as customer, start_date as start, end_date as "end", mrr
from subscriptions order by account_id, start;

create table labels as
select s.customer, s.as_of, m.churn_next_month::int as churned
from snapshots s join months m on s.customer = 'crm-' || m.account_id and s.as_of = m.as_of
order by m.account_id, s.as_of;
"""


def load(data: Path, out: Path, form: str = "csv") -> None:
    db = duckdb.connect()
    for table in ("accounts", "subscriptions", "usage_monthly"):
        db.read_csv(str(data / f"{table}.csv")).create(table)
    db.execute(TABLES)
    out.mkdir(parents=True, exist_ok=True)
    for table in ("snapshots", "contracts", "ledger", "labels"):
        db.execute(f"copy {table} to '{out / table}.{form}' (format {form})")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4) or sys.argv[3:] not in ([], ["csv"], ["parquet"]):
        sys.exit("usage: python load.py DATA_DIR OUT_DIR [csv|parquet]")
    load(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
