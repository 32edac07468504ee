"""The simulator: the same world every time, causes before effects, planted truths that hold."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "capi" / "python"))

import aiueo.sim as sim
from aiueo.sim.streams import Streams

SMALL = 600
EXPECTED_DRAWS = [798979018938392, 2359101218065342, 3062782416729893, 7990434521193580]
EXPECTED_COUNTS = {
    "snapshots": 8197,
    "contracts": 1436,
    "ledger": 1257,
    "initiatives": 3125,
    "ranks": 1292,
}
EXPECTED_MRR = 108370200


@pytest.fixture(scope="module")
def world():
    return sim.simulate(SMALL, seed=7)


def rows_of(table, names, keys=("customer", "as_of")):
    """Rows as a dictionary by key; columns as comparable text."""
    columns = [np.where(table.missing(name), "", table[name].astype(str)) for name in names]
    return dict(zip(zip(*(table[key].astype(str) for key in keys)), zip(*columns)))


def shared(a, b, names):
    """Share of equal rows among the customer-months that two worlds have in common."""
    left, right = rows_of(a.snapshots, names), rows_of(b.snapshots, names)
    common = left.keys() & right.keys()
    assert len(common) > 1000
    return np.mean([left[key] == right[key] for key in common])


# -- the same world -------------------------------------------------------------------------------


def test_a_seed_fixes_every_table(world):
    again = sim.simulate(SMALL, seed=7)
    for name, table in world.tables.items():
        assert table.equals(again.tables[name]), name
    assert world.truth.ends.equals(again.truth.ends)
    other = sim.simulate(SMALL, seed=8)
    assert not any(table.equals(other.tables[name]) for name, table in world.tables.items())


def test_the_raw_stream_is_the_documented_one():
    """Exact integers of the stream: if these move, every world moves."""
    draws = (Streams(7).uniform("touch", 4) * 2**53).astype(np.int64)
    assert draws.tolist() == EXPECTED_DRAWS
    reader = Streams(7)
    monthly = np.concatenate([reader.next("touch", 2), reader.next("touch", 2)])
    assert np.array_equal(monthly, Streams(7).uniform("touch", 4))


def test_world_of_seed_7_is_pinned(world):
    """Counts that any platform reproduces; a change here is a change of every planted test."""
    counts = {name: len(table) for name, table in world.tables.items()}
    assert counts == EXPECTED_COUNTS
    assert int(world.ledger["mrr"].sum()) == EXPECTED_MRR


def test_looking_ahead_changes_no_table(world):
    farther = sim.simulate(SMALL, seed=7, ahead=12)
    for name, table in world.tables.items():
        assert table.equals(farther.tables[name]), name
    known = farther.future
    assert (~known.missing("outcome")).sum() > (~world.contracts.missing("outcome")).sum()
    assert known["end"][~known.missing("outcome")].max() > farther.data_until


# -- causes and effects ---------------------------------------------------------------------------

TOUCH = ["mails_28d", "meetings_28d"]
PROCESS = ["setup_done", "admins", "trained_users", "logins_28d", "features_used", "goal_reports"]
SUCCESS = ["hires_12m"]


def test_breaking_a_link_changes_what_follows_and_nothing_before():
    base = sim.simulate(1500, seed=3)
    one, two = (
        sim.simulate(1500, seed=3, knobs=sim.Knobs(**{f"link_{name}": "broken"}))
        for name in ("1_2", "2_3")
    )
    renewal = sim.simulate(1500, seed=3, knobs=sim.Knobs(link_3_4a="broken"))
    growth = sim.simulate(1500, seed=3, knobs=sim.Knobs(link_3_4b="broken"))
    assert shared(base, one, TOUCH) == 1 and shared(base, one, PROCESS) < 0.8
    assert shared(base, two, TOUCH) == 1 and shared(base, two, SUCCESS) < 0.8
    assert shared(base, two, PROCESS) == 1
    assert shared(base, renewal, TOUCH + PROCESS) == 1
    assert len(base.snapshots) != len(renewal.snapshots)
    assert len(base.snapshots) == len(growth.snapshots)
    assert base.ledger["mrr"].sum() > 1.05 * growth.ledger["mrr"].sum()


def test_links_act_after_their_lag_and_not_before():
    """The process gained in a month depends on touch exactly ``lag`` months earlier."""
    for lag in (1, 3):
        knobs = sim.Knobs(lag=lag, touch_persistence=0, shared_trait=0, fit_spread=0)
        _, process, _ = sim.simulate(3000, seed=4, knobs=knobs)._parts
        start = sim.simulate(3000, seed=4, knobs=knobs)._parts[0].start
        gap = {}
        for back in (1, 2, 3, 4):
            cells = [[], []]
            for t in range(12, 36):
                could = (start <= t - 5) & ~process.process[t - 1]
                for touched in (False, True):
                    pick = could & (process.touch[t - back] == touched)
                    cells[touched].append((process.process[t][pick].sum(), pick.sum()))
            rate = [np.sum(c, axis=0)[0] / np.sum(c, axis=0)[1] for c in cells]
            gap[back] = rate[1] - rate[0]
        assert gap.pop(lag) > 0.3
        assert max(map(abs, gap.values())) < 0.1, (lag, gap)


def test_a_drive_changes_touch_from_its_month_on_and_not_before():
    base = sim.simulate(3000, seed=3)
    more = sim.simulate(3000, seed=3, knobs=sim.Knobs(drive=sim.Drive(month=12, touch_rate=0.5)))
    day = base.snapshots["as_of"][base.snapshots["as_of"] < base.start + 12]
    early = [world.as_known_on(day.max()) for world in (base, more)]
    for name, table in early[0].tables.items():
        assert table.equals(early[1].tables[name]), name
    late = [world.snapshots["as_of"] > day.max() for world in (base, more)]
    touched = [world.states["touch"][of].mean() for world, of in zip((base, more), late)]
    assert 0.1 < touched[0] < 0.25 and 0.4 < touched[1] < 0.6
    active = [(world.states["stage"][of] >= 2).mean() for world, of in zip((base, more), late)]
    assert active[1] > active[0] + 0.1
    with pytest.raises(ValueError, match="touch_rate"):
        sim.Drive(month=0, touch_rate=1.5)


def right_verdict(link, target):
    """What the definition of the study says of true values: no sample, no interval."""
    if link.prevalence < 0.1:
        return "starved"
    if link.effect < 0.05:
        return "weak"
    return "leaky" if link.conversion < target else "flows"


@pytest.mark.parametrize("name", list(sim.worlds))
def test_named_worlds_hold_what_they_say(name):
    planted = sim.worlds[name]
    target = {"1-2": 0.4, "2-3": 0.4, "3-4a": 0.9, "3-4b": 0.2}
    for lead in (0, 90):
        truth = sim.reference(planted.knobs, customers=30000, lead_days=lead)
        for link, fact in truth.items():
            if fact.verdict is not None:
                assert right_verdict(fact, target[link]) == fact.verdict, (lead, fact)
            if fact.verdict == "weak":
                assert fact.causal <= 0
            else:  # far enough from what would be another verdict
                assert abs(fact.prevalence - 0.1) > 0.01, fact
                assert fact.verdict == "starved" or abs(fact.conversion - target[link]) > 0.01
    truth = planted.simulate(3000, seed=1).truth
    assert set(truth.planted) == {
        k for k, f in truth.links.items() if f.verdict in ("leaky", "weak", "starved")
    }
    assert (truth.principal in truth.planted) if truth.planted else truth.principal is None
    assert planted.about


def test_contract_ends_are_looked_at_from_the_lead_asked_for():
    """Success moves on between the look and the decision, so that less of its effect is seen."""
    world = sim.simulate(20000, seed=1)
    eve, before = (sim.reference(world.knobs, 20000, lead_days=days) for days in (0, 90))
    for name in ("3-4a", "3-4b"):
        assert world.truth.links[name] == eve[name]
        assert eve[name].effect > 1.2 * before[name].effect > 0.1
        assert eve[name].eligible > before[name].eligible  # of monthly contracts, too
    for name in ("1-2", "2-3"):
        assert eve[name].conversion == before[name].conversion


def test_revenue_follows_the_steps():
    flows = sim.reference(customers=20000)
    assert all(link.nrr_difference > 0.05 for link in flows.values())
    # Who is renewed keeps some 100 % of the MRR, who is not keeps nothing.
    assert 0.9 < flows["3-4a"].nrr_difference < 1.4
    quiet = sim.reference(sim.Knobs(signal=False), customers=20000)
    assert all(abs(quiet[name].nrr_difference) < 0.05 for name in ("1-2", "2-3"))


def test_one_segment_breaks_there_alone():
    levels = sim.worlds["one-segment"].simulate(6000, seed=1).truth.by_segment("2-3", "industry")
    assert levels.pop("retail").effect < 0.05
    assert all(link.effect > 0.3 and link.conversion > 0.4 for link in levels.values())


def test_confounding_turns_the_sign():
    """All customers together against those of a plan."""
    for name, most in (("confounded", 0.0), ("reversed", -0.04)):
        world = sim.worlds[name].simulate(20000, seed=1)
        link = world.truth.links["3-4a"]
        assert link.crude > 0.04 and link.causal < -0.02
        within = [level.effect for level in world.truth.by_segment("3-4a", "plan").values()]
        assert np.mean(within) < most and link.effect < most, name
    link = sim.reference(sim.worlds["masked"].knobs, customers=30000)["3-4a"]
    assert abs(link.crude) < 0.03 and link.effect > 0.06 and link.causal > 0.06


def test_a_shared_trait_shows_in_the_crude_figure_only():
    link = sim.reference(sim.worlds["shared-trait"].knobs, customers=20000)["1-2"]
    assert link.crude > 0.05 and abs(link.effect) < 0.015 and link.causal == 0


def test_no_signal_means_one_renewal_probability_per_term():
    ends = sim.worlds["no-signal"].simulate(SMALL, seed=2).truth.ends
    contract = ends["kind"] == "contract"
    for term in (1, 12, 24):
        assert np.ptp(ends["p"][contract & (ends["term_months"] == term)]) < 1e-12


def test_true_probabilities_are_calibrated():
    """What was drawn agrees with the probabilities that the truth gives, in every tenth of them."""
    world = sim.simulate(20000, seed=6)
    ends = world.truth.ends
    came = np.isin(ends["outcome"], ["renewed", "converted"])
    edges = np.quantile(ends["p"], np.linspace(0, 1, 11)[1:-1])
    part = np.searchsorted(edges, ends["p"])
    for tenth in range(10):
        p, y = ends["p"][part == tenth], came[part == tenth]
        if len(p):
            assert abs(y.mean() - p.mean()) < 4 * np.sqrt((p * (1 - p)).sum()) / len(p) + 1e-9


def test_initiatives_have_their_planted_effects():
    world = sim.simulate(20000, seed=6)
    facts = world.truth.initiatives
    assert facts["user_meeting"]["on_exposed"] > 0.01
    assert facts["nps"]["on_exposed"] == 0
    table = world.initiatives
    mail = table["initiative"] == "setup-mail-2"
    acted = ~table.missing("responded")
    for arm in ("video", "text", "holdout"):
        rows = mail & (table["holdout"] if arm == "holdout" else table["variant"] == arm)
        true = facts["setup-mail-2"][arm]
        assert abs(acted[rows].mean() - true) < 4 * np.sqrt(true / rows.sum()), arm
    days = (table["responded"] - table["date"])[mail & acted].astype(int)
    assert days.min() >= 1 and days.max() <= 7
    meeting = table["initiative"] == "user_meeting"
    assert not (~table.missing("attended") & (table["holdout"] | ~meeting)).any()
    assert abs(table["holdout"][meeting].mean() - 0.15) < 0.01


def test_several_plants_are_ranked_by_what_they_cost():
    truth = sim.simulate(1500, seed=3, knobs=sim.Knobs(link_2_3="leaky", link_3_4b="broken")).truth
    assert set(truth.gains) == {"2-3", "3-4b"} and min(truth.gains.values()) > 0
    assert truth.principal == max(truth.gains, key=truth.gains.get)
