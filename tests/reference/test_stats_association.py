"""Rank statistics, correlations, information and stability against SciPy and scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import scipy.special
import scipy.stats
import sklearn.metrics
from stats_probe import P, agree, ask, needs_probe, undefined
from stats_tables import histogram, small_histogram, spelled_out

pytestmark = needs_probe


def two_histograms(random: np.random.Generator, small: bool = True):
    bins = int(random.integers(1, 14))
    make = small_histogram if small else histogram
    positives, negatives = make(random, bins), make(random, bins)
    if random.integers(8) == 0:  # no overlap
        positives[: bins // 2] = 0
        negatives[bins // 2 :] = 0
    return positives, negatives


def ranks_nothing(positives, negatives) -> bool:
    return 0 in (positives.sum(), negatives.sum()) or ((positives + negatives) > 0).sum() < 2


def test_ranking():
    random = np.random.default_rng(11)
    cases = [two_histograms(random) for _ in range(400)]
    for (p, n), found in zip(cases, ask([("ranking", p, n, 0.9) for p, n in cases])):
        auc, error, low, high, gini, ks, ks_bin = found
        if ranks_nothing(p, n):
            assert undefined(found[:6])
            continue
        s, y = spelled_out(p, n)
        about = (p, n)
        wanted = float(sklearn.metrics.roc_auc_score(y, s))
        agree("AUC", "scikit-learn", auc, wanted, about=about)
        agree("Gini", "scikit-learn", gini, 2 * wanted - 1, about=about)
        with np.errstate(all="ignore"):  # of p values, which nobody asked for
            u = scipy.stats.mannwhitneyu(s[y == 1], s[y == 0]).statistic
            test = scipy.stats.ks_2samp(s[y == 1], s[y == 0], method="asymp")
        agree("AUC", "scipy.stats.mannwhitneyu", auc, u / (p.sum() * n.sum()), about=about)
        agree("KS", "scipy.stats.ks_2samp", ks, test.statistic, about=about)
        apart = np.abs(np.cumsum(p) / p.sum() - np.cumsum(n) / n.sum())
        assert apart[int(ks_bin)] >= apart.max() - 1e-12
        if min(p.sum(), n.sum()) < 2:
            assert undefined([error, low, high])
            continue
        # DeLong's definition, pair by pair.
        pairs = np.subtract.outer(s[y == 1], s[y == 0])
        kernel = (pairs > 0) + 0.5 * (pairs == 0)
        variance = kernel.mean(axis=1).var(ddof=1) / p.sum()
        variance += kernel.mean(axis=0).var(ddof=1) / n.sum()
        agree("DeLong error", "NumPy, pair by pair", error, math.sqrt(variance), about=about)
        half = scipy.stats.norm.ppf(0.95) * math.sqrt(variance)
        ends = [max(0, wanted - half), min(1, wanted + half)]
        agree("DeLong interval", "NumPy, pair by pair", [low, high], ends, about=about)


def test_auc_of_few():
    """Degrees by the p value that they give to SciPy's own statistic; the interval from them."""
    random = np.random.default_rng(111)
    cases = []
    for _ in range(300):
        p, n = two_histograms(random)
        cases.append((p, n, float(random.choice([1, 1.7])), float(random.choice([0.9, 0.95]))))
    compared = 0
    for case, found in zip(cases, ask([("auc_interval", *case) for case in cases])):
        p, n, wider, level = case
        auc, error, degrees, low, high = found
        if ranks_nothing(p, n) or min(p.sum(), n.sum()) < 2 or not error > 0:
            assert undefined([degrees, low, high])
            continue
        s, y = spelled_out(p, n)
        test = scipy.stats.brunnermunzel(s[y == 0], s[y == 1])
        t = abs(auc - 0.5) / error
        agree("Brunner–Munzel", "scipy.stats", t, abs(test.statistic), about=case)
        mine = 2 * scipy.stats.t.sf(t, degrees)
        agree("Brunner–Munzel", "scipy.stats", mine, test.pvalue, about=case)
        half = scipy.stats.t.ppf((1 + level) / 2, degrees) * error * wider / (auc * (1 - auc))
        ends = scipy.special.expit(scipy.special.logit(auc) + np.array([-half, half]))
        agree("AUC interval", "SciPy", [low, high], ends, about=case)
        compared += 1
    assert compared > 100


def test_lift_and_capture():
    random = np.random.default_rng(12)
    cases = []
    for _ in range(300):
        share = float(random.choice([0.1, 0.25, 1.0, random.uniform(0.001, 1)]))
        cases.append((*two_histograms(random), share, int(random.integers(2))))
    for case, found in zip(cases, ask([("top_share", *case) for case in cases])):
        p, n, share, lowest = case
        if 0 in (p.sum(), n.sum()):
            assert undefined(found)
            continue
        s, _ = spelled_out(p, n)
        # Every outcome is replaced by its bin's rate, so that the order within does not matter.
        smooth = (p / np.maximum(p + n, 1))[s]
        order = np.argsort(s if lowest else -s, kind="stable")
        gains = np.concatenate([[0], np.cumsum(smooth[order])])
        customers = share * len(s)
        positives = float(np.interp(customers, np.arange(len(s) + 1), gains))
        wanted = [customers, positives, share, positives / customers, positives / p.sum()]
        wanted.append(positives / customers / (p.sum() / len(s)))
        agree("lift and capture", "NumPy, one by one", found, wanted, about=case)


def test_bands():
    random = np.random.default_rng(13)
    cases = []
    for _ in range(200):
        p, n = two_histograms(random, small=False)
        first = int(random.integers(0, len(p)))
        cases.append((p, n, first, int(random.integers(first, len(p) + 2))))
    for case, found in zip(cases, ask([("band", *case) for case in cases])):
        p, n, first, last = case
        won, size = p[first:last].sum(), (p + n)[first:last].sum()
        if 0 in (p.sum(), n.sum(), size) or last > len(p):
            assert undefined(found)
            continue
        rate, base = won / size, p.sum() / (p + n).sum()
        wanted = [size, won, size / (p + n).sum(), rate, won / p.sum(), rate / base]
        agree("band lift", "NumPy", found, wanted, about=case)


def sums_of(x, y) -> tuple[int, ...]:
    x, y = [int(v) for v in x], [int(v) for v in y]
    xx, yy = sum(v * v for v in x), sum(v * v for v in y)
    return len(x), sum(x), sum(y), xx, yy, sum(a * b for a, b in zip(x, y))


def test_pearson():
    random = np.random.default_rng(14)
    cases = []
    for _ in range(400):
        n = int(random.choice([0, 1, 2, 3, 4, 10, 300]))
        scale = 10.0 ** random.choice([0, 1, 3, 6])
        x = np.round(random.normal(random.choice([0, 1e6]), scale, n)).astype(np.int64)
        noise = random.normal(0, scale * random.choice([0, 0.1, 10]), n)
        y = np.round(random.choice([-1, 0, 1]) * x + noise).astype(np.int64)
        cases.append((x, y))
    answers = ask([("pearson", *sums_of(x, y), 0.9) for x, y in cases])
    for (x, y), found in zip(cases, answers):
        if len(set(x.tolist())) < 2 or len(set(y.tolist())) < 2:
            assert undefined(found)
            continue
        # Centred first, since SciPy sums in doubles and x may be far from 0.
        test = scipy.stats.pearsonr(x - x[0], y - y[0])
        agree("Pearson r", "scipy.stats.pearsonr", found[0], test.statistic, about=(x, y))
        if len(x) < 3:
            assert undefined(found[1:])
            continue
        if abs(test.statistic) < 1 - 1e-6:  # nearer to 1 SciPy's own p has lost its digits
            agree("Pearson p", "scipy.stats.pearsonr", found[1], test.pvalue, P, about=(x, y))
        if len(x) > 3 and abs(test.statistic) < 1:
            ends = test.confidence_interval(0.9)
            agree("Fisher interval", "scipy.stats.pearsonr", found[2:], ends, about=(x, y))


def test_pearson_of_huge_sums_is_exact():
    # 10^12 pairs, and amounts of money squared: beyond 128 bits in the products.
    random = np.random.default_rng(15)
    requests, wanted = [], []
    for _ in range(50):
        x = [int(v) for v in random.integers(0, 2**41, 6)]
        y = [int(v) for v in random.integers(0, 2**41, 6)]
        times = [int(v) for v in random.integers(1, 10**11, 6)]
        n = sum(times)
        sx, sy = sum(t * a for t, a in zip(times, x)), sum(t * b for t, b in zip(times, y))
        xx = sum(t * a * a for t, a in zip(times, x))
        yy = sum(t * b * b for t, b in zip(times, y))
        xy = sum(t * a * b for t, a, b in zip(times, x, y))
        requests.append(("pearson", n, sx, sy, xx, yy, xy, 0.95))
        root = math.isqrt((n * xx - sx * sx) * (n * yy - sy * sy))
        wanted.append((n * xy - sx * sy) / root)
    for found, r in zip(ask(requests), wanted):
        agree("Pearson r", "Python integers", found[0], r, tolerance=1e-14)


def test_point_biserial_and_rank_correlations_with_an_outcome():
    random = np.random.default_rng(16)
    cases = []
    for _ in range(300):
        p, n = two_histograms(random)
        cases.append((np.sort(random.choice(10000, len(p), replace=False)) - 5000, p, n))
    biserial = ask([("point_biserial", *case, 0.95) for case in cases])
    ranks = ask([("rank_biserial", p, n, 0.95) for _, p, n in cases])
    for (values, p, n), found, rank in zip(cases, biserial, ranks):
        if ranks_nothing(p, n):
            assert undefined(found) and undefined(rank)
            continue
        s, y = spelled_out(p, n)
        about = (p, n)
        if len(s) > 2:
            test = scipy.stats.pointbiserialr(y, values[s])
            agree("point-biserial r", "scipy.stats", found[0], test.statistic, about=about)
            if abs(test.statistic) < 1 - 1e-6:
                agree("point-biserial p", "scipy.stats", found[1], test.pvalue, P, about=about)
            compare_ranks(s, y, rank, about)


def compare_ranks(s, y, found, about) -> None:
    test = scipy.stats.spearmanr(s, y)
    agree("Spearman ρ", "scipy.stats.spearmanr", found[0], test.statistic, about=about)
    if abs(test.statistic) < 1 - 1e-6:
        agree("Spearman p", "scipy.stats.spearmanr", found[1], test.pvalue, P, about=about)
    if len(s) > 3 and abs(test.statistic) < 1:
        r, z = test.statistic, scipy.stats.norm.ppf(0.975)
        half = z * math.sqrt((1 + r * r / 2) / (len(s) - 3))
        ends = np.tanh([math.atanh(r) - half, math.atanh(r) + half])
        agree("Spearman interval", "NumPy", found[2:4], ends, about=about)
    test = scipy.stats.kendalltau(s, y, method="asymptotic")
    agree("Kendall τ-b", "scipy.stats.kendalltau", found[4], test.statistic, about=about)
    agree("Kendall p", "scipy.stats.kendalltau", found[5], test.pvalue, P, about=about)
    assert undefined(found[6:])


def test_rank_correlations_of_tables():
    random = np.random.default_rng(17)
    cases = []
    for _ in range(300):
        rows, columns = (int(v) for v in random.integers(1, 8, 2))
        table = np.minimum(histogram(random, rows * columns), 15).reshape(rows, columns)
        if random.integers(5) == 0:
            table = np.diag(np.diag(np.resize(table, (rows, rows))))
        cases.append(table)
    cases.append(np.eye(102, dtype=np.int64))
    answers = ask([("rank_correlations", t.ravel(), *t.shape, 0.95) for t in cases])
    for t, found in zip(cases, answers):
        if (t.sum(axis=0) > 0).sum() < 2 or (t.sum(axis=1) > 0).sum() < 2:
            assert undefined(found)
            continue
        i, j = np.indices(t.shape)
        x, y = np.repeat(i.ravel(), t.ravel()), np.repeat(j.ravel(), t.ravel())
        if len(x) > 2:
            compare_ranks(x, y, found, t)


def test_information_value():
    random = np.random.default_rng(18)
    cases = [two_histograms(random, small=False) for _ in range(300)]
    for (p, n), found in zip(cases, ask([("information", *case) for case in cases])):
        used = (p + n) > 0
        assert found[1] == used.sum()
        if ranks_nothing(p, n):
            assert undefined([found[0], *found[2:]])
            continue
        g, b = (p[used] + 0.5) / (p[used] + 0.5).sum(), (n[used] + 0.5) / (n[used] + 0.5).sum()
        # Jeffreys' divergence: relative entropy both ways.
        wanted = scipy.stats.entropy(g, b) + scipy.stats.entropy(b, g)
        agree("information value", "scipy.stats.entropy", found[0], wanted, about=(p, n))
        weights = np.full(len(p), math.nan)
        weights[used] = np.log(g) - np.log(b)
        agree("weight of evidence", "NumPy", found[2:], weights, about=(p, n))


def test_population_stability():
    random = np.random.default_rng(19)
    cases = [two_histograms(random, small=False) for _ in range(300)]
    for (e, a), found in zip(cases, ask([("stability", *case) for case in cases])):
        used = (e + a) > 0
        if ranks_nothing(e, a):
            assert undefined(found[:2]) and found[3] == 0
            continue
        q, p = (np.where(c[used] == 0, 0.5, c[used]) for c in (e, a))
        q, p = q / q.sum(), p / p.sum()
        psi = scipy.stats.entropy(p, q) + scipy.stats.entropy(q, p)
        agree("PSI", "scipy.stats.entropy", found[0], psi, about=(e, a))
        chance = (1 / e.sum() + 1 / a.sum()) * scipy.stats.chi2.ppf(0.99, used.sum() - 1)
        agree("PSI threshold", "scipy.stats.chi2", found[1], max(0.1, chance), about=(e, a))
        assert found[2] == used.sum() and found[3] == (found[0] > found[1])


def mid(masses: np.ndarray, values: np.ndarray, seen: float) -> float:
    """Twice the smaller side of a distribution, half of what was seen on either."""
    at = masses[np.isclose(values, seen)].sum()
    below = masses[(values < seen) & ~np.isclose(values, seen)].sum()
    above = masses[(values > seen) & ~np.isclose(values, seen)].sum()
    return float(min(1, 2 * (min(below, above) + at / 2)))


def test_exact_of_tables():
    random = np.random.default_rng(19)
    cases = []
    for _ in range(300):
        rare = random.choice([0.02, 0.2, 0.5])
        sizes = random.integers(0, [12, 200], (int(random.integers(1, 5)), 2))
        events = random.binomial(sizes, rare)
        cases.append([(e[0], s[0] - e[0], e[1], s[1] - e[1]) for s, e in zip(sizes, events)])
    requests = [("exact", len(case), *[cell for t in case for cell in t]) for case in cases]
    compared = 0
    for case, found in zip(cases, ask(requests)):
        masses, values, seen, expected = np.ones(1), np.zeros(1), 0, 0.0
        for a, b, c, d in case:
            if 0 in (a + b, c + d, a + c, b + d):
                continue
            drawn = scipy.stats.hypergeom(a + b + c + d, a + b, a + c)
            k = np.arange(0, a + c + 1)
            masses = np.convolve(masses, drawn.pmf(k))
            values = np.arange(len(masses))
            seen += a
            expected += drawn.mean()
        if len(masses) == 1:
            assert undefined(found[:2])
            continue
        compared += 1
        agree("exact test, Σa − E", "scipy.stats.hypergeom", found[0], seen - expected, about=case)
        wanted = mid(masses, values, seen)
        agree("exact test, p", "scipy.stats.hypergeom", found[1], wanted, floor=P, about=case)
        if len(case) > 1:
            continue
        table = np.array(case[0]).reshape(2, 2)
        less = scipy.stats.fisher_exact(table, alternative="less").pvalue
        more = scipy.stats.fisher_exact(table, alternative="greater").pvalue
        wanted = min(1, 2 * min(less, more) - (less + more - 1))
        agree("exact test, p", "scipy.stats.fisher_exact", found[1], wanted, about=case)
    assert compared > 200


def test_rank_sum_of_few():
    """By drawing every possible sample (SciPy), with the values below and above the commonest put
    together; by Pearson's type III (SciPy); by t."""
    random = np.random.default_rng(20)
    cases = []
    for _ in range(150):
        p, n = small_histogram(random, 5), small_histogram(random, 5)
        p, n = p % 3, n % 3
        p[2] += int(random.integers(3, 6))
        cases.append((p, n))
    for _ in range(150):
        cases.append(two_histograms(random, small=False))
    kinds = {"two": 0, "three": 0, "type III": 0, "t": 0}
    for (p, n), found in zip(cases, ask([("rank_sum", p, n) for p, n in cases])):
        if ranks_nothing(p, n):
            assert undefined(found)
            continue
        about = (p, n)
        s, y = spelled_out(p, n)
        ranks = scipy.stats.rankdata(s)
        size, drawn = len(s), int(y.sum())
        spread = ranks.var() * drawn * (size - drawn) / (size - 1)
        z = (ranks[y == 1].sum() - drawn * ranks.mean()) / math.sqrt(spread)
        agree("rank sum, z", "SciPy", found[0], z, about=about)
        both = p + n
        most = int(np.argmax(both))
        outside = min(p.sum(), n.sum()) * (size - both[most]) / size
        two = (both > 0).sum() == 2
        if two or (2 * both[most] > size and outside < 20):
            kinds["two" if two else "three"] += 1
            side = np.sign(s - most)
            coarse = np.round(2 * scipy.stats.rankdata(side))
            if min(drawn, size - drawn) < 2 or math.comb(size, drawn) > 3_000:
                continue
            every = scipy.stats.permutation_test(
                (coarse[y == 1], coarse[y == 0]),
                lambda a, b, axis: a.sum(axis=axis),
                permutation_type="independent",
                n_resamples=np.inf,
                vectorized=True,
            )
            null = np.asarray(every.null_distribution)
            wanted = mid(np.full(len(null), 1 / len(null)), null, every.statistic)
            agree("rank sum, p", "scipy.stats.permutation_test", found[1], wanted, about=about)
            continue
        by_t = scipy.stats.spearmanr(s, y).pvalue
        cubes = ((ranks - ranks.mean()) ** 3).mean() / ranks.std() ** 3
        m = drawn
        skew = cubes * (size - 2 * m) / (size - 2) * math.sqrt((size - 1) / (m * (size - m)))
        if abs(skew) >= 0.05:
            kinds["type III"] += 1
            curve = scipy.stats.pearson3(skew)
            by_curve = min(1, 2 * min(curve.cdf(z), curve.sf(z)))
            wanted = max(by_t, by_curve)
            agree("rank sum, p", "scipy.stats.pearson3", found[1], wanted, floor=P, about=about)
        else:
            kinds["t"] += 1
            agree("rank sum, p", "scipy.stats.spearmanr", found[1], by_t, floor=P, about=about)
    assert min(kinds.values()) > 5, kinds
