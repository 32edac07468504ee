"""Tables of counts, strata and kappa against SciPy and statsmodels."""

from __future__ import annotations

import math
import warnings

import numpy as np
import scipy.stats
import statsmodels.stats.contingency_tables as sct
import statsmodels.stats.inter_rater as smi
from stats_probe import P, agree, ask, needs_probe, undefined
from stats_tables import histogram, two_by_two

pytestmark = needs_probe


def margins(t) -> list[int]:
    a, b, c, d = t
    return [a + b, c + d, a + c, b + d]


def shifted(t) -> np.ndarray:
    """With ½ in all cells if one is 0: statsmodels by itself puts it into the empty ones alone."""
    return np.array(t, dtype=float).reshape(2, 2) + (0.5 if 0 in t else 0)


def test_chi_squared_of_tables():
    random = np.random.default_rng(21)
    tables = []
    for _ in range(300):
        rows, columns = (int(v) for v in random.integers(1, 7, 2))
        tables.append(histogram(random, rows * columns).reshape(rows, columns))
    answers = ask([("chi_squared_test", t.ravel(), *t.shape) for t in tables])
    for t, found in zip(tables, answers):
        used = t[t.sum(axis=1) > 0][:, t.sum(axis=0) > 0]
        if min(used.shape) < 2:
            assert undefined(found[:2]) and found[2] == 0
            continue
        test = scipy.stats.chi2_contingency(used, correction=False)
        agree("chi-squared test", "scipy.stats.chi2_contingency", found[0], test.statistic, about=t)
        agree(
            "chi-squared test, p", "scipy.stats.chi2_contingency", found[1], test.pvalue, P, about=t
        )
        assert found[2] == test.dof


def test_two_by_two():
    random = np.random.default_rng(22)
    tables = [[10**12, 3 * 10**11, 10**12 + 5, 2 * 10**11]]
    tables += [two_by_two(random) for _ in range(400)]
    for t, found in zip(tables, ask([("table", *t, 0.9) for t in tables])):
        plain, yates, odds, risk = found[:3], found[3:6], found[6:10], found[10:]
        if 0 in margins(t):
            assert undefined([*plain[:2], *yates[:2], *odds])
            assert undefined(risk) == (0 in margins(t)[:2])
            continue
        table = np.array(t, dtype=float).reshape(2, 2)
        for answer, correction in ((plain, False), (yates, True)):
            test = scipy.stats.chi2_contingency(table, correction=correction)
            wanted = [test.statistic, test.pvalue, 1]
            agree(
                "2 × 2 chi-squared", "scipy.stats.chi2_contingency", answer[0], wanted[0], about=t
            )
            agree(
                "2 × 2 chi-squared, p",
                "scipy.stats.chi2_contingency",
                answer[1],
                wanted[1],
                P,
                1e-7 if max(t) > 1e11 else 1e-9,
                t,
            )
        model = sct.Table2x2(shifted(t))
        wanted = [model.oddsratio, model.log_oddsratio_se, *model.oddsratio_confint(0.1)]
        agree("odds ratio", "statsmodels Table2x2", odds, wanted, 1e-3, about=t)
        rate = t[0] / (t[0] + t[1]) - t[2] / (t[2] + t[3])
        agree("risk difference", "NumPy", risk[0], rate, about=t)


def test_strata():
    random = np.random.default_rng(23)
    cases = [[[81, 6, 234, 36], [192, 71, 55, 25]], [], [[0, 0, 0, 0]]]
    for _ in range(400):
        count = int(random.choice([1, 2, 3, 10, 60]))
        if random.integers(4):
            cases.append([two_by_two(random) for _ in range(count)])
        else:  # matched sets of a few
            cases.append(random.integers(0, 3, (count, 4)).tolist())
    # A stratum is four counts, without a length of its own.
    requests = [("strata", len(case), *[cell for t in case for cell in t], 0.95) for case in cases]
    for case, found in zip(cases, ask(requests)):
        compare_strata(case, found)


def compare_strata(case, found) -> None:
    crude, odds, risk = found[:4], found[4:8], found[8:12]
    cmh, yates, bd, tarone = (found[12 + 3 * k : 15 + 3 * k] for k in range(4))
    whole = [sum(t[k] for t in case) for k in range(4)]
    if 0 in margins(whole):
        assert undefined(crude)
    else:
        model = sct.Table2x2(shifted(whole))
        wanted = [model.oddsratio, model.log_oddsratio_se, *model.oddsratio_confint(0.05)]
        agree("crude odds ratio", "statsmodels Table2x2", crude, wanted, 1e-3, about=case)
    compare_risk_difference(case, risk)
    told = [t for t in case if 0 not in margins(t)]
    if not told:
        assert undefined([*odds, *cmh[:2], *yates[:2], *bd[:2], *tarone[:2]])
        return
    tables = [np.array(t, dtype=float).reshape(2, 2) for t in told]
    model = sct.StratifiedTable(tables)
    for answer, correction in ((cmh, False), (yates, True)):
        test = model.test_null_odds(correction=correction)
        if correction:  # statsmodels takes ½ even from a difference that is less
            apart = abs(sum((t[0] * t[3] - t[1] * t[2]) / sum(t) for t in told))
            if apart < 0.5:
                assert answer[0] == 0
                continue
        agree("CMH test", "statsmodels StratifiedTable", answer[0], test.statistic, about=case)
        # Its own p is 1 − cdf, and so 0 far out.
        agree("CMH test, p", "statsmodels StratifiedTable", answer[1], test.pvalue, about=case)
        tail = float(scipy.stats.chi2.sf(answer[0], 1))
        agree("CMH test, p", "scipy.stats.chi2", answer[1], tail, P, about=case)
    if 0 in (sum(t[0] * t[3] for t in told), sum(t[1] * t[2] for t in told)):
        assert undefined([*odds, *bd[:2], *tarone[:2]])
        return
    wanted = [model.oddsratio_pooled, model.logodds_pooled_se, *model.oddsratio_pooled_confint()]
    agree("Mantel–Haenszel odds ratio", "statsmodels StratifiedTable", odds, wanted, about=case)
    if len(told) < 2:
        assert undefined([*bd[:2], *tarone[:2]])
        return
    with np.errstate(all="ignore"):
        tests = (model.test_equal_odds(adjust=False), model.test_equal_odds(adjust=True))
    for name, answer, test in zip(("Breslow–Day", "Breslow–Day, Tarone"), (bd, tarone), tests):
        if math.isnan(test.statistic) or abs(model.oddsratio_pooled - 1) < 1e-7:
            continue  # statsmodels divides by 1 − odds ratio there
        agree(name, "statsmodels StratifiedTable", answer[0], test.statistic, about=case)
        agree(name + ", p", "statsmodels StratifiedTable", answer[1], test.pvalue, 1e-3, about=case)


def compare_risk_difference(case, found) -> None:
    tables = [t for t in case if 0 not in margins(t)[:2]]
    if not tables:
        assert undefined(found)
        return
    a, b, c, d = np.array(tables, dtype=np.longdouble).T
    n1, n0, n = a + b, c + d, a + b + c + d
    weight = (n1 * n0 / n).sum()
    value = ((a * n0 - c * n1) / n).sum() / weight
    # Sato's variance, as metafor writes it.
    first = (c * (n1 / n) ** 2 - a * (n0 / n) ** 2 + (n1 / n) * (n0 / n) * (n0 - n1) / 2).sum()
    second = (a * (n0 - c) / n + c * (n1 - a) / n).sum() / 2
    variance = (value * first + second) / weight**2
    agree("MH risk difference", "NumPy, extended", found[0], float(value), about=case)
    if abs(variance) < 1e-18:
        return
    error = float(np.sqrt(variance)) if variance >= 0 else math.nan
    agree("MH risk difference, error", "NumPy, extended", found[1], error, about=case)
    ends = [float(value) + k * scipy.stats.norm.ppf(0.975) * error for k in (-1, 1)]
    agree("MH risk difference, interval", "NumPy, extended", found[2:], ends, about=case)


def test_sato_variance_of_one_stratum_is_near_the_usual_one():
    (found,) = ask([("strata", 1, 300, 700, 200, 800, 0.95)])
    usual = math.sqrt(0.3 * 0.7 / 1000 + 0.2 * 0.8 / 1000)
    assert abs(found[9] / usual - 1) < 1e-3


def test_breslow_day_of_equal_odds():
    # Where statsmodels divides by 0: strata of one odds ratio, 1 and others.
    requests = []
    for odds in (1, 2, 9):
        strata = [[10 * k * odds, 10 * k, 30 * k, 30 * k] for k in (1, 2, 3)]
        requests.append(("strata", 3, *[cell for t in strata for cell in t], 0.95))
    for found in ask(requests):
        agree("Breslow–Day", "equal odds: 0", found[18], 0.0)
        agree("Breslow–Day", "equal odds: 0", found[19], 1.0)
        assert found[20] == 2


def test_kappa():
    random = np.random.default_rng(24)
    cases = []
    for _ in range(400):
        k = int(random.integers(1, 7))
        t = histogram(random, k * k).reshape(k, k)
        if random.integers(3) == 0:
            t = t * np.eye(k, dtype=np.int64)
        if random.integers(3) == 0:
            t = t + np.diag(random.integers(0, 200, k))
        cases.append(t)
    for weights, name in enumerate((None, "linear", "quadratic")):
        answers = ask([("kappa", t.ravel(), len(t), weights, 0.95) for t in cases])
        for t, found in zip(cases, answers):
            n = int(t.sum())
            if n == 0:
                assert undefined(found)
                continue
            rows, columns = t.sum(axis=1), t.sum(axis=0)
            i, j = np.indices(t.shape)
            apart = np.abs(i - j) / max(len(t) - 1, 1)
            agreed = (i == j) if name is None else 1 - apart ** (weights)
            label = f"kappa, {name or 'plain'}"
            wanted = [(agreed * t).sum() / n, float(rows @ agreed @ columns) / n**2]
            agree(label + ", agreement", "NumPy", found[:2], wanted, about=t)
            if np.count_nonzero(rows) == np.count_nonzero(columns) == 1 and found[1] == 1:
                assert undefined(found[2:])
                continue
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model = smi.cohens_kappa(t, wt=name)
            agree(label, "statsmodels cohens_kappa", found[2], model.kappa, about=t)
            # Its variance comes from a difference: of size 1e-16 where it is 0.
            if model.std_kappa > 1e-6:
                agree(
                    label + ", error",
                    "statsmodels cohens_kappa",
                    found[3],
                    model.std_kappa,
                    about=t,
                )
                ends = [model.kappa_low, model.kappa_upp]
                agree(label + ", interval", "statsmodels cohens_kappa", found[4:], ends, about=t)
            else:
                assert found[3] < 1e-6
