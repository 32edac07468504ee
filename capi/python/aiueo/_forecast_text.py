"""The finding of the study "forecast" as a page: what is to come, and how past forecasts did."""

from __future__ import annotations

from collections.abc import Sequence

from ._cells import (
    EN,
    JA,
    Money,
    Row,
    money_parts,
    p,
    percent,
    point_parts,
    points,
    share_parts,
    side_by_side,
)
from ._text import number, rounded

_LANGUAGES = ("en", "ja")
_VERDICTS = {
    "too_little_history": ("too little history", "履歴が不足"),
    "biased": ("biased", "偏りあり"),
    "overconfident": ("overconfident: intervals are too narrow", "過信：区間が狭すぎる"),
    "trust": ("trust", "信頼できる"),
}
#: The interval that a page shows.
_SHOWN = 0.8


def page(found: Row, language: str) -> str:
    """`found`: a `Finding`."""
    at = JA if language == "ja" else EN
    money = Money(found["currency"], found["minor_digits"])
    blocks = [str(found["sentence"][_LANGUAGES[at]])]
    if found["months"]:
        blocks.append(_months(found, money, at))
    if found["rates"]:
        blocks.append(_rates(found["rates"], at))
    if found["what_if"]:
        blocks.append(_what_if(found["what_if"], money, at))
    if found["trends"]:
        blocks.append(_trends(found["trends"], at))
    if found["backtest"] is not None:
        blocks += _backtest(found["backtest"], at)
    if found["compared"] is not None:
        blocks.append(_compared(found["compared"], at))
    cautions = [f"- {one[_LANGUAGES[at]]}" for one in found["cautions"]]
    if cautions:
        blocks.append("\n".join([("Before you conclude:", "結論の前に:")[at], *cautions]))
    return "\n\n".join(blocks)


# ── what is to come ──────────────────────────────────────────────────────────────────────────


def _months(found: Row, money: Money, at: int) -> str:
    words = (
        ("month", "due", "renewed (80 %)", "rate (80 %)", "MRR renewed (80 %)", "after renewal"),
        ("月", "終了", "更新（80%）", "更新率（80%）", "更新MRR（80%）", "更新後"),
    )[at]
    month, due, renewed, rate, kept, after = words
    head = [month, due, renewed, "", rate, "", money.head(kept, at), "", after]
    rows = [
        [
            one["month"] or ("together", "合計")[at],
            rounded(one["due"], 0),
            *_count_parts(one["renewed"], at),
            *share_parts(_figure(one["rate"]), at),
            *money_parts(_figure(one["kept_mrr_minor_units"]), money, at),
            money.bare(one["renewed_mrr_minor_units"]["mean"]),
        ]
        for one in [*found["months"], found["together"]]
    ]
    return side_by_side(head, rows, right=(1, 2, 4, 6, 8))


def _figure(amount: Row) -> Row:
    """The mean and the interval shown, as a figure has them."""
    shown = _interval(amount["intervals"])
    return {"value": amount["mean"], "lower": shown["lower"], "upper": shown["upper"]}


def _interval(intervals: Sequence[Row]) -> Row:
    return next(one for one in intervals if one["level"] == _SHOWN)


def _count_parts(amount: Row, at: int) -> tuple[str, str]:
    one = _figure(amount)
    if one["value"] is None:
        return "–", ""
    if one["lower"] is None:
        return rounded(one["value"], 0), ""
    between = ("–", "〜")[at]
    return (
        rounded(one["value"], 0),
        f"({rounded(one['lower'], 0)}{between}{rounded(one['upper'], 0)})",
    )


def _rates(rates: Sequence[Row], at: int) -> str:
    """Of levels and terms that somebody decided at, or is due at with a rate not its own."""
    head = [
        ("level", "段階")[at],
        ("terms", "契約月数")[at],
        ("rate", "更新率")[at],
        "",
        ("decisions", "決定")[at],
    ]
    rows = [
        [_level(one, at), one["terms"], *share_parts(one["rate"], at), number(one["rate"]["n"])]
        for one in rates
        if one["rate"]["n"] > 0
    ]
    return side_by_side(head, rows, right=(2, 4))


def _level(one: Row, at: int) -> str:
    return str(one["level"]) if one["level"] is not None else ("no snapshot", "記録なし")[at]


def _what_if(changes: Sequence[Row], money: Money, at: int) -> str:
    words = (
        ("if so many", "moved", "before", "more renewed", "more MRR renewed"),
        ("もしこの社数が", "移れば", "いつまでに", "更新の増加", "更新MRRの増加"),
    )[at]
    many, moved, before, renewed, kept = words
    head = [many, moved, before, renewed, "", money.head(kept, at), ""]
    rows = [
        [
            number(one["customers"]),
            f"{one['from']} → {one['to']}",
            one["before"],
            *_tenths(one["renewed"], at),
            *money_parts(one["kept_mrr_minor_units"], money, at),
        ]
        for one in changes
    ]
    return side_by_side(head, rows, right=(0, 3, 5))


def _tenths(one: Row, at: int) -> tuple[str, str]:
    """In hundredths of what `point_parts` shows."""
    share = {
        key: None if one[key] is None else one[key] / 100 for key in ("value", "lower", "upper")
    }
    return point_parts(share, at)


def _trends(trends: Sequence[Row], at: int) -> str:
    words = (
        ("rate at", "last 12 months", "before", "difference (points)", "q"),
        ("更新率", "直近12か月", "それ以前", "差（ポイント）", "q"),
    )[at]
    level, recent, before, difference, q = words
    rows = [
        [
            _level(one, at),
            *share_parts(one["recent"], at),
            *share_parts(one["before"], at),
            *point_parts(one["difference"], at),
            p(one["difference"]["q"]),
        ]
        for one in trends
    ]
    return side_by_side(
        [level, recent, "", before, "", difference, "", q], rows, right=(1, 3, 5, 7)
    )


# ── how past forecasts did ───────────────────────────────────────────────────────────────────


def _backtest(test: Row, at: int) -> list[str]:
    verdict = _VERDICTS[test["verdict"]][at]
    forecasts = number(test["forecasts"])
    said = (
        f"Past forecasts: {verdict} ({forecasts} months forecast as of earlier months)",
        f"過去の予測：{verdict}（過去の時点からの{forecasts}か月分の予測）",
    )[at]
    out = [said]
    titles = (("renewed contracts", "更新件数"), ("MRR renewed", "更新MRR"))
    for key, title in zip(("renewed", "kept_mrr"), titles):
        if test[key]:
            out.append(_trials(test[key], title[at], at))
    return out


def _trials(trials: Sequence[Row], title: str, at: int) -> str:
    words = (
        ("months", "80 % held", "should hold", "bias", "error", "naive error", "verdict"),
        ("月数", "80%区間の的中", "期待", "偏り", "誤差", "単純予測の誤差", "判定"),
    )[at]
    months, held, should, bias, error, naive, verdict = words
    head = [title, months, held, "", should, bias, "", error, naive, "", verdict]
    rows = []
    for one in trials:
        ahead = one["months_ahead"]
        shown = next(each for each in one["coverage"] if each["level"] == _SHOWN)
        rows.append(
            [
                ("all", "すべて")[at]
                if ahead is None
                else (f"{ahead} ahead", f"{ahead}か月先")[at],
                number(one["months"]),
                *share_parts(shown["share"], at),
                percent(shown["expected"]),
                *share_parts(one["bias"], at),
                percent(one["error"]),
                percent(one["naive_error"]),
                "",
                "" if ahead is None else _VERDICTS[one["verdict"]][at].split(":")[0].split("：")[0],
            ]
        )
    return side_by_side(head, rows, right=(1, 2, 4, 5, 7, 8))


def _compared(compared: Row, at: int) -> str:
    origin = compared["origin"]
    words = (
        (f"as of {origin}", "renewed (80 %)", "came", "apart", "ends", "mix", "rate"),
        (f"{origin}時点の予測", "更新（80%）", "実績", "差", "件数", "構成", "更新率"),
    )[at]
    title, renewed, came, apart, ends, mix, rate = words
    rows = []
    for month in compared["months"]:
        one = month["renewed"]
        forecast = {"mean": one["forecast"], "intervals": one["intervals"]}
        known = one["came"] is not None and one["forecast"] is not None
        split = one["deviation"]
        rows.append(
            [
                month["month"],
                *_count_parts(forecast, at),
                number(one["came"]),
                _signed(one["came"] - one["forecast"]) if known else "–",
                *(_signed(split[key]) for key in ("ends", "mix", "rate")),
            ]
        )
    head = [title, renewed, "", came, apart, ends, mix, rate]
    return side_by_side(head, rows, right=(1, 3, 4, 5, 6, 7))


def _signed(value: float | None) -> str:
    return "–" if value is None else points(value / 100)


__all__ = ["page"]
