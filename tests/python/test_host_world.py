"""A host's locale, time zone, signals and threads change no bit."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import aiueo
import pytest
from places import GOLDEN, ROOT
from portfolio import INITIATIVES, bits, snapshots

HERE = Path(__file__).resolve().parent
MODEL = str(GOLDEN / "models" / "hr-saas.json")
Rows = dict[str, list[Any]]


def environment(**extra: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k != "LANG" and not k.startswith("LC_")}
    path = os.pathsep.join([str(ROOT / "capi" / "python"), str(HERE)])
    return {**kept, "PYTHONPATH": path, **extra}


# ── locales and time zones ───────────────────────────────────────────────────────────────────────

#: Locale, its encoding, a time zone and how far it is from UTC in January. In Turkish a small I has
#: no dot; Apia has skipped a day, and Kiritimati is the first to have one; one zone there is none.
HOSTS = [
    ("de_DE", "UTF-8", "Pacific/Apia", "13:00:00"),
    ("tr_TR", "UTF-8", "America/New_York", "-1 day, 19:00:00"),
    ("de_DE", "ISO-8859-1", "Pacific/Kiritimati", "14:00:00"),
    ("C", "", "Nowhere/At_All", "0:00:00"),
]


def told(**extra: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(HERE / "host_told.py"), MODEL],
        env=environment(**extra),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    out: dict[str, Any] = json.loads(done.stdout)
    return out


@pytest.fixture(scope="module")
def usual() -> dict[str, Any]:
    return told(LC_ALL="C.UTF-8", TZ="UTC")


@pytest.fixture(scope="module")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the locales of HOSTS, made here: a machine has few of its own."""
    if shutil.which("localedef") is None:
        pytest.skip("localedef is not installed: no other locale can be made")
    place = tmp_path_factory.mktemp("locales")
    for language, encoding, _, _ in HOSTS:
        if not encoding:
            continue
        subprocess.run(
            ["localedef", "-i", language, "-f", encoding, str(place / f"{language}.{encoding}")],
            capture_output=True,
            check=False,  # it warns
        )
        if not (place / f"{language}.{encoding}").is_dir():
            pytest.skip(f"localedef cannot make {language}: its sources are not installed")
    return place


def host(locales: Path, language: str, encoding: str, zone: str) -> dict[str, str]:
    named = f"{language}.{encoding}" if encoding else language
    out = {"LOCPATH": str(locales), "LC_ALL": named, "TZ": zone}
    if not encoding:  # else Python takes C.UTF-8 instead
        out |= {"PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    return out


@pytest.mark.parametrize(("language", "encoding", "zone", "offset"), HOSTS)
def test_locale_and_time_zone_change_no_bit(
    locales: Path, usual: dict[str, Any], language: str, encoding: str, zone: str, offset: str
) -> None:
    here = told(**host(locales, language, encoding, zone))
    assert here["point"] == ("," if encoding else ".")  # the host is what it should be
    assert here["offset"] == offset
    different = [name for name, one in here["told"].items() if one != usual["told"][name]]
    assert not different


@pytest.mark.parametrize(("language", "encoding", "zone", "offset"), HOSTS[2:])
def test_the_command_line_speaks_utf8_everywhere(
    locales: Path, tmp_path: Path, language: str, encoding: str, zone: str, offset: str
) -> None:
    import pyarrow as pa
    import pyarrow.csv as pa_csv

    pa_csv.write_csv(pa.table(snapshots(50)), tmp_path / "snapshots.csv")
    commands = [["check", MODEL], ["act", "next", MODEL, "snapshots.csv", "--language", "ja"]]
    commands += [["score", MODEL, "snapshots.csv", "-o", "-", "--quiet"]]
    for arguments in commands:
        outputs = [
            subprocess.run(
                [sys.executable, "-m", "aiueo", *arguments],
                env=environment(**extra),
                cwd=tmp_path,
                capture_output=True,
                check=True,
            ).stdout
            for extra in (
                {"LC_ALL": "C.UTF-8", "TZ": "UTC"},
                host(locales, language, encoding, zone),
            )
        ]
        assert outputs[0] == outputs[1]
        assert not outputs[0].decode().isascii() or arguments[0] == "check"


def test_an_instant_falls_on_one_day(plan: aiueo.Plan) -> None:
    """One row's dates are those of a table's and of a text's, in places and at offsets."""
    utc = datetime.timezone.utc
    day = datetime.timedelta(days=1)
    for zone in ("UTC", "America/New_York", "Asia/Tokyo", "+09:00", "-09:30"):
        plan = aiueo.load(
            {
                "aiueo": 1,
                "time_zone": zone,
                "metrics": {"seen": {"type": "date"}},
                "axes": {
                    "U": {
                        "components": {
                            "seen": {"metric": "seen", "days_since": [[0, 100], [99, 1]]}
                        }
                    }
                },
            }
        )
        for at in ((2026, 3, 8, 6, 59), (2026, 3, 8, 16), (2026, 11, 1, 5, 30), (2024, 2, 29, 23)):
            moment = datetime.datetime(*at, tzinfo=utc)
            as_of = moment.date() + 3 * day
            rows = {"customer": ["a"], "as_of": [as_of], "seen": [moment]}
            texts = {**rows, "seen": [moment.isoformat()]}
            found = {
                float(plan.score_one(as_of=as_of, seen=moment).U),
                float(plan.score_one(as_of=as_of, seen=moment.isoformat()).U),
                float(plan.score(rows)["U"][0]),
                float(plan.score(texts)["U"][0]),
            }
            assert len(found) == 1, (zone, moment, found)
    # Later than the last day there is, and earlier than the first.
    for zone, moment in (
        ("+09:00", datetime.datetime(9999, 12, 31, 23, tzinfo=utc)),
        ("-09:30", datetime.datetime(1, 1, 1, tzinfo=utc)),
    ):
        there = aiueo.load(
            {**json.loads(Path(MODEL).read_text(encoding="utf-8")), "time_zone": zone}
        )
        with pytest.raises(aiueo.DataError, match="no day from year 1 to 9999"):
            there.score_one(as_of="9999-12-31", last_login=moment)


# ── signals ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="timers with signals are POSIX's")
def test_signals_change_no_bit(plan: aiueo.Plan, rows: Rows, tmp_path: Path) -> None:
    wanted = bits(plan.score(rows, initiatives=INITIATIVES, detail=True))
    seen = 0

    def count(*_: Any) -> None:
        nonlocal seen
        seen += 1

    before = signal.signal(signal.SIGALRM, count)
    signal.siginterrupt(signal.SIGALRM, True)  # calls of the system end with EINTR
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
        while seen < 100:
            assert bits(plan.score(rows, initiatives=INITIATIVES, detail=True)) == wanted
            assert (
                bits(aiueo.load(MODEL).score(rows, initiatives=INITIATIVES, detail=True)) == wanted
            )
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# ── threads ──────────────────────────────────────────────────────────────────────────────────────


def told_by(plan: aiueo.Plan, rows: Rows) -> dict[str, Any]:
    return {
        "scores": bits(plan.score(rows, detail=True)),
        "explain": [str(plan.explain(rows, row=k)) for k in (0, 7, 99)],
        "gap": [str(plan.gap(rows, row=k)) for k in (0, 7, 99)],
        "one": [repr(plan.score_one(as_of="2026-11-21", seats=k, plan="trial")) for k in range(9)],
    }


def test_eight_threads_on_one_plan(plan: aiueo.Plan) -> None:
    tables = [snapshots(150, seed=k) for k in range(8)]
    wanted = [told_by(plan, rows) for rows in tables]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            assert list(pool.map(lambda rows: told_by(plan, rows), tables)) == wanted


def test_a_model_is_taken_while_others_score(model: dict[str, Any], rows: Rows) -> None:
    """Each table is scored by the old model or by the new, whole; the plan that nobody holds any
    more goes while its scores are read."""
    other = json.loads(json.dumps(model))
    other["overall"]["weights"] = {"I": 1, "U": 9}
    models = [model, other]
    wanted = [bits(aiueo.load(one).score(rows, detail=True)) for one in models]
    assert wanted[0] != wanted[1]
    holder = {"plan": aiueo.load(models[0])}
    done = threading.Event()

    def score() -> set[int]:
        found = set()
        while not done.is_set():
            scores = holder["plan"].score(rows, detail=True)
            found.add(wanted.index(bits(scores)))
        return found

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(score) for _ in range(4)]
        end = time.monotonic() + 1
        try:
            for k in range(10_000):
                holder["plan"] = aiueo.load(models[k % 2])
                if time.monotonic() > end:
                    break
        finally:
            done.set()
        found = set().union(*(one.result() for one in running))
    assert found == {0, 1}


def test_evidence_has_one_writer(plan: aiueo.Plan) -> None:
    """Threads that update one evidence wait for each other: the counts are those of all."""
    tables = []
    for k in range(8):
        part = snapshots(60, seed=k)
        part["customer"] = [f"{k}-{name}" for name in part["customer"]]
        tables.append(part)
    ends = {
        "customer": [name for one in tables for name in one["customer"]],
        "start": ["2026-01-01"] * 480,
        "end": ["2026-12-01"] * 480,
        "outcome": ["renewed", "churned"] * 240,
        "mrr_before": [100] * 480,
        "mrr_after": [110, None] * 240,
    }
    contracts = plan.contracts(ends)
    whole = aiueo.Evidence(plan)
    for one in tables:
        whole.update(one, contracts, missing_columns="unknown")
    together = aiueo.Evidence(plan)
    stop = threading.Event()

    def read() -> Iterator[int]:
        while not stop.is_set():
            yield together.counts["rows"]

    with ThreadPoolExecutor(9) as pool:
        reader = pool.submit(lambda: list(read()))
        list(
            pool.map(lambda one: together.update(one, contracts, missing_columns="unknown"), tables)
        )
        stop.set()
        seen = reader.result()
    assert bytes(together) == bytes(whole)
    assert seen == sorted(seen) and set(seen) <= {60 * k for k in range(9)}


def test_a_list_is_made_while_nobody_updates() -> None:
    """A list rests on evidence: another thread that wants it waits until the list is made."""
    model = {
        "aiueo": 1,
        "metrics": {"seats": {"type": "number"}},
        "axes": {"U": {"components": {"mine": {"scorer": "mine", "metrics": ["seats"]}}}},
        "ladders": {"stage": [{"name": "low"}, {"name": "high", "when": "U >= 50"}]},
    }
    table = {"customer": ["a", "b"], "as_of": ["2026-01-01"] * 2, "seats": [1, 99]}
    ends = {
        "customer": ["a"],
        "start": ["2025-02-01"],
        "end": ["2026-02-01"],
        "outcome": ["churned"],
    }
    ends["mrr_before"] = [100]
    listing = threading.Event()
    read = threading.Event()
    early: list[bool] = []

    def counts() -> None:
        assert seen.counts["rows"] == 2
        read.set()

    def mine(seats: Any) -> Any:
        if listing.is_set():  # the list is being made
            listing.clear()
            beside.start()
            early.append(read.wait(0.3))
        return seats

    plan = aiueo.load(model, scorers={"mine": mine})
    seen = plan.evidence(table, ends)
    beside = threading.Thread(target=counts)
    listing.set()
    assert len(plan.act("next", table, evidence=seen)) == 2
    beside.join()
    assert early == [False] and read.is_set()
