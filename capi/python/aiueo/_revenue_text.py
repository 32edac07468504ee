"""The finding of the study "revenue" as a page: the bridge, its rates, cohorts, and what moved."""

from __future__ import annotations

from collections.abc import Sequence

from ._cells import EN, JA, Money, Row, p, parts, percent, point_parts, share_parts, side_by_side
from ._text import number, shortened

#: Months, cohorts and names that a table shows: the finding has all.
_MONTHS = 13
_DUE_MONTHS = 6
_MOST_NAMES = 20
_NAME_CELLS = 40
#: Months since a cohort's first close, as far as there are any.
_AGES = (0, 1, 2, 3, 6, 9, 12, 18, 24, 36, 48, 60)
#: Months between the closes that a page compares of members and teams.
_CYCLE = 3
_MOVES = {
    "up": ("moved up", "段階が上がった"),
    "same": ("stayed", "同じ段階"),
    "down": ("moved down", "段階が下がった"),
    "unknown": ("stage not known", "段階が不明"),
    "left": ("left", "解約"),
    "came": ("came", "新規・復帰"),
}


def page(found: Row, language: str) -> str:
    """`found`: a `Finding`."""
    at = JA if language == "ja" else EN
    money = Money(found["currency"], found["minor_digits"])
    blocks = [str(found["sentence"][("en", "ja")[at]])]
    if found["months"]:
        blocks += [_bridge(found, money, at), _rates(found, at)]
    blocks += [_triangle(found, key, at) for key in _TRIANGLES if _has_ages(found)]
    for tree in found["trees"]:
        blocks.append(_tree(tree, money, at))
    blocks += [
        _segment(one, found, at)
        for one in found["segments"]
        if any(level["trailing"]["nrr"]["n"] for level in one["levels"])
    ]
    if found["due_year"] is not None:
        blocks.append(_due(found, money, at))
    if found["completion"] is not None and found["completion"]["everybody"]["started"]:
        blocks.append(_completion(found["completion"], at))
    for key, words in (("members", ("member", "担当者")), ("teams", ("team", "チーム"))):
        blocks += _owners(found[key], words, money, at)
    cautions = [f"- {one[('en', 'ja')[at]]}" for one in found["cautions"]]
    if cautions:
        blocks.append("\n".join([("Before you conclude:", "結論の前に:")[at], *cautions]))
    return "\n\n".join(blocks)


# ── months ───────────────────────────────────────────────────────────────────────────────────


def _bridge(found: Row, money: Money, at: int) -> str:
    words = (
        ("start", "new", "back", "expansion", "contraction", "churn", "end", "customers", "left"),
        ("月初", "新規", "復帰", "拡大", "縮小", "解約", "月末", "顧客", "解約社数"),
    )[at]
    rows = []
    for month in found["months"][-_MONTHS:]:
        amounts = [
            _moved(month, "start", money),
            _moved(month, "new", money, "+"),
            _moved(month, "reactivation", money, "+"),
            _moved(month, "expansion", money, "+"),
            _moved(month, "contraction", money, "−"),
            _moved(month, "churn", money, "−"),
            _moved(month, "end", money),
        ]
        counts = [number(month[key]["customers"]) for key in ("end", "churn")]
        rows.append([month["month"], *amounts, *counts])
    lines = side_by_side([money.head("MRR", at), *words], rows, right=range(1, 10))
    return lines + _more(len(found["months"]), _MONTHS, at)


def _moved(month: Row, key: str, money: Money, sign: str = "") -> str:
    """Nobody: nothing; who moved nothing moved 0."""
    one = month[key]
    if sign and not one["customers"]:
        return "–"
    return sign + money.bare(one["mrr_minor_units"])


def _rates(found: Row, at: int) -> str:
    h = found["trailing_months"]
    head = [
        ("rates", "率")[at],
        ("customer churn", "顧客解約率")[at],
        "",
        ("lost MRR", "喪失MRR")[at],
        "",
        "GRR",
        "",
        "NRR",
        "",
        (f"GRR of {h} months", f"{h}か月のGRR")[at],
        "",
        (f"NRR of {h} months", f"{h}か月のNRR")[at],
        "",
        (f"left in {h} months", f"{h}か月の解約率")[at],
        "",
    ]
    rows = [
        [
            month["month"],
            *share_parts(month["rates"]["customer_churn_rate"], at),
            percent(month["rates"]["lost_mrr_rate"]["value"]),
            "",
            *share_parts(month["rates"]["grr"], at),
            *share_parts(month["rates"]["nrr"], at),
            *share_parts(month["trailing"]["grr"], at),
            *share_parts(month["trailing"]["nrr"], at),
            *share_parts(month["trailing"]["customer_churn_rate"], at),
        ]
        for month in found["months"][-_MONTHS:]
    ]
    return side_by_side(head, rows, right=(1, 3, 5, 7, 9, 11, 13))


def _more(count: int, shown: int, at: int) -> str:
    if count <= shown:
        return ""
    more = number(count - shown)
    return (f"\n  … and {more} more before", f"\n  … ほか{more}か月（以前）")[at]


# ── cohorts ──────────────────────────────────────────────────────────────────────────────────

_TRIANGLES = {
    "mrr_kept": ("MRR kept, months since", "残存MRR（経過月数）"),
    "customers_kept": ("customers kept, months since", "残存顧客（経過月数）"),
}


def _has_ages(found: Row) -> bool:
    return any(len(one["months"]) > 1 for one in found["cohorts"])


def _triangle(found: Row, key: str, at: int) -> str:
    """A line a cohort, a column an age."""
    cohorts = found["cohorts"][-_MONTHS:]
    oldest = max(len(one["months"]) for one in cohorts) - 1
    ages = [age for age in _AGES if age <= oldest]
    size = ("customers", "顧客")[at]
    head = [_TRIANGLES[key][at], size, *map(str, ages[1:])]
    rows = []
    for cohort in cohorts:
        months = cohort["months"]
        cells = [percent(months[k][key]["value"]) if k < len(months) else "" for k in ages[1:]]
        rows.append([cohort["cohort"], number(months[0]["active"]["customers"]), *cells])
    lines = side_by_side(head, rows, right=range(1, len(head)))
    if len(found["cohorts"]) > len(cohorts):
        lines += _more(len(found["cohorts"]), len(cohorts), at)
    return lines


# ── stages ───────────────────────────────────────────────────────────────────────────────────


def _tree(tree: Row, money: Money, at: int) -> str:
    first, last = tree["first_month"], tree["last_month"]
    period = last if first == last else (f"{first} to {last}", f"{first}〜{last}")[at]
    head = [
        (f"moves in {period}", f"{period}の段階移動")[at],
        ("customers", "顧客")[at] if first == last else ("customer-months", "顧客月")[at],
        money.head(("MRR before", "移動前MRR")[at], at),
        ("gained", "増加額")[at],
        ("lost", "減少額")[at],
        ("churned", "解約額")[at],
        ("of NRR (points)", "NRRへの寄与（ポイント）")[at],
        "",
    ]
    rows = [
        [
            _MOVES[one["move"]][at],
            number(one["customers"]),
            *(money.bare(one[f"{key}_minor_units"]) for key in _SUMS),
            *point_parts(one["share"], at),
        ]
        for one in tree["moves"]
        if one["customers"] and one["move"] != "came"
    ]
    lines = side_by_side(head, rows, right=(1, 2, 3, 4, 5, 6))
    levels = [one for one in tree["levels"] if one["customers"]]
    if len(levels) < 2:
        return lines
    head = [
        (f"stage before, {period}", f"{period}の移動前の段階")[at],
        *head[1:6],
        "NRR",
        "",
    ]
    rows = [
        [
            _named(one["level"], at),
            number(one["customers"]),
            *(money.bare(one[f"{key}_minor_units"]) for key in _SUMS),
            *share_parts(one["nrr"], at),
        ]
        for one in levels
    ]
    return lines + "\n\n" + side_by_side(head, rows, right=(1, 2, 3, 4, 5, 6))


_SUMS = ("before", "gained", "lost", "churned")


def _owners(owners: Sequence[Row], words: tuple[str, str], money: Money, at: int) -> list[str]:
    """Between the closes of a review cycle; those with most MRR first, nobody's last."""
    chosen = [one for one in owners if one["cycle_months"] == _CYCLE]
    if not chosen:
        return []
    chosen.sort(key=lambda one: (one["name"] is None, -one["start"]["mrr_minor_units"]))
    head = [
        (f"{words[EN]}, {_CYCLE} months", f"{words[JA]}別（{_CYCLE}か月）")[at],
        ("customers", "顧客")[at],
        money.head(("MRR before", "移動前MRR")[at], at),
        "NRR",
        "",
        *(_MOVES[move][at] for move in ("up", "down", "left")),
        ("gained", "増加額")[at],
        ("lost", "減少額")[at],
        ("churned", "解約額")[at],
    ]
    rows = []
    for one in chosen[:_MOST_NAMES]:
        moves = {each["move"]: each for each in one["moves"]}
        sums = [
            sum(each[f"{key}_minor_units"] for each in one["moves"])
            for key in ("gained", "lost", "churned")
        ]
        rows.append(
            [
                _named(one["name"], at),
                number(one["start"]["customers"]),
                money.bare(one["start"]["mrr_minor_units"]),
                *share_parts(one["nrr"], at),
                *(number(moves[move]["customers"]) for move in ("up", "down", "left")),
                *map(money.bare, sums),
            ]
        )
    return [side_by_side(head, rows, right=(1, 2, 3, *range(5, 11))) + _rest(chosen, at)]


def _rest(named: Sequence[Row], at: int) -> str:
    if len(named) <= _MOST_NAMES:
        return ""
    more = number(len(named) - _MOST_NAMES)
    return (f"\n  … and {more} more", f"\n  … ほか{more}件")[at]


# ── for whom ─────────────────────────────────────────────────────────────────────────────────


def _named(name: str | None, at: int) -> str:
    return ("unknown", "不明")[at] if name is None else shortened(name, _NAME_CELLS)


def _segment(segment: Row, found: Row, at: int) -> str:
    h = found["trailing_months"]
    head = [
        (f"by {segment['segment']}, {h} months", f"{segment['segment']}別（{h}か月）")[at],
        ("customers", "顧客")[at],
        "NRR",
        "",
        ("to others", "ほかとの差")[at],
        "q",
        ("left", "解約率")[at],
        "",
        ("to others", "ほかとの差")[at],
        "q",
    ]
    rows = []
    levels = [one for one in segment["levels"] if one["trailing"]["nrr"]["n"]]
    for one in levels[:_MOST_NAMES]:
        nrr, churn = one["nrr_difference"], one["churn_difference"]
        rows.append(
            [
                _named(one["level"], at),
                number(one["trailing"]["nrr"]["n"]),
                *share_parts(one["trailing"]["nrr"], at),
                point_parts(nrr, at)[0],
                p(nrr["q"]),
                *share_parts(one["trailing"]["customer_churn_rate"], at),
                point_parts(churn, at)[0],
                p(churn["q"]),
            ]
        )
    return side_by_side(head, rows, right=(1, 2, 4, 5, 6, 8, 9)) + _rest(levels, at)


def _due(found: Row, money: Money, at: int) -> str:
    head = [
        ("contracts due", "契約終了")[at],
        ("ends", "件数")[at],
        money.head("MRR", at),
        ("renewed", "更新率")[at],
        "",
        ("renewed MRR", "更新MRR率")[at],
        "",
        ("retained MRR", "維持MRR率")[at],
        "",
    ]
    year = ("12 months to", "12か月")[at]
    named = [(one["month"], one) for one in found["due"][-_DUE_MONTHS:]]
    named.append((f"{year} {found['due_year']['month']}", found["due_year"]))
    rows = [
        [
            name,
            number(one["renewal_rate"]["n"]),
            money.bare(one["due_mrr_minor_units"]),
            *share_parts(one["renewal_rate"], at),
            *share_parts(one["renewed_mrr_rate"], at),
            *share_parts(one["retained_mrr_rate"], at),
        ]
        for name, one in named
    ]
    return side_by_side(head, rows, right=(1, 2, 3, 5, 7))


def _completion(of: Row, at: int) -> str:
    limit = of["expected_by_days"]
    title = (f"onboarding: {of['rung']}", f"オンボーディング（{of['rung']}）")[at]
    within = ("in time", "期限内")[at]
    if limit is not None:
        within = (f"within {limit} days", f"{limit}日以内")[at]
    head = [
        title,
        ("started", "開始")[at],
        ("open", "判定前")[at],
        within,
        "",
        ("by then (K–M)", "同（K–M）")[at],
        "",
        ("median days", "中央値（日）")[at],
        "",
    ]
    named = [(one["month"], one) for one in of["months"][-_DUE_MONTHS:]]
    named.append((("everybody", "全体")[at], of["everybody"]))
    for segment in of["segments"]:
        named += [
            (f"{segment['segment']} {_named(one['level'], at)}", one)
            for one in segment["levels"][:_MOST_NAMES]
        ]
    rows = [
        [
            shortened(name, _NAME_CELLS),
            number(one["started"]),
            number(one["open"]),
            *share_parts(one["rate"], at),
            *share_parts(one["by_limit"], at),
            *parts(one["median_days"], lambda days: number(int(days)), at),
        ]
        for name, one in named
    ]
    return side_by_side(head, rows, right=(1, 2, 3, 5, 7))


__all__ = ["page"]
