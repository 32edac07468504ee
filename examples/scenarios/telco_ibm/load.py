"""IBM Telco customer churn as the tables that aiueo reads.

usage: python load.py DATA_DIR OUT_DIR [csv|parquet]

Reads DATA_DIR/telco.csv and writes to OUT_DIR:
  snapshots  one row per customer, as of one nominal day (the source has no dates)
  contracts  the month that was observed, as one decision per customer: see README.md
  labels     customer, as_of, churned: to judge the scores by, never an input
"""

import sys
from pathlib import Path

import duckdb

TABLES = """
-- The source names no day; the end of a month will do.
create table raw as
select *, date '2018-06-30' as as_of,
       case Contract when 'Month-to-month' then 1 when 'One year' then 12 else 24 end as term
from source order by customerID;

-- An add-on that cannot be bought ("No internet service") is unknown, not refused.
create macro taken(answer) as case answer when 'Yes' then true when 'No' then false end;

create table snapshots as
select customerID                              as customer,
       as_of,
       Contract                                as contract,
       term                                    as term_months,
       tenure::int                             as tenure_months,
       PaymentMethod                           as payment,
       PaymentMethod like '%(automatic)'       as auto_pay,
       taken(PaperlessBilling)                 as paperless,
       MonthlyCharges::double                  as monthly_charge,
       try_cast(trim(TotalCharges) as double)  as total_charge,  -- blank at tenure 0
       taken(PhoneService)                     as phone,
       taken(MultipleLines)                    as multiple_lines,
       InternetService                         as internet,
       taken(StreamingTV)                      as streaming_tv,
       taken(StreamingMovies)                  as streaming_movies,
       taken(TechSupport)                      as tech_support,
       taken(OnlineSecurity)                   as online_security,
       taken(OnlineBackup)                     as online_backup,
       taken(DeviceProtection)                 as device_protection,
       gender,
       SeniorCitizen = '1'                     as senior,
       taken(Partner)                          as partner,
       taken(Dependents)                       as dependents
from raw;

create table contracts as
select customerID                                      as customer,
       (as_of - to_months(term))::date                 as start,
       as_of                                           as "end",
       if(Churn = 'Yes', 'churned', 'renewed')         as outcome,
       MonthlyCharges::double                          as mrr_before,
       if(Churn = 'Yes', 0.0, MonthlyCharges::double)  as mrr_after
from raw;

create table labels as
select customerID as customer, as_of, (Churn = 'Yes')::int as churned from raw;
"""


def load(data: Path, out: Path, form: str = "csv") -> None:
    db = duckdb.connect()
    db.read_csv(str(data / "telco.csv"), all_varchar=True).create("source")
    db.execute(TABLES)
    out.mkdir(parents=True, exist_ok=True)
    for table in ("snapshots", "contracts", "labels"):
        db.execute(f"copy {table} to '{out / table}.{form}' (format {form})")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4) or sys.argv[3:] not in ([], ["csv"], ["parquet"]):
        sys.exit("usage: python load.py DATA_DIR OUT_DIR [csv|parquet]")
    load(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
