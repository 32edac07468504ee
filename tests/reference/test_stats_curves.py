"""Fitted curves, probability scores, convolution and survival against the references."""

from __future__ import annotations

import math
import warnings

import numpy as np
import scipy.optimize
import scipy.stats
import sklearn.calibration
import sklearn.isotonic
import sklearn.metrics
import statsmodels.api as sm
from stats_probe import agree, ask, needs_probe, undefined
from stats_tables import histogram, small_histogram, spelled_out

pytestmark = needs_probe
FITTED, INVALID, ONE_OUTCOME, CONSTANT, SEPARATED = 0, 1, 2, 3, 4


def test_isotonic():
    random = np.random.default_rng(31)
    counts, means = [], []
    for _ in range(300):
        n = histogram(random, int(random.integers(1, 40)))
        x = random.binomial(n, np.sort(random.uniform(size=len(n))) ** random.choice([0.2, 1, 5]))
        counts.append((x, n))
        y = np.round(np.cumsum(random.normal(0, 1, len(n))), int(random.choice([0, 9])))
        means.append((y, n.astype(float) / 7))
    rates = ask([("isotonic_rates", *case) for case in counts])
    fits = ask([("isotonic_means", *case) for case in means])
    for (x, n), found, (y, w), fit in zip(counts, rates, means, fits):
        used = n > 0
        assert found[0] == 1 and fit[0] == 1
        assert undefined(np.array(found[1:])[~used]) and undefined(np.array(fit[1:])[~used])
        if not used.any():
            continue
        wanted = np.full(len(n), math.nan)
        wanted[used] = sklearn.isotonic.isotonic_regression(
            x[used] / n[used], sample_weight=n[used]
        )
        agree("isotonic rates", "scikit-learn", found[1:], wanted, about=(x, n))
        wanted[used] = sklearn.isotonic.isotonic_regression(y[used], sample_weight=w[used])
        agree("isotonic means", "scikit-learn", fit[1:], wanted, about=(y, w))


def binned_outcomes(random: np.random.Generator):
    bins = int(random.integers(1, 12))
    scores = random.normal(random.choice([0, 50, 1e6]), random.choice([0.1, 10]), bins)
    centred = (scores - scores.mean()) / max(scores.std(), 1e-9)
    chance = 1 / (1 + np.exp(-(random.normal() + random.normal(0, 2) * centred)))
    n = small_histogram(random, bins)
    positives = random.binomial(n, chance)
    if random.integers(6) == 0:
        positives = np.where(centred > 0, n, 0)
    return scores, positives, n - positives


def test_logistic_curve():
    random = np.random.default_rng(32)
    cases = [binned_outcomes(random) for _ in range(300)]
    for smoothed in (0, 1):
        answers = ask([("logistic", s, p, n, smoothed) for s, p, n in cases])
        for (s, p, n), found in zip(cases, answers):
            compare_curve(s, p, n, smoothed, found)


def compare_curve(s, p, n, smoothed, found) -> None:
    about = (s, p, n, smoothed)
    up, down = s[p > 0], s[n > 0]
    if 0 in (len(up), len(down)):
        assert found[0] == ONE_OUTCOME and undefined(found[1:]), about
        return
    if len(set(s[p + n > 0])) < 2:
        assert found[0] == CONSTANT and undefined(found[1:]), about
        return
    apart = min(up) >= max(down) or min(down) >= max(up)
    if apart and not smoothed:
        assert found[0] == SEPARATED and undefined(found[1:]), about
        return
    assert found[0] == FITTED, about
    used = p + n > 0
    s, p, n = s[used], p[used].astype(float), n[used].astype(float)
    if smoothed:
        high, low = (p.sum() + 1) / (p.sum() + 2), 1 / (n.sum() + 2)
        p, n = p * high + n * low, p * (1 - high) + n * (1 - low)
    middle, scale = s.mean(), s.std()
    turn = np.array([[1, -middle / scale], [0, 1 / scale]])
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fits without degrees of freedom left
        model = sm.GLM(
            p / (p + n),
            np.column_stack([np.ones(len(s)), (s - middle) / scale]),
            family=sm.families.Binomial(),
            var_weights=p + n,
        ).fit(maxiter=500, tol=1e-15, tol_criterion="params")
    slope = model.params[1] / scale
    wanted = [model.params[0] - slope * middle, slope]
    name = "Platt's curve" if smoothed else "logistic curve"
    agree(name, "statsmodels GLM", found[1:3], wanted, about=about)
    covariance = turn @ model.cov_params() @ turn.T
    errors = np.sqrt(np.diag(covariance))
    agree(name + ", errors", "statsmodels GLM", found[3:5], errors, 1e-3, about=about)
    size = errors[0] * errors[1]
    agree(
        name + ", covariance",
        "statsmodels GLM",
        found[5] / size,
        covariance[0, 1] / size,
        1.0,
        1e-8,
        about,
    )
    eta = (np.column_stack([np.ones(len(s)), (s - middle) / scale])) @ model.params
    likelihood = float(-(p * np.logaddexp(0, -eta) + n * np.logaddexp(0, eta)).sum())
    agree(name + ", log likelihood", "NumPy", found[6], likelihood, about=about)


def design(random: np.random.Generator):
    rows, columns = int(random.integers(1, 60)), int(random.integers(1, 9))
    a = random.integers(-9, 10, (rows, columns)).astype(float)
    kind = random.integers(6)
    if kind == 0:  # columns that repeat
        a[:, random.integers(columns)] = 2 * a[:, random.integers(columns)]
    if kind == 1:
        a[:, random.integers(columns)] = 0
    weights = random.normal(0, 3, columns)
    if random.integers(2) and columns > 2:
        # A column that looks best alone, and has to leave again once the others are in.
        a[:, 0] = a[:, 1:].sum(axis=1) + random.integers(-4, 5, rows)
        weights = np.concatenate([[-0.5], random.uniform(0, 3, columns - 1)])
    b = a @ weights + random.normal(0, random.choice([2, 40]), rows)
    if kind == 2:  # units far apart
        a *= 2.0 ** random.integers(-20, 20, columns)
    return a, np.round(b * 16) / 16


def test_least_squares():
    random = np.random.default_rng(33)
    cases = [design(random) for _ in range(400)]
    systems = [((a.T @ a).ravel(), a.T @ b) for a, b in cases]
    free = ask([("least_squares", *system) for system in systems])
    positive = ask([("nnls", *system) for system in systems])
    for (a, b), found, bounded in zip(cases, free, positive):
        # In units of its own, each column; NumPy judges them in the units that they come in.
        lengths = np.linalg.norm(a, axis=0)
        unit = np.where(lengths > 0, lengths, 1.0)
        rank = np.linalg.matrix_rank(a / unit)
        valid, columns, dependent, *x = found
        assert valid == 1 and columns == rank and columns + dependent == a.shape[1], (a, b)
        # What dependent columns share can be split at will; what all predict together can not.
        wanted = np.linalg.lstsq(a / unit, b, rcond=None)[0] / unit
        agree(
            "least squares, predictions",
            "numpy.linalg.lstsq",
            a @ x,
            a @ wanted,
            1 + abs(b).max(),
            about=(a, b),
        )
        if rank == a.shape[1] and np.linalg.cond(a / unit) < 1e3:
            agree("least squares, weights", "numpy.linalg.lstsq", x, wanted, about=(a, b))
        valid, _, _, _, *x = bounded
        assert valid == 1 and min(x) >= 0
        wanted, norm = scipy.optimize.nnls(a, b)
        agree(
            "non-negative least squares, error",
            "scipy.optimize.nnls",
            float(np.linalg.norm(a @ x - b)),
            float(norm),
            1 + abs(b).max(),
            about=(a, b),
        )
        if rank == a.shape[1] and np.linalg.cond(a / unit) < 1e3:
            agree("non-negative least squares", "scipy.optimize.nnls", x, wanted, about=(a, b))


def test_many_nearly_dependent_columns_terminate():
    random = np.random.default_rng(34)
    requests, cases = [], []
    for spread in (1e-1, 1e-3, 1e-5, 1e-7):
        a = random.uniform(0, 100, (500, 1)) + spread * random.normal(size=(500, 30))
        b = a @ random.uniform(0, 1, 30) + random.normal(0, 5, 500)
        requests.append(("nnls", (a.T @ a).ravel(), a.T @ b))
        cases.append((a, b))
    for (a, b), found in zip(cases, ask(requests)):
        valid, _, _, _, *x = found
        assert valid == 1
        norm = float(np.linalg.norm(a @ x - b))
        # The best fit that rounding leaves to be found.
        assert norm <= scipy.optimize.nnls(a, b)[1] * (1 + 1e-4)


def predictions(random: np.random.Generator):
    bins = int(random.integers(1, 30))
    predicted = np.sort(random.uniform(size=bins))
    if random.integers(5) == 0:
        predicted[[0, -1]] = 0.0, 1.0
    n = small_histogram(random, bins)
    positives = random.binomial(n, predicted ** random.choice([0.5, 1, 2]))
    return predicted, positives, n - positives


def test_probability_scores():
    random = np.random.default_rng(35)
    cases = [predictions(random) for _ in range(300)]
    for case, found in zip(cases, ask([("probabilities", *case) for case in cases])):
        predicted, p, n = case
        k, y = spelled_out(p, n)
        if len(y) == 0:
            assert found[0] == 0 and undefined(found[1:])
            continue
        f = predicted[k]
        _, rate, mean, brier, loss, reliability, resolution, uncertainty, skill = found
        wanted = sklearn.metrics.brier_score_loss(y, f, pos_label=1)
        agree("Brier score", "scikit-learn", brier, float(wanted), about=case)
        wanted = sklearn.metrics.log_loss(y, f, labels=[0, 1])
        agree("log loss", "scikit-learn", loss, float(wanted), about=case)
        seen = (p / np.maximum(p + n, 1))[k]
        parts = [((f - seen) ** 2).mean(), ((seen - y.mean()) ** 2).mean(), y.var()]
        agree("Brier decomposition", "NumPy", [reliability, resolution, uncertainty], parts)
        agree("Brier decomposition", "adds up", reliability - resolution + uncertainty, brier)
        agree("mean predicted and seen", "NumPy", [mean, rate], [f.mean(), y.mean()])
        agree("Brier skill", "NumPy", skill, 1 - brier / y.var() if y.var() > 0 else math.nan)


def test_calibration_table():
    random = np.random.default_rng(36)
    cases = [(*predictions(random), int(random.choice([1, 5, 10]))) for _ in range(200)]
    for case, found in zip(cases, ask([("calibration", *case) for case in cases])):
        predicted, p, n, bins = case
        k, y = spelled_out(p, n)
        rows = np.array(found[1:]).reshape(bins, 4)
        assert rows[:, 0].sum() == len(y) and rows[:, 1].sum() == y.sum()
        if len(y) == 0:
            assert math.isnan(found[0])
            continue
        seen, mean = sklearn.calibration.calibration_curve(y, predicted[k], n_bins=bins)
        used = rows[rows[:, 0] > 0]
        agree("calibration table", "scikit-learn", used[:, 3], seen, about=case)
        agree("calibration table", "scikit-learn", used[:, 2], mean, about=case)
        wanted = float((used[:, 0] * np.abs(seen - mean)).sum() / len(y))
        agree("expected calibration error", "NumPy", found[0], wanted, about=case)


def test_hosmer_lemeshow():
    random = np.random.default_rng(37)
    cases = [(*predictions(random), int(random.choice([0, 2]))) for _ in range(200)]
    for case, found in zip(cases, ask([("hosmer_lemeshow", *case) for case in cases])):
        predicted, p, n, fitted = case
        used = p + n > 0
        f, p, n = predicted[used], p[used], n[used]
        degrees = len(f) - fitted
        if degrees < 1 or 0.0 in f or 1.0 in f:
            assert undefined(found[:2])
            continue
        expected = np.concatenate([(p + n) * f, (p + n) * (1 - f)])
        # Pearson's statistic over both outcomes.
        wanted = float(((np.concatenate([p, n]) - expected) ** 2 / expected).sum())
        agree("Hosmer–Lemeshow", "NumPy", found[0], wanted, about=case)
        tail = scipy.stats.chi2.sf(wanted, degrees)
        agree("Hosmer–Lemeshow, p", "scipy.stats.chi2", found[1], float(tail), about=case)


def test_convolution_of_small_groups_pair_by_pair():
    random = np.random.default_rng(38)
    cases = [([2] * 5, [0.1, 0.2, 0.3, 0.4, 0.5])]
    for _ in range(200):
        groups = int(random.integers(0, 6))
        n = random.choice([0, 1, 2, 10, 300], groups)
        p = random.choice([0.0, 1.0, 0.5, 1e-9, random.uniform()], groups)
        cases.append(([int(v) for v in n], [float(v) for v in p]))
    for n, p in cases:
        wanted = np.ones(1)
        for trials, chance in zip(n, p):
            pmf = scipy.stats.binom.pmf(np.arange(trials + 1), trials, chance)
            wanted = np.convolve(wanted, pmf)
        at = list(range(len(wanted)))
        (found,) = ask([("successes", n, p, at, [0.1, 0.5, 0.975])])
        figures = np.array(found[2:-3]).reshape(len(at), 3)
        below = np.cumsum(wanted)
        agree("convolution, pmf", "numpy.convolve", figures[:, 0], wanted, 1e-20, about=(n, p))
        agree("convolution, cdf", "numpy.convolve", figures[:, 1], below, about=(n, p))
        above = np.concatenate([np.cumsum(wanted[::-1])[::-1][1:], [0]])
        agree("convolution, sf", "numpy.convolve", figures[:, 2], above, 1e-20, about=(n, p))
        moments = [np.dot(n, p), sum(a * q * (1 - q) for a, q in zip(n, p))]
        agree("convolution, mean and variance", "NumPy", found[:2], moments, about=(n, p))
        quantiles = [int(np.searchsorted(below, q - 1e-12)) for q in (0.1, 0.5, 0.975)]
        assert found[-3:] == quantiles, (n, p)


def test_convolution_of_100_000_trials_is_the_binomial_of_their_sum():
    p = 0.37
    for trials in ([100_000], [100_000] * 3, [100_000, 1, 99_999, 50_000]):
        total = scipy.stats.binom(sum(trials), p)
        at = [int(total.ppf(q)) for q in (1e-12, 1e-6, 0.01, 0.3, 0.5, 0.9, 0.999, 1 - 1e-9)]
        quantiles = [0.001, 0.25, 0.5, 0.75, 0.999]
        (found,) = ask([("successes", trials, [p] * len(trials), at, quantiles)])
        figures = np.array(found[2 : 2 + 3 * len(at)]).reshape(len(at), 3)
        name = "convolution, 100,000 trials a group"
        agree(name, "scipy.stats.binom", figures[:, 0], total.pmf(at), 1e-12)
        agree(name, "scipy.stats.binom", figures[:, 1], total.cdf(at), 1e-12)
        agree(name, "scipy.stats.binom", figures[:, 2], total.sf(at), 1e-12)
        assert found[2 + 3 * len(at) :] == [total.ppf(q) for q in quantiles]


def test_worth_of_successes_is_the_convolution_of_their_prices():
    random = np.random.default_rng(40)
    for _ in range(120):
        groups = int(random.integers(1, 6))
        n = [int(v) for v in random.choice([0, 1, 3, 40], groups)]
        p = [float(v) for v in random.choice([0.0, 1.0, 0.5, random.uniform()], groups)]
        prices = [int(v) for v in random.choice([300, 500, 1200, 2700], groups)]
        wanted = np.ones(1)
        for trials, chance, price in zip(n, p, prices):
            spread = np.zeros(trials * price // 100 + 1)
            spread[:: price // 100] = scipy.stats.binom.pmf(np.arange(trials + 1), trials, chance)
            wanted = np.convolve(wanted, spread)
        (found,) = ask([("lattice", n, p, prices)])
        unit, first, mass = int(found[0]), int(found[1]), found[2:]
        worth = np.zeros(len(wanted))
        if unit % 100 == 0:
            worth[[(first + k) * unit // 100 for k in range(len(mass))]] = mass
        else:  # nobody has a price
            assert unit == 1 and sum(n) == 0
            worth[0] = mass[0]
        agree("worth of successes", "numpy.convolve", worth, wanted, 1e-5, about=(n, p, prices))


def test_a_count_repeated():
    random = np.random.default_rng(41)
    for _ in range(60):
        mass = random.dirichlet(np.ones(int(random.integers(1, 8))))
        times = int(random.choice([0, 1, 2, 7, 60]))
        wanted = np.ones(1)
        for _ in range(times):
            wanted = np.convolve(wanted, mass)
        (found,) = ask([("repeated", mass.tolist(), times)])
        first = int(found[0])
        whole = np.zeros(len(wanted))
        whole[first : first + len(found) - 1] = found[1:]
        agree("count repeated", "numpy.convolve", whole, wanted, 1e-5, about=(mass, times))


def _below(x, weight, mean, error):
    return float(np.dot(weight, scipy.stats.norm.cdf(x, mean, error)))


def test_mixtures_of_normals():
    random = np.random.default_rng(42)
    for _ in range(60):
        parts = int(random.integers(1, 6))
        weight = random.dirichlet(np.ones(parts))
        mean, error = random.normal(0, 50, parts), random.gamma(2.0, 5.0, parts)
        at, shares = random.normal(0, 60, 8), [0.025, 0.1, 0.5, 0.9, 0.975]

        given = [v.tolist() for v in (weight, mean, error, at)]
        (found,) = ask([("normal_mixture", *given, shares)])
        wanted = [_below(x, weight, mean, error) for x in at]
        agree("mixture of normals", "scipy.stats.norm", found[: len(at)], wanted)
        for share, x in zip(shares, found[len(at) :]):
            root = scipy.optimize.brentq(
                lambda v, s, *of: _below(v, *of) - s,
                -1000,
                1000,
                args=(share, weight, mean, error),
                xtol=1e-12,
            )
            agree("mixture of normals, quantile", "scipy.optimize.brentq", [x], [root])


def test_survival():
    random = np.random.default_rng(39)
    cases = []
    for _ in range(300):
        steps = int(random.integers(1, 15))
        times = np.sort(random.choice(400, steps, replace=False))
        cases.append((times, small_histogram(random, steps), small_histogram(random, steps)))
    answers = ask([("survival", *case, 0.5, 0.95) for case in cases])
    for (times, events, censored), found in zip(cases, answers):
        points = np.array(found[4:]).reshape(len(times), 5)
        assert found[0] == 1
        compare_survival(times, events, censored, points, found[1:4])


def compare_survival(times, events, censored, points, median) -> None:
    about = (times, events, censored)
    left = np.cumsum((events + censored)[::-1])[::-1]
    assert (points[:, 0] == left).all()
    assert undefined(points[left == 0, 1:].ravel())
    if events.sum() == 0:
        assert (points[left > 0, 1] == 1).all() and undefined(median)
        return
    time = np.repeat(np.concatenate([times, times]), np.concatenate([events, censored]))
    status = np.repeat([1, 0], [events.sum(), censored.sum()])
    with np.errstate(all="ignore"):
        model = sm.SurvfuncRight(time, status)
        at = points[events > 0]
        agree("Kaplan–Meier", "statsmodels SurvfuncRight", at[:, 1], model.surv_prob, about=about)
        some = at[:, 1] > 0
        errors = np.asarray(model.surv_prob_se)[some]
        agree("Greenwood error", "statsmodels SurvfuncRight", at[some, 2], errors, about=about)
        assert undefined(at[~some, 2:].ravel())
        s, se = at[some, 1], at[some, 2]
        half = scipy.stats.norm.ppf(0.975) * se / (s * np.log(s))
        agree("log-log interval", "NumPy", at[some, 3], s ** np.exp(-half), about=about)
        agree("log-log interval", "NumPy", at[some, 4], s ** np.exp(half), about=about)
        if not np.any(np.abs(model.surv_prob - 0.5) < 1e-9):  # there statsmodels goes one further
            agree(
                "median survival",
                "statsmodels SurvfuncRight",
                median[0],
                float(model.quantile(0.5)),
                about=about,
            )
        low, high = model.quantile_ci(0.5, method="cloglog")
        wanted = [float(low) if low > -math.inf else math.nan]
        wanted.append(float(high) if high < math.inf else math.nan)
        if not some.all() and wanted[1] == np.asarray(model.surv_times)[~some][0]:
            wanted[1] = math.nan  # no bound where nobody is left; statsmodels takes one for reached
        if math.isnan(low) and math.isnan(high):  # the band jumps over ½ in one step
            assert median[1] == median[2] or undefined(median[1:])
            return
        agree("median's interval", "statsmodels SurvfuncRight", median[1:], wanted, about=about)
