"""What is seen: month-end snapshots whose scores, under the world's model, show the latent steps.

Each metric is drawn so that a step's score lies at or above 60 exactly in the months in which the
step is achieved, as long as nothing is missing or invalid. Measurement then loses values: at
random, not at random, out of range, out of date.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .decisions import PAID, TRIAL
from .knobs import INDUSTRIES, MEMBERS, PLANS, TEAMS, Knobs
from .people import People
from .process import Process
from .streams import Streams
from .table import Table

Array = NDArray[Any]
ENTRY, ONBOARD, ACTIVE, LOYAL = range(4)


def response_day(streams: Streams, what: str, count: int) -> Array:
    """Day of the month on which a customer answers or comes, 3..27, per customer."""
    return (3 + np.floor(streams.uniform("day/" + what, count) * 25)).astype(np.int64)


def latest_true(marks: Array) -> Array:
    """Per month and customer, the last month at or before it with a mark, else -1."""
    months = np.arange(len(marks), dtype=np.int16)[:, None]
    return np.maximum.accumulate(np.where(marks, months, np.int16(-1)), axis=0)


class Rows:
    """The customer-months that get a snapshot, by customer and month, and their dice."""

    def __init__(
        self, people: People, process: Process, history: int, months: int, streams: Streams
    ) -> None:
        self._streams, self._shape, self._history = streams, (months, len(people)), history
        status = process.status[history : history + months].T
        who, when = np.nonzero((status == TRIAL) | (status == PAID))
        self.customer, self.window, self.month = who, when, when + history

    def __len__(self) -> int:
        return len(self.customer)

    def of(self, matrix: Array) -> Array:
        """Values of a (simulated months, customers) matrix at the rows."""
        return matrix[self.month, self.customer]

    def die(self, name: str) -> Array:
        """A fresh uniform a row; the same for a customer-month whatever rows exist."""
        return self._streams.uniform("row/" + name, *self._shape)[self.window, self.customer]

    def own(self, name: str) -> Array:
        """A uniform a customer, the same in all its rows."""
        return self._streams.uniform("own/" + name, self._shape[1])[self.customer]

    def steady(self, name: str, jitter: float = 0.25) -> Array:
        """A customer's own level in [0, 1), moving a little from month to month."""
        moved = self.own(name) + jitter * (self.die(name) - 0.5)
        return np.clip(
            np.where(moved < 0, -moved, np.where(moved >= 1, 2 - moved, moved)), 0, 1 - 1e-12
        )


def observe(
    people: People,
    process: Process,
    first: np.datetime64,
    history: int,
    months: int,
    knobs: Knobs,
    streams: Streams,
) -> tuple[Table, dict[str, Array]]:
    """Snapshots of the observed months, and the true states behind each row.

    ``first`` is the first simulated month. The second result holds per row: ``stage`` (0..3,
    nothing missing), ``touch``, ``process``, ``success`` and ``customer`` (index).
    """
    rows = Rows(people, process, history, months, streams)
    i, trial = rows.customer, rows.of(process.status) == TRIAL
    as_of = (first + (rows.month + 1).astype("timedelta64[M]")).astype("datetime64[D]") - 1
    holes = _Holes(rows, knobs)
    seats = people.seats[i]

    plan = np.asarray(PLANS, dtype=object)[people.plan[i]]
    plan[trial] = "trial"
    industry = np.asarray(INDUSTRIES, dtype=object)[people.industry[i]]
    industry[holes.at_random("industry", 0.25)] = None
    day = people.day[i] - 1
    columns: dict[str, Array] = {
        "customer": people.key[i],
        "as_of": as_of,
        "parent": people.parent[i],
        "plan": plan,
        "industry": industry,
        "csm": np.asarray(MEMBERS, dtype=object)[people.member[i]],
        "team": np.asarray(TEAMS, dtype=object)[people.team[i]],
        "term_months": rows.of(process.term).astype(float),
        "mrr": rows.of(process.mrr),
    }
    year_ago = np.where(rows.month >= 12, process.mrr[np.maximum(rows.month - 12, 0), i], 0)
    columns["mrr_12m_ago"] = year_ago
    masks = {"mrr_12m_ago": year_ago == 0}
    for name, matrix in (("contract_start", process.since), ("contract_end", process.end)):
        columns[name] = (first + rows.of(matrix).astype("timedelta64[M]")).astype(
            "datetime64[D]"
        ) + day

    touch = rows.of(process.touch)
    columns["mails_28d"] = np.where(
        touch, 3 + _spread(rows.die("mails"), 6), _spread(rows.die("mails"), 4)
    )
    columns["meetings_28d"] = np.where(touch, 1 + _spread(rows.die("meetings") ** 2, 3), 0.0)

    shown = _shown_process(rows, process, history, knobs)
    ready = rows.of(process.ready) | shown
    prepared = shown & (rows.steady("modest", 0.1) < 0.10) & (seats >= 8)
    unprepared_use = ~ready & (rows.steady("eager", 0.1) < 0.05) & (seats >= 8)
    setup, admins, trained, score_i = _implementation(
        rows, process, people.start[i], ready, prepared, unprepared_use
    )
    trained = np.minimum(trained, np.maximum(seats, 3))
    columns["setup_done"], masks["setup_done"] = setup, holes.at_random("setup_done", 0.25)
    columns["admins"] = holes.number("admins", admins)
    columns["trained_users"] = holes.number("trained_users", trained)
    columns["seats"] = np.where(holes.invalid("seats"), 0.0, seats)

    usage, score_u = _utilization(rows, shown, prepared, unprepared_use, score_i, seats, knobs)
    columns["logins_28d"] = holes.number("logins_28d", usage["logins"], 0.25)
    last_login = as_of - usage["days"].astype("timedelta64[D]")
    last_login[holes.invalid("last_login")] += np.timedelta64(400, "D")
    last_login[holes.at_random("last_login", 0.25)] = np.datetime64("NaT")
    columns["last_login"] = last_login
    for name in ("views", "top_topic_views"):
        columns[name] = holes.number(name, usage[name])
    columns["features_used"] = np.where(
        holes.invalid("features_used"), 99.0, holes.number("features_used", usage["features"])
    )
    columns["goal_reports"] = holes.number("goal_reports", usage["reports"])

    success = rows.of(process.success)
    trust, score_e, loyal = _trust(rows, process, people, first, as_of, holes, knobs, streams)
    columns.update(trust)
    columns.update(_pulse(rows, success, as_of, people, knobs))
    need = (180.0 - score_e) / 200.0  # share of the hiring plan at which (E + 2 O) / 3 = 60
    plan_12m, level = people.hiring_plan[i], rows.steady("hires")
    least = np.ceil(plan_12m * need - 1e-9)
    columns["hires_12m"] = holes.number(
        "hires_12m",
        np.where(
            success,
            least + np.floor(level * np.maximum(1.25 * plan_12m - least, 1)),
            np.floor(level * least),
        ),
    )
    columns["hires_12m"][holes.invalid("hires_12m")] = -1.0
    columns["hiring_plan_12m"] = holes.number("hiring_plan_12m", plan_12m, 0.5)

    stage = np.where(
        ~ready,
        ENTRY,
        np.where(
            (score_u >= 60) & (usage["logins"] >= seats), np.where(loyal, LOYAL, ACTIVE), ONBOARD
        ),
    )
    states = {
        "stage": stage,
        "touch": touch,
        "process": rows.of(process.process),
        "success": success,
        "customer": i,
        "month": rows.window,
        "trial": trial,
    }
    return Table(columns, masks), states


def _spread(uniforms: Array, count: int) -> Array:
    """0..count-1 from uniforms, as floats."""
    return np.asarray(np.floor(uniforms * count))


class _Holes:
    """Which values are lost or wrong."""

    def __init__(self, rows: Rows, knobs: Knobs) -> None:
        self._rows, self._knobs = rows, knobs

    def at_random(self, name: str, part: float = 1.0) -> Array:
        return self._rows.die("missing/" + name) < self._knobs.missing * part

    def invalid(self, name: str) -> Array:
        return self._rows.die("invalid/" + name) < self._knobs.invalid

    def number(self, name: str, values: Array, part: float = 1.0) -> Array:
        return np.where(self.at_random(name, part), np.nan, values)


def _shown_process(rows: Rows, process: Process, history: int, knobs: Knobs) -> Array:
    """The process as usage shows it: the truth, except where drift has cut the tie."""
    true = rows.of(process.process)
    if knobs.drift is None:
        return true
    cut = (rows.window >= knobs.drift.month) & (rows.own("drift") < knobs.drift.strength)
    return np.where(cut, rows.die("drift") < 0.5, true)


def _implementation(
    rows: Rows, process: Process, start: Array, ready: Array, prepared: Array, unprepared_use: Array
) -> tuple[Array, Array, Array, Array]:
    """Setup, administrators, trained users, and the I score they make.

    Ready is setup and I >= 74 here; otherwise I <= 58 even where the setup itself is done.
    ``prepared`` has I >= 95, ``unprepared_use`` no administrator (I <= 40).
    """
    tenure = rows.month - start
    who, taught = rows.own("admins"), rows.own("trained")
    half_way = (
        ~ready & ~unprepared_use & (rows.of(process.setup_by_mail) | (rows.own("half-way") < 0.2))
    )
    admins = np.where(
        ready, 1.0 + (who < 0.65) + (who < 0.25), np.where(half_way, who < 0.7, _spread(who, 3))
    )
    admins = np.where(prepared, np.maximum(admins, 2), np.where(unprepared_use, 0, admins))
    trained = np.where(
        ready,
        3 + np.floor(taught * np.clip(tenure + 4, 0, 14)),
        np.where(half_way, _spread(taught, 2), _spread(taught, 4)),
    )
    trained = np.where(prepared, np.maximum(trained, 8), trained)
    setup = ready | half_way
    score = (
        200.0 * setup
        + np.where(admins >= 2, 100, 50 * admins)
        + 2 * np.interp(trained, [0, 3, 10], [0, 60, 100])
    ) / 5
    return setup, admins, trained, np.where(admins == 0, np.minimum(score, 40), score)


def _utilization(
    rows: Rows,
    shown: Array,
    prepared: Array,
    unprepared_use: Array,
    score_i: Array,
    seats: Array,
    knobs: Knobs,
) -> tuple[dict[str, Array], Array]:
    """Usage metrics whose U score puts (I + 2 U) / 3 on the side of 60 that ``shown`` says."""
    busy = shown | unprepared_use
    level = rows.steady("usage")
    features = np.where(
        busy, 5 + np.floor(14 * rows.steady("features") ** 2), _spread(rows.steady("features"), 4)
    )
    reports = np.where(
        busy, 2 + _spread(rows.steady("reports"), 6), _spread(rows.steady("reports"), 2)
    )
    habit = rows.steady("habit") < np.where(busy, 0.8, 0.3)
    days = np.where(busy, _spread(rows.die("days"), 9), 10 + _spread(rows.die("days"), 18))
    minor = (
        np.interp(days, [0, 14, 60], [100, 60, 0])
        + np.interp(features, [0, 1e-9, 3, 5, 8, 20], [0, 20, 40, 60, 80, 100])
        + np.interp(reports, [0, 6], [0, 100])
        + 100.0 * habit
    )

    least_prepared = (180 - score_i) / 2 + 1
    ceiling = np.minimum(
        57, (180 - score_i) / 2 - 2
    )  # above this, use alone would make the process
    goal = np.where(
        prepared,
        np.maximum(least_prepared + level * np.maximum(58 - least_prepared, 0), minor / 7 + 5),
        np.where(
            shown,
            62 + 36 * level,
            np.where(unprepared_use, 60 + 2 * level, 3 + (ceiling - 3) * level),
        ),
    )
    # Of the weight of 7, logins have 3; the rest is drawn, so logins make up the difference.
    score = np.clip((7 * goal - minor) / 3, 0, 100)
    rate = np.where(score < 40, score / 40, 1 + (score - 40) / 20)
    wave = 1 + 0.5 * knobs.seasonality * np.cos(2 * np.pi * (rows.window % 12 - 5) / 12)
    logins = np.where(
        busy,
        np.ceil(rate * np.maximum(wave, 1) * seats - 1e-9),
        np.floor(rate * np.minimum(wave, 1) * seats),
    )
    logins = np.maximum(logins, np.where(busy, 1, 0)) + 0.0  # no negative zero
    silent = logins == 0
    days = np.where(silent, 28 + np.floor(60 * rows.die("days") ** 2), days)
    views = np.floor(logins * (2 + 4 * rows.own("views"))) + np.where(busy, 4, 0)
    share = rows.steady("share")
    top = np.where(habit, np.ceil((0.3 + 0.5 * share) * views), np.floor(0.28 * share * views))
    u = (3 * np.interp(logins / seats, [0, 1, 4], [0, 40, 100]) + minor) / 7
    return {
        "logins": logins,
        "days": days,
        "features": features,
        "reports": reports,
        "views": views,
        "top_topic_views": np.minimum(top, views),
    }, u


def _trust(
    rows: Rows,
    process: Process,
    people: People,
    first: np.datetime64,
    as_of: Array,
    holes: _Holes,
    knobs: Knobs,
    streams: Streams,
) -> tuple[dict[str, Array], Array, Array]:
    """NPS and champion, the E score the model sees (after losses), and who can be Loyal."""
    i, success = rows.customer, rows.of(process.success)
    asked = rows.of(latest_true(process.answered)).astype(np.int64)
    known = asked >= 0
    at = np.maximum(asked, 0)
    then = process.success[at, i]
    draw = streams.uniform("nps", len(process.touch), len(people))[at, i]
    nps = np.where(then, 7 + np.floor(4 * draw**0.8), 1 + np.floor(8 * draw))
    date = (
        (first + at.astype("timedelta64[M]")).astype("datetime64[D]")
        + response_day(streams, "nps", len(people))[i]
        - 1
    )
    fresh = known & ((as_of - date).astype(np.int64) <= 180)
    wrong = holes.invalid("nps") & known
    nps = np.where(known, np.where(wrong, 11.0, nps), np.nan)
    date[~known] = np.datetime64("NaT")
    seen = fresh & ~wrong

    heart = rows.own("champion")
    champion = np.where(heart < np.where(success, 0.62, 0.36), "yes", "no").astype(object)
    champion[rows.die("unseen") < knobs.unseen] = "left"
    lost = holes.at_random("champion") | ((rows.own("silent") < knobs.champion_mnar) & ~success)
    champion[lost] = None

    sums = np.cumsum(process.attended, axis=0, dtype=np.int16)
    meetings = rows.of(sums) - np.where(
        rows.month >= 12, sums[np.maximum(rows.month - 12, 0), i], 0
    )
    voice = np.where(seen, np.interp(nps, [0, 6, 8, 10], [0, 30, 70, 100]), 50.0)
    ally = np.where(champion == "yes", 100.0, np.where(champion == "no", 20.0, 50.0))
    visits = np.where(meetings >= 3, 100.0, np.where(meetings >= 1, 70.0, 0.0))
    score = (voice + np.where(lost, 0.0, ally) + visits) / np.where(lost, 2.0, 3.0)
    case = rows.of(latest_true(process.told))
    told = (case >= 0) & (rows.month - case < 24)
    loyal = (score >= 70) & ((seen & (nps >= 9)) | (champion == "yes") | told)
    return {"nps": nps, "nps@": date, "champion": champion}, score, loyal


def _pulse(
    rows: Rows, success: Array, as_of: Array, people: People, knobs: Knobs
) -> dict[str, Array]:
    """A manager's own judgement of few customers, every four months; sometimes stale."""
    keeps = rows.own("pulse") < knobs.csm_pulse
    age = (rows.month + rows.customer) % 4
    given = keeps & (rows.month - people.start[rows.customer] >= age)
    value = np.clip(np.rint(np.where(success, 55, 20) + 45 * rows.steady("pulse-level")), 0, 100)
    date = as_of - (age * 30 + np.floor(rows.own("pulse-day") * 14).astype(np.int64)).astype(
        "timedelta64[D]"
    )
    date[~given] = np.datetime64("NaT")
    return {"csm_pulse": np.where(given, value, np.nan), "csm_pulse@": date}
