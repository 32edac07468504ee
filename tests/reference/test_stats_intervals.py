"""Distributions, intervals, jackknife, trend and multiple tests against SciPy and statsmodels."""

from __future__ import annotations

import math
import warnings

import numpy as np
import scipy.stats
import statsmodels.stats.contingency_tables as sct
import statsmodels.stats.multitest as smt
import statsmodels.stats.proportion as smp
from scipy import special
from stats_probe import P, agree, ask, needs_probe, undefined
from stats_tables import histogram

pytestmark = needs_probe
LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)


def test_distributions():
    random = np.random.default_rng(1)
    cases = []
    for _ in range(300):
        df = float(random.choice([1, 2, 3, 9, 19, 19.5, 100, 1e4, 1e6, 1e9]))
        p = float(random.choice([1e-12, 1e-3, 0.5, 0.975, 1 - 1e-9, random.uniform()]))
        z = float(random.choice([0.0, random.normal() * 3, random.normal() * 12]))
        a, b = (float(x) for x in 10.0 ** random.uniform(-1, 6, 2))
        x = float(random.beta(a, b))
        c = float(random.chisquare(df) * random.choice([1, 1, 3]))
        cases.append((z, p, df, c, x, a, b))
    normal = ask([("normal", z, p) for z, p, *_ in cases])
    t = ask([("t", z, p, df) for z, p, df, *_ in cases])
    chi = ask([("chi_squared", c, p, df) for _, p, df, c, *_ in cases])
    beta = ask([("beta", x, p, a, b) for _, p, _, _, x, a, b in cases])
    for k, (z, p, df, c, x, a, b) in enumerate(cases):
        about = cases[k]
        n = scipy.stats.norm
        tails = [n.cdf(z), n.sf(z), 2 * n.sf(abs(z))]
        agree("normal distribution", "scipy.stats.norm", normal[k][:3], tails, P, about=about)
        agree("normal quantile", "scipy.stats.norm", normal[k][3], n.ppf(p), about=about)
        d = scipy.stats.t(df)
        tails = [d.cdf(z), d.sf(z), 2 * d.sf(abs(z))]
        agree("t distribution", "scipy.stats.t", t[k][:3], tails, P, about=about)
        agree("t quantile", "scipy.stats.t", t[k][3], d.ppf(p), about=about)
        tails = [special.gammainc(df / 2, c / 2), special.gammaincc(df / 2, c / 2)]
        agree("chi-squared distribution", "scipy.special", chi[k][:2], tails, P, about=about)
        if df <= 1e6:
            quantile = scipy.stats.chi2(df).ppf(p)
            agree(
                "chi-squared quantile", "scipy.stats.chi2", chi[k][2], quantile, 1e-6, about=about
            )
        else:  # SciPy's own is off in the sixth digit there
            z = n.ppf(p)
            wanted = df + z * math.sqrt(2 * df) + (z * z - 1) * 2 / 3
            agree("chi-squared quantile", "Cornish–Fisher, df 10⁹", chi[k][2], wanted, about=about)
        e = scipy.stats.beta(a, b)
        agree("beta distribution", "scipy.stats.beta", beta[k][:2], [e.cdf(x), e.sf(x)], P)
        agree("beta quantile", "scipy.stats.beta", beta[k][2:], [e.ppf(p), e.isf(p)], 1e-3)


def test_distributions_are_undefined_outside_their_domain():
    nan = math.nan
    wrong = [
        ("normal", nan, 0.0),
        ("normal", nan, 1.0),
        ("t", nan, 0.5, -1.0),
        ("t", 0.0, 0.5, 0.0),
        ("chi_squared", -1.0, 0.0, 1.0),
        ("chi_squared", 1.0, 0.5, 0.0),
        ("beta", 2.0, 1.5, 1.0, 1.0),
        ("beta", 0.5, 0.5, 0.0, 1.0),
    ]
    assert all(undefined(figures) for figures in ask(wrong))


def test_extreme_beta_parameters_end_quietly():
    # Boost's own inverse throws for some of these, whatever its policy: the program would end.
    random = np.random.default_rng(5)
    cases = []
    for _ in range(500):
        p = float(random.choice([1e-300, 1e-15, 1e-5, 0.5, 1 - 1e-5, 1 - 1e-15]))
        a, b = (float(x) for x in 10.0 ** random.uniform(-3, 12.9, 2))
        cases.append(("beta", 0.5, p, a, b))
    for case, figures in zip(cases, ask(cases)):
        assert all(0 <= x <= 1 for x in figures), (case, figures)


def test_proportions():
    random = np.random.default_rng(2)
    cases = [(0, 0), (0, 1), (1, 1), (8, 10), (34, 40), (0, 10**6), (10**12 // 3, 10**12)]
    for _ in range(400):
        n = int(random.choice([1, 2, 5, 30, 1000, 10**6, 10**9]))
        cases.append((int(random.integers(0, n + 1)), n))
    levels = [float(random.choice(LEVELS)) for _ in cases]
    for (x, n), level, found in zip(
        cases, levels, ask([("proportion", x, n, level) for (x, n), level in zip(cases, levels)])
    ):
        if n == 0:
            assert undefined(found)
            continue
        wilson = smp.proportion_confint(x, n, 1 - level, "wilson")
        agree("Wilson interval", "statsmodels", found[:2], wilson, 1e-3, about=(x, n, level))
        low, high = smp.proportion_confint(x, n, 1 - level, "jeffreys")
        wanted = [0.0 if x == 0 else low, 1.0 if x == n else high]
        agree("Jeffreys interval", "statsmodels", found[2:], wanted, 1e-3, about=(x, n, level))


def test_difference_of_proportions():
    random = np.random.default_rng(3)
    cases = []
    for _ in range(400):
        n1, n0 = (int(random.choice([0, 1, 2, 7, 50, 10**4, 10**8])) for _ in range(2))
        x1, x0 = (int(random.integers(0, n + 1)) for n in (n1, n0))
        cases.append((x1, n1, x0, n0, float(random.choice(LEVELS))))
    for case, found in zip(cases, ask([("newcombe", *case) for case in cases])):
        x1, n1, x0, n0, level = case
        if n1 == 0 or n0 == 0:
            assert undefined(found)
            continue
        wanted = smp.confint_proportions_2indep(
            x1, n1, x0, n0, method="newcomb", compare="diff", alpha=1 - level
        )
        agree("Newcombe interval", "statsmodels", found[2:], wanted, about=case)
        agree("difference of rates", "NumPy", found[0], x1 / n1 - x0 / n0, about=case)


def test_shrunken_rate():
    random = np.random.default_rng(4)
    cases = []
    for _ in range(300):
        n = int(random.choice([0, 1, 4, 30, 10**5]))
        x = int(random.integers(0, n + 1))
        mean = float(random.choice([0.0, 1.0, random.uniform()]))
        weight = float(random.choice([0.0, 0.5, 10.0, 200.0]))
        cases.append((x, n, mean, weight, float(random.choice(LEVELS))))
    for case, found in zip(cases, ask([("shrunken", *case) for case in cases])):
        x, n, mean, weight, level = case
        if n + weight == 0:
            assert undefined(found)
            continue
        rate = (x + weight * mean) / (n + weight)
        agree("shrunken rate", "NumPy", found[0], rate, about=case)
        a, b = x + weight * mean, n - x + weight * (1 - mean)
        if a == 0 or b == 0:
            assert undefined(found[1:])
            continue
        posterior = scipy.stats.beta(a, b)
        agree("shrunken rate, error", "scipy.stats.beta", found[1], posterior.std(), about=case)
        ends = posterior.interval(level)
        agree("shrunken rate, interval", "scipy.stats.beta", found[2:], ends, 1e-3, about=case)


def test_jackknife_of_a_mean_is_its_t_interval():
    random = np.random.default_rng(5)
    cases, wanted = [], []
    for _ in range(200):
        values = random.normal(random.normal() * 1e3, 10, int(random.choice([2, 5, 20])))
        without = (values.sum() - values) / (len(values) - 1)
        level = float(random.choice(LEVELS))
        cases.append(("jackknife", float(values.mean()), without, [], level))
        error = scipy.stats.sem(values)
        ends = scipy.stats.t.interval(level, len(values) - 1, values.mean(), error)
        wanted.append([values.mean(), error, *ends, len(values)])
    for found, expected in zip(ask(cases), wanted):
        agree("jackknife", "scipy.stats.sem", found, expected, about=expected)


def test_jackknife_of_a_ratio():
    random = np.random.default_rng(6)
    cases, wanted = [], []
    for _ in range(200):
        groups = int(random.choice([0, 1, 2, 3, 20]))
        above, below = histogram(random, groups + 1)[1:], histogram(random, groups + 1)[1:]
        rows = below * random.integers(0, 2, groups)
        cases.append(("jackknife_ratio", above, below, rows, 0.95))
        a, b = int(above.sum()), int(below.sum())
        value = a / b if b else math.nan
        used = [k for k in range(groups) if rows[k] > 0]
        left = [(a - above[k], b - below[k]) for k in used]
        if len(used) < 2 or math.isnan(value) or any(q == 0 for _, q in left):
            wanted.append([value, math.nan, math.nan, math.nan, len(used)])
            continue
        thetas = np.array([p / q for p, q in left], dtype=np.longdouble)
        g = len(used)
        error = float(np.sqrt((g - 1) / g * ((thetas - thetas.mean()) ** 2).sum()))
        # Groups that are all alike: how far another would be was not seen.
        error = error if error > 1e-12 * max(1, abs(value)) else 0
        half = error * scipy.stats.t.ppf(0.975, g - 1) if error else math.nan
        wanted.append([value, error, value - half, value + half, g])
    for case, found, expected in zip(cases, ask(cases), wanted):
        agree("jackknife of a ratio", "NumPy", found, expected, about=case)


def test_jackknife_on_other_scales():
    """Through log-odds, logarithm and Fisher's z: the t interval there, brought back."""
    random = np.random.default_rng(61)
    cases = []
    for _ in range(300):
        groups = int(random.choice([2, 5, 20]))
        total = float(random.uniform(0.02, 0.98))
        without = np.clip(total + random.normal(0, 0.01, groups), 0.001, 0.999)
        cases.append((total, without, random.integers(0, 3, groups), float(random.choice(LEVELS))))
    scales = (
        (lambda x: np.log(x / (1 - x)), lambda x: 1 / (1 + np.exp(-x))),
        (np.log, np.exp),
        (np.arctanh, np.tanh),
    )
    for case, found in zip(cases, ask([("jackknife_scales", *case) for case in cases])):
        total, without, rows, level = case
        used = without[rows > 0]
        g = len(used)
        for k, (to, back) in enumerate(scales):
            value, error, low, high, groups = found[5 * k : 5 * k + 5]
            assert value == total and groups == g
            if g < 2:
                assert undefined([error, low, high])
                continue

            def error_of(x, g=g):
                return math.sqrt((g - 1) / g * ((x - x.mean()) ** 2).sum())

            agree("jackknife on a scale", "NumPy", error, error_of(used), about=case)
            half = scipy.stats.t.ppf((1 + level) / 2, g - 1) * error_of(to(used))
            ends = [back(to(total) - half), back(to(total) + half)]
            agree("jackknife on a scale", "NumPy", [low, high], ends, about=case)


def test_jackknife_of_a_share_without_log_odds():
    """At 0 and 1 the groups are the trials; where one group keeps it from there, as many trials as
    have the error."""
    groups = 20
    for total in (0.0, 1.0):
        (found,) = ask([("jackknife_scales", total, [total] * groups, [], 0.95)])
        ends = smp.proportion_confint(int(total) * groups, groups, method="wilson")
        agree("share at its end", "statsmodels", found[2:4], ends)
    kept = np.array([1.0, *[0.95] * (groups - 1)])
    total = 0.9525
    (found,) = ask([("jackknife_scales", total, kept, [], 0.95)])
    trials = total * (1 - total) / found[1] ** 2
    level = 2 * scipy.stats.norm.sf(scipy.stats.t.ppf(0.975, groups - 1))
    ends = smp.proportion_confint(total * trials, trials, alpha=level, method="wilson")
    agree("share that a group carries", "statsmodels", found[2:4], ends)


def test_how_groups_move_together():
    random = np.random.default_rng(62)
    cases = [(random.normal(size=n) + 1e3, random.normal(size=n)) for n in (2, 3, 20) * 30]
    for (a, b), found in zip(cases, ask([("jackknife_together", *case) for case in cases])):
        agree("together", "numpy.corrcoef", found, [np.corrcoef(a, b)[0, 1]], about=(a, b))
    assert ask([("jackknife_together", [1.0, 1.0], [1.0, 2.0])]) == [[0.0]]


def test_wilson_of_an_estimated_share():
    random = np.random.default_rng(63)
    cases = []
    for _ in range(200):
        share = float(random.choice([0.0, 1.0, random.uniform()]))
        cases.append((share, float(random.uniform(0.5, 500)), float(random.uniform(1, 4))))
    for case, found in zip(cases, ask([("effective_wilson", *case) for case in cases])):
        share, trials, quantile = case
        alpha = 2 * scipy.stats.norm.sf(quantile)
        ends = smp.proportion_confint(share * trials, trials, alpha=alpha, method="wilson")
        agree("Wilson of a share", "statsmodels", found, ends, about=case)


def test_interval_of_a_difference_from_those_of_its_sides():
    random = np.random.default_rng(64)
    cases = []
    for _ in range(200):
        a, b = (float(x) for x in random.normal(0, 1, 2))
        apart = random.exponential(1, 4)
        rho = float(random.choice([0, 1, -1, random.uniform(-1, 1)]))
        ends = (float(x) for x in (a - apart[0], a + apart[1], b - apart[2], b + apart[3]))
        low_a, high_a, low_b, high_b = ends
        cases.append((a, low_a, high_a, b, low_b, high_b, rho))
    for case, found in zip(cases, ask([("mover", *case) for case in cases])):
        a, low_a, high_a, b, low_b, high_b, rho = case

        def half(x, y, rho=rho):
            return math.sqrt(max(0, x * x + y * y - 2 * rho * x * y))

        ends = [a - b - half(a - low_a, high_b - b), a - b + half(high_a - a, b - low_b)]
        agree("difference", "NumPy", found, ends, about=case)
    x1, n1, x0, n0 = 56, 70, 48, 80
    sides = [
        (x / n, *(float(e) for e in smp.proportion_confint(x, n, method="wilson")))
        for x, n in ((x1, n1), (x0, n0))
    ]
    (found,) = ask([("mover", *sides[0], *sides[1], 0.0)])
    ends = smp.confint_proportions_2indep(x1, n1, x0, n0, method="newcomb")
    agree("difference", "statsmodels, Newcombe", found, ends)


def test_trend():
    random = np.random.default_rng(7)
    cases = []
    for _ in range(400):
        k = int(random.integers(1, 8))
        n = histogram(random, k)
        x = random.binomial(n, random.choice([0.0, 1.0, random.uniform()], k))
        cases.append((x, n, random.integers(-1000, 1000, k) if random.integers(2) else []))
    answers = ask([("cochran_armitage", *case) for case in cases])
    for (x, n, positions), found in zip(cases, answers):
        s = np.arange(len(n)) if len(positions) == 0 else positions
        if x.sum() in (0, n.sum()) or len(set(s[n > 0])) < 2:
            assert undefined(found[:2])
            continue
        table = sct.Table(np.column_stack([n - x, x]), shift_zeros=False)
        total = int(n.sum())
        # Its variance is the hypergeometric one.
        z = table.test_ordinal_association(row_scores=s).zscore * math.sqrt(total / (total - 1))
        agree("Cochran–Armitage z", "statsmodels", found[0], z, 1e-3, about=(x, n, s))
        agree(
            "Cochran–Armitage p",
            "scipy.stats.norm",
            found[1],
            2 * scipy.stats.norm.sf(abs(found[0])),
            P,
            about=(x, n, s),
        )


def test_monotonicity_violations():
    random = np.random.default_rng(8)
    cases = []
    for _ in range(200):
        n = histogram(random, int(random.integers(1, 9)))
        cases.append((random.binomial(n, random.uniform(size=len(n))), n))
    for (x, n), found in zip(cases, ask([("violations", *case) for case in cases])):
        used = [k for k in range(len(n)) if n[k] > 0]
        wanted = [
            (i, j) for i, j in zip(used, used[1:]) if int(x[j]) * int(n[i]) < int(x[i]) * int(n[j])
        ]
        assert found[0] == len(wanted)
        for k, (i, j) in enumerate(wanted):
            before, after, *figures = found[1 + 5 * k : 6 + 5 * k]
            assert (before, after) == (i, j)
            ends = smp.confint_proportions_2indep(x[j], n[j], x[i], n[i], method="newcomb")
            expected = [x[j] / n[j] - x[i] / n[i], *ends]
            agree("monotonicity violation", "statsmodels", figures, expected, about=(x, n))


def test_benjamini_hochberg():
    random = np.random.default_rng(9)
    families = [[], [0.0], [1.0], [math.nan], [0.2, math.nan, 0.2]]
    for _ in range(300):
        p = random.uniform(size=int(random.integers(1, 40))) ** random.choice([1, 3, 9])
        if random.integers(2):
            p = np.round(p, 1)
        p[random.uniform(size=len(p)) < random.choice([0, 0.3])] = math.nan
        families.append([float(x) for x in p])
    for family, found in zip(families, ask([("benjamini_hochberg", f) for f in families])):
        p = np.array(family)
        known = ~np.isnan(p)
        scipy_q, statsmodels_q = p.copy(), p.copy()
        if known.any():
            scipy_q[known] = scipy.stats.false_discovery_control(p[known])
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                statsmodels_q[known] = smt.multipletests(p[known], method="fdr_bh")[1]
        agree("Benjamini–Hochberg q", "SciPy", found, scipy_q, 1e-12, about=family)
        agree("Benjamini–Hochberg q", "statsmodels", found, statsmodels_q, 1e-12, about=family)
