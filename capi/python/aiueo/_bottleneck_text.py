"""The finding of the study "bottleneck" as a page: which link, for whom, and what it costs."""

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
    ratio_parts,
    share_parts,
    side_by_side,
)
from ._text import number, shortened

_ARROWS = {"1-2": "1→2", "2-3": "2→3", "3-4a": "3→4a", "3-4b": "3→4b"}
_STEPS = {
    "1-2": ("contact → use", "接触 → 利用"),
    "2-3": ("use → success", "利用 → 成果"),
    "3-4a": ("success → renewal", "成果 → 更新"),
    "3-4b": ("success → growth", "成果 → 拡大"),
}
#: What a link is counted in: of one, of many, in Japanese.
_COUNTED = {
    "1-2": ("month", "months", "顧客月"),
    "2-3": ("month", "months", "顧客月"),
    "3-4a": ("end", "ends", "契約終了"),
    "3-4b": ("renewal", "renewals", "更新"),
}
#: Cells that a level's name may take, and levels that a table may have: the finding has all.
_NAME_CELLS = 40
_MOST_LEVELS = 10
_NOBODY = {"mrr_minor_units": 0}
_VERDICTS = {
    "unknown": ("unknown", "不明"),
    "starved": ("starved", "前段不足"),
    "weak": ("weak", "効果なし"),
    "leaky": ("leaky", "頻度不足"),
    "flows": ("flows", "良好"),
    "inconclusive": ("inconclusive", "判断保留"),
}
_WHY = {
    "few": ("too few", "対象が少数"),
    "few_with": ("too few with it", "段階ありが少数"),
    "few_without": ("too few without it", "段階なしが少数"),
}
_BROKEN = ("starved", "weak", "leaky")
_PATTERNS = {
    "unknown": ("unknown", "不明"),
    "untouched": ("untouched", "未接触"),
    "contacted_not_using": ("contacted, not using", "接触済み・未利用"),
    "using_without_outcome": ("using, without outcome", "利用中・成果なし"),
    "outcome_without_use": ("outcome, without use", "成果あり・未利用"),
    "outcome_without_growth": ("outcome, without growth", "成果あり・拡大なし"),
    "succeeding": ("succeeding", "成功"),
}


def page(found: Row, language: str) -> str:
    """`found`: a `Finding`."""
    at = JA if language == "ja" else EN
    money = Money(found["currency"], found["minor_digits"])
    blocks = [str(found["sentence"][("en", "ja")[at]])]
    if found["links"]:
        blocks.append(_links(found["links"], money, at))
    for link in found["links"]:
        if link["verdict"] in _BROKEN:
            if link["link"] not in found["principal"]:
                said = link["sentence"][("en", "ja")[at]]
                blocks.append(f"{_ARROWS[link['link']]}{(': ', '：')[at]}{said}")
            blocks += _levels_below(link, found, money, at)
        blocks += [_reversal(link, one, at) for one in link["segments"] if _is_reversed(one)]
    if found["month"] is not None:
        blocks.append(_patterns(found, money, at))
    cautions = [f"- {one[('en', 'ja')[at]]}" for one in found["cautions"]]
    if cautions:
        blocks.append("\n".join([("Before you conclude:", "結論の前に:")[at], *cautions]))
    return "\n\n".join(blocks)


# ── the four links ───────────────────────────────────────────────────────────────────────────


def _links(links: Sequence[Row], money: Money, at: int) -> str:
    words = (
        ("link", "verdict", "of", "conversion", "target", "effect (points)", "recoverable MRR"),
        ("つながり", "判定", "対象", "移行率", "目標", "効果（ポイント）", "回復可能なMRR"),
    )[at]
    link, verdict, of, conversion, target, effect, recoverable = words
    recoverable = money.head(recoverable, at)
    head = [link, "", verdict, of, "", conversion, "", target, effect, "", recoverable, ""]
    rows = [_link_cells(one, money, at) for one in links]
    return side_by_side(head, rows, right=(3, 5, 7, 8, 10))


def _link_cells(link: Row, money: Money, at: int) -> list[str]:
    name = link["link"]
    return [
        _ARROWS[name],
        _STEPS[name][at],
        _verdict(link, at),
        number(link["conversion"]["n"]),
        _counted(name, link["conversion"]["n"], at),
        *share_parts(link["conversion"], at),
        percent(link["target"]["value"]),
        *point_parts(link["effect"], at),
        *money_parts(link["recoverable_mrr_minor_units"], money, at),
    ]


def _counted(name: str, count: int, at: int) -> str:
    one, many, ja = _COUNTED[name]
    return ja if at == JA else one if count == 1 else many


def _verdict(link: Row, at: int) -> str:
    said = _VERDICTS[link["verdict"]][at]
    if link["why"]:
        why = _WHY[link["why"]][at]
        said += (f", {why}", f"（{why}）")[at]
    return said


# ── for whom ─────────────────────────────────────────────────────────────────────────────────


def _levels_below(link: Row, found: Row, money: Money, at: int) -> list[str]:
    """The levels below the target; where others are at it, of those segments alone."""
    concentrated = link["concentration"] == "concentrated"
    out = []
    for segment in link["segments"]:
        below = [one for one in segment["levels"] if one["below"]]
        if not below or (concentrated and not segment["concentrated"]):
            continue
        # As the sentence does: first where most MRR stands still.
        below.sort(key=lambda one: -(one["stuck"] or _NOBODY)["mrr_minor_units"])
        lines = [_level_table(link, segment["segment"], below[:_MOST_LEVELS], found, money, at)]
        if len(below) > _MOST_LEVELS:
            more = number(len(below) - _MOST_LEVELS)
            lines.append((f"  … and {more} more", f"  … ほか{more}件")[at])
        others = [_level(one, at) for one in segment["levels"] if one["reaches"]]
        if others:
            lines.append(("  at it or above: ", "  目標以上：")[at] + (", ", "、")[at].join(others))
        else:
            lines.append(_none_reaches(link["link"], found["min_n"], at))
        out.append("\n".join(lines))
    return out


def _none_reaches(name: str, least: int, at: int) -> str:
    whom = "customers" if name in ("1-2", "2-3") else _COUNTED[name][1]
    whom_ja = "社" if whom == "customers" else "件"
    return (
        f"  at it or above: none with at least {number(least)} {whom}",
        f"  目標以上：なし（{number(least)}{whom_ja}以上の区分のうち）",
    )[at]


def _level_table(
    link: Row, segment: str, levels: Sequence[Row], found: Row, money: Money, at: int
) -> str:
    starved = link["verdict"] == "starved"
    figure = "prevalence" if starved else "conversion"
    bar = found["starved_below"] if starved else link["target"]["value"]
    monthly = link["lag_months"] is not None
    many = _COUNTED[link["link"]]
    head = [
        (
            f"{_ARROWS[link['link']]} by {segment}, below {percent(bar)}",
            f"{_ARROWS[link['link']]}、{segment}別（{percent(bar)}未満）",
        )[at],
        (("customers", "顧客") if monthly else (many[1], many[2]))[at],
        (figure, ("前段の割合", "移行率")[not starved])[at],
        "",
        "q",
        _who(monthly, starved, at),
        "",
        money.head("MRR", at),
    ]
    rows = [
        [
            _level(one, at),
            number(one["customers"]),
            *share_parts(one[figure], at),
            p(one["q"]),
            *_standing_parts(one["stuck"], at),
            _mrr(one["stuck"], money),
        ]
        for one in levels
    ]
    return side_by_side(head, rows, right=(1, 2, 4, 5, 7))


def _is_reversed(segment: Row) -> bool:
    return bool(segment["reversal"]["reversed"])


def _reversal(link: Row, segment: Row, at: int) -> str:
    """Both odds ratios of the step, which say opposite things."""
    by = segment["segment"]
    head = [
        (f"{_ARROWS[link['link']]} by {by}", f"{_ARROWS[link['link']]}、{by}別")[at],
        ("odds ratio", "オッズ比")[at],
        "",
    ]
    found = segment["reversal"]
    rows = [
        [("all together", "全体")[at], *ratio_parts(found["crude_odds_ratio"], at)],
        [("within its levels", "区分内")[at], *ratio_parts(found["pooled_odds_ratio"], at)],
    ]
    return side_by_side(head, rows, right=(1,))


def _who(monthly: bool, starved: bool, at: int) -> str:
    """Whose MRR is at stake."""
    if not monthly:
        return ("due in 12 months", "12か月以内に終了")[at]
    return (("with neither", "どちらもなし") if starved else ("standing still", "停滞中"))[at]


def _level(one: Row, at: int) -> str:
    if one["level"] is None:
        return ("unknown", "不明")[at]
    return shortened(one["level"], _NAME_CELLS)


def _patterns(found: Row, money: Money, at: int) -> str:
    month = found["month"]
    head = [
        (f"pattern in {month}", f"{month}の状態")[at],
        ("customers", "顧客")[at],
        "",
        money.head("MRR", at),
        ("plays", "打ち手")[at],
    ]
    rows = [
        [
            _PATTERNS[one["pattern"]][at],
            *_standing_parts(one["now"], at),
            _mrr(one["now"], money),
            (", ", "、")[at].join(one["plays"]),
        ]
        for one in found["patterns"]
    ]
    if not any(row[-1] for row in rows):
        head, rows = head[:-1], [row[:-1] for row in rows]
    return side_by_side(head, rows, right=(1, 3))


def _standing_parts(standing: Row | None, at: int) -> tuple[str, str]:
    """How many, and of how many of them the MRR is known where it is not of all."""
    if standing is None:
        return "–", ""
    customers, priced = standing["customers"], standing["priced"]
    if priced >= customers:
        return number(customers), ""
    return number(customers), (f"({number(priced)} priced)", f"（MRR判明{number(priced)}）")[at]


def _mrr(standing: Row | None, money: Money) -> str:
    if standing is None:
        return "–"
    if standing["customers"] and not standing["priced"]:
        return "–"
    return money.bare(standing["mrr_minor_units"])


# ── a link by itself ─────────────────────────────────────────────────────────────────────────


def link_page(link: Row, currency: str | None, digits: int) -> str:
    """A link of a finding: its sentence, and each figure in a line."""
    money = Money(currency, digits)
    name = link["link"]
    target = link["target"]
    whose = ""
    if target["declared"]:
        whose = "declared"
    elif target["level"] is not None:
        whose = f"of {target['segment']} {shortened(target['level'], _NAME_CELLS)}"
    rows = [
        ["eligible", number(link["eligible"]), _counted(name, link["eligible"], EN)],
        ["with the step before", *share_parts(link["prevalence"], EN)],
        ["conversion", *share_parts(link["conversion"], EN)],
        ["comparison", *share_parts(link["comparison"], EN)],
        ["target", percent(target["value"]), whose],
        ["effect, points", *point_parts(link["effect"], EN)],
    ]
    for one in link["effects"]:
        by = f"within {one['stratified_by'] or 'terms'}"
        rows.append([f"  {by}", *point_parts(one["effect"], EN)])
    rows.append(["crude, points", *point_parts(link["crude"], EN)])
    if link["placebo"] is not None:
        rows.append(["read backward, points", *point_parts(link["placebo"], EN)])
    unit = f", {money.unit}" if money.unit else ""
    titles = ("standing still", "with neither")
    if link["lag_months"] is None:
        titles = ("due with success", "due without success")
    for title, who in zip(titles, (link["stuck"], link["neither"])):
        count, known = _standing_parts(who, EN)
        noun = "customer" if who and who["customers"] == 1 else "customers"
        rows.append([title, count, f"{noun} {known}".rstrip() if who else "not known"])
        rows.append([f"  their MRR{unit}", _mrr(who, money), ""])
    rows.append(
        [f"recoverable MRR{unit}", *money_parts(link["recoverable_mrr_minor_units"], money, EN)]
    )
    head = [f"{_ARROWS[name]} {_STEPS[name][EN]}", _verdict(link, EN), ""]
    blocks = [link["sentence"]["en"], side_by_side(head, rows, right=(1,))]
    blocks += [_reversal(link, one, EN) for one in link["segments"] if _is_reversed(one)]
    return "\n\n".join(blocks)


__all__ = ["link_page", "page"]
