"""Tilted weights, knapsacks and the parts of a change against SciPy, fractions, brute force."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import scipy.optimize
import scipy.special
from stats_probe import agree, ask, needs_probe, undefined

pytestmark = needs_probe


# ── tilting ──────────────────────────────────────────────────────────────────────────────────


def tilted_mean(values, masses, scale, less=0.0):
    """By SciPy's softmax, which does not overflow."""
    used = masses > 0
    weights = scipy.special.softmax(scale * values[used] + np.log(masses[used]))
    return float(weights @ values[used]) - less


def test_tilt():
    random = np.random.default_rng(61)
    cases = []
    for k in range(300):
        n = int(random.integers(1, 60))
        values = np.round(random.gamma(2, 0.5, n), int(random.integers(0, 4)))
        masses = random.integers(0, 10 ** int(random.integers(1, 9)), n).astype(float)
        known = values[masses > 0]
        low, high = (known.min(), known.max()) if len(known) else (0.0, 1.0)
        share = random.random() if k % 3 else random.choice([0.0, 1.0, -0.1, 1.1, 1e-6, 1 - 1e-6])
        cases.append((values, masses, float(low + (high - low) * share)))
    answers = ask([("tilt", *case) for case in cases])
    for (values, masses, target), found in zip(cases, answers):
        known = values[masses > 0]
        if len(known) == 0:
            assert undefined(found[:1])
            continue
        if not known.min() < target < known.max():
            mean = tilted_mean(values, masses, 0.0)
            assert undefined(found[:1]) or (found[0] == 0 and abs(mean - target) < 1e-12)
            continue
        agree("tilt, mean", "the target", found[1], target, about=target)
        if len(set(known)) < 2:
            continue
        # How far λ may be off: as far as the mean's rounding moves it.
        reach = 1.0
        side = math.copysign(1.0, target - tilted_mean(values, masses, 0.0))
        while (tilted_mean(values, masses, side * reach) - target) * side < 0:
            reach *= 2
        scale = scipy.optimize.brentq(
            lambda x, *given: tilted_mean(*given[:2], x, given[2]),
            min(0.0, side * reach),
            max(0.0, side * reach),
            args=(values, masses, target),
            xtol=1e-15,
            rtol=1e-15,
        )
        weights = scipy.special.softmax(scale * values[masses > 0] + np.log(masses[masses > 0]))
        variance = float(weights @ (values[masses > 0] - target) ** 2)
        if variance > 1e-6:
            agree("tilt", "scipy.optimize.brentq", found[0], scale, about=(values, masses, target))
            agree("tilt, variance", "NumPy", found[2], variance)


def test_tilt_of_two_values():
    # Odds of the higher value are exp(λ (b − a)) times those of the masses.
    found = ask([("tilt", [0.5, 1.5], [100.0, 100.0], 1.2), ("tilt", [1.0], [5.0], 1.0)])
    agree("tilt", "closed form", found[0][0], math.log(0.7 / 0.3))
    agree("tilt, effective number", "closed form", found[0][3], 100 / (0.3**2 + 0.7**2))
    assert found[1][0] == 0


# ── knapsacks ────────────────────────────────────────────────────────────────────────────────


def every_choice(most):
    return itertools.product(*(range(n + 1) for n in most))


def test_choices_against_all_there_are():
    random = np.random.default_rng(62)
    cases = []
    for _ in range(400):
        n = int(random.integers(1, 5))
        # Multiples of 1/8, so that sums are exact and ties are ties.
        gains = random.integers(0, 40, n) / 8.0
        costs = random.integers(1, 24, n) / 8.0
        most = random.integers(0, 7, n)
        whole = float(gains @ most)
        limit = random.integers(0, int(8 * whole * 1.2) + 2) / 8.0
        cases.append((gains, costs, most, limit))
    cheapest = ask([("choice", 0, g, c, m, float(x), 10**6) for g, c, m, x in cases])
    best = ask([("choice", 1, g, c, m, float(x), 10**6) for g, c, m, x in cases])
    reached = 0
    for (gains, costs, most, limit), low, high in zip(cases, cheapest, best):
        all_choices = [(gains @ x, costs @ x) for x in every_choice(most)]
        enough = [cost for gain, cost in all_choices if gain >= limit]
        possible, exact, gain, cost, bound, *taken = low
        assert possible == bool(enough)
        if enough:
            reached += 1
            agree("cheapest choice", "all there are", [cost, bound], [min(enough)] * 2)
            assert exact and cost == min(enough) == bound
            assert gain >= limit and gain == gains @ taken and cost == costs @ taken
            assert (np.array(taken) <= most).all()
        possible, exact, gain, cost, bound, *taken = high
        most_gain = max(g for g, c in all_choices if c <= limit)
        agree("best choice", "all there are", [gain, bound], [most_gain] * 2)
        assert possible and exact
        assert gain == most_gain == bound
        assert cost <= limit and gain == gains @ taken and cost == costs @ taken
    assert 100 < reached < 400


def test_what_is_not_exact_is_within_its_bound():
    random = np.random.default_rng(63)
    cases = []
    for _ in range(60):
        n = int(random.integers(20, 60))
        gains = random.random(n) + 0.01
        costs = gains * (1 + 0.01 * random.random(n))
        most = random.integers(1, 10_000, n)
        cases.append((gains, costs, most, float(gains @ most) * (0.2 + 0.6 * random.random())))
    for nodes in (1, 1000):
        lows = ask([("choice", 0, g, c, m, x, nodes) for g, c, m, x in cases])
        highs = ask([("choice", 1, g, c, m, x, nodes) for g, c, m, x in cases])
        for (gains, costs, most, limit), low, high in zip(cases, lows, highs):
            possible, exact, gain, cost, bound, *taken = low
            linear = scipy.optimize.linprog(
                costs, A_ub=[-gains], b_ub=[-limit], bounds=[(0, n) for n in most]
            )
            assert possible and gain >= limit * (1 - 1e-9) and (np.array(taken) <= most).all()
            if not exact:
                agree("cheapest choice, bound", "scipy.optimize.linprog", bound, linear.fun)
            # The greedy choice lacks one item at most.
            assert linear.fun * (1 - 1e-9) <= cost <= linear.fun + costs.max() * (1 + 1e-9)
            possible, exact, gain, cost, bound, *taken = high
            linear = scipy.optimize.linprog(
                -gains, A_ub=[costs], b_ub=[limit], bounds=[(0, n) for n in most]
            )
            assert cost <= limit * (1 + 1e-9) and (np.array(taken) <= most).all()
            if not exact:
                agree("best choice, bound", "scipy.optimize.linprog", bound, -linear.fun)
            assert -linear.fun - gains.max() * (1 + 1e-9) <= gain <= -linear.fun * (1 + 1e-9)


# ── the parts of a change ────────────────────────────────────────────────────────────────────


def test_parts_of_a_change_are_exact():
    random = np.random.default_rng(64)
    cases = []
    for _ in range(200):
        n = int(random.integers(2, 40))
        before, after = (random.integers(0, 10**9, n) * (random.random(n) < 0.8) for _ in "ba")
        before[0], after[1] = 5, 7
        cases.append(
            (before.astype(float), after.astype(float), 2 * random.random(n), 2 * random.random(n))
        )
    for case, found in zip(cases, ask([("mean_change", *case) for case in cases])):
        b, a, r, s = ([Fraction(x) for x in part] for part in case)
        was = sum(x * y for x, y in zip(b, r)) / sum(b)
        now = sum(x * y for x, y in zip(a, s)) / sum(a)
        middle, weight = (was + now) / 2, (sum(a) + sum(b)) / 2
        agree("change of a mean", "fractions", found[:3], [float(x) for x in (was, now, now - was)])
        total = Fraction(0)
        for k in range(len(b)):
            if b[k] == a[k] == 0:
                assert found[3 + 2 * k : 5 + 2 * k] == [0, 0]
                continue
            old = r[k] if b[k] else s[k]
            new = s[k] if a[k] else r[k]
            whole = a[k] * (new - middle) - b[k] * (old - middle)
            by_value = (a[k] + b[k]) / 2 * (new - old)
            total += whole / weight
            agree(
                "change of a mean, parts",
                "fractions",
                found[3 + 2 * k : 5 + 2 * k],
                [float(by_value / weight), float((whole - by_value) / weight)],
            )
        assert total == now - was
    # What was not there at one of the times has no mean then.
    (none,) = ask([("mean_change", [0.0], [3.0], [1.0], [1.0])])
    assert undefined([none[0], none[2], *none[3:]]) and none[1] == 1
