"""The finding of the study "nrr" as a page: what to expect, what would lift it, who keeps up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
from ._nrr_course_text import MOST_ROWS, curve
from ._text import number, shortened

#: Cells of a name: the finding has all of it.
_NAME_CELLS = 40
_PARTS = {
    "level_ups": ("level-ups", "レベルアップ"),
    "level_downs": ("level-downs", "レベルダウン"),
    "seen": ("seen or not", "記録の有無"),
    "new": ("new customers", "新規"),
    "lost": ("lost customers", "解約"),
    "mrr": ("changes of MRR", "MRRの増減"),
}


def page(found: Row, language: str) -> str:
    """`found`: a `Finding`."""
    at = JA if language == "ja" else EN
    money = Money(found["currency"], found["minor_digits"])
    blocks = [str(found["sentence"][("en", "ja")[at]])]
    if found["why"] is None:
        blocks.append(_levels(found, money, at))
        if found["portfolio"]["why"] is None:
            blocks += _range(found, at)
            blocks += _owners(found, money, at)
            if found["level_ups"]:
                blocks.append(_level_ups(found, money, at))
                blocks += _experiments(found, money, at)
            if found["plan"]["steps"]:
                blocks.append(_plan(found, money, at))
            blocks += _reviews(found, at)
        blocks += curve(found["curve"], at)
        blocks += _backtest(found["backtest"], at)
    cautions = [f"- {one[('en', 'ja')[at]]}" for one in found["cautions"]]
    if cautions:
        blocks.append("\n".join([("Before you conclude:", "結論の前に:")[at], *cautions]))
    return "\n\n".join(blocks)


# ── levels ───────────────────────────────────────────────────────────────────────────────────


def _levels(found: Row, money: Money, at: int) -> str:
    horizon = found["horizon_months"]
    words = (
        ("customers", "share", "renewal", "expansion", "latest less earlier", "q"),
        ("顧客", "割合", "更新", "拡大", "直近と以前の差", "q"),
    )[at]
    customers, share, renewal, expansion, change, q = words
    first = (
        f"{found['of'] or 'NRR'}, {horizon} months",
        f"{found['of'] or 'NRR'}、{horizon}か月",
    )[at]
    head = [first, customers, money.head("MRR", at), share, "NRR", "", "GRR", ""]
    head += [renewal, expansion]
    head += [change, "", q]
    rows = [
        _level_cells(one, _level_name(one, at), money, at)
        for one in found["levels"]
        if _is_there(one)
    ]
    if _is_there(found["unseen"]):
        rows.append(_level_cells(found["unseen"], ("not seen", "記録なし")[at], money, at))
    rows.append(_level_cells(found["everybody"], ("everybody", "全体")[at], money, at))
    return side_by_side(head, rows, right=(1, 2, 3, 4, 6, 8, 9, 10, 12))


def _level_name(one: Row, at: int) -> str:
    return ("unknown", "不明")[at] if one["level"] is None else str(one["level"])


def _is_there(level: Row) -> bool:
    return bool(level["nrr"]["n"] or (level["now"] and level["now"]["customers"]))


def _level_cells(level: Row, name: str, money: Money, at: int) -> list[str]:
    now = level["now"]
    return [
        shortened(name, _NAME_CELLS),
        number(now["customers"]) if now else "",
        money.bare(now["mrr_minor_units"]) if now else "",
        percent(level["share"]) if now else "",
        *share_parts(level["nrr"], at),
        *share_parts(level["grr"], at),
        percent(level["renewal"]["value"]),
        percent(level["expansion"]["value"]),
        *point_parts(level["change"], at),
        p(level["change"]["q"]),
    ]


def _range(found: Row, at: int) -> list[str]:
    """Where what comes will lie."""
    cells = []
    for one in found["portfolio"]["realised"]:
        if one["lower"] is None:
            return []
        between = f"{points(one['lower'])}{('–', '〜')[at]}{points(one['upper'])}%"
        cells.append(f"{between} ({one['level']:.0%})")
    said = (", ", "、")[at].join(cells)
    months = found["horizon_months"]
    return [
        (
            f"What comes in {months} months will lie within {said}",
            f"{months}か月後の実績が入る範囲：{said}",
        )[at]
    ]


def _owners(found: Row, money: Money, at: int) -> list[str]:
    out = []
    month = found["last_month"]
    for key, title in (("members", ("member", "担当")), ("teams", ("team", "チーム"))):
        if not found[key]:
            continue
        head = [
            (f"{title[EN]} in {month}", f"{month}の{title[JA]}")[at],
            ("customers", "顧客")[at],
            money.head("MRR", at),
            ("expected NRR", "期待NRR")[at],
            "",
        ]
        rows = [
            [
                _name(one, at),
                number(one["now"]["customers"]),
                money.bare(one["now"]["mrr_minor_units"]),
                *share_parts(one["expected"], at),
            ]
            for one in _largest(found[key], lambda one: one["now"]["mrr_minor_units"])
        ]
        out.append(_with_rest(side_by_side(head, rows, right=(1, 2, 3)), found[key], at))
    return out


def _name(one: Row, at: int) -> str:
    return shortened(one["name"], _NAME_CELLS) if one["name"] else ("(none)", "（なし）")[at]


def _largest(rows: Sequence[Row], size: Any) -> list[Row]:
    return sorted(rows, key=lambda one: -(size(one) or 0))[:MOST_ROWS]


def _with_rest(table: str, rows: Sequence[Row], at: int) -> str:
    more = len(rows) - MOST_ROWS
    if more <= 0:
        return table
    return table + "\n" + (f"  … and {number(more)} more", f"  … ほか{number(more)}件")[at]


# ── up ───────────────────────────────────────────────────────────────────────────────────────


def _level_ups(found: Row, money: Money, at: int) -> str:
    months = [one["months"] for one in found["level_ups"][0]["reach"]]
    head = [
        ("level-up", "レベルアップ")[at],
        ("customers", "顧客")[at],
        money.head("MRR", at),
        ("NRR difference (points)", "NRRの差（ポイント）")[at],
        "",
        money.head(("gain", "増収")[at], at),
        "",
        ("rests on", "根拠")[at],
        *[(f"up in {n} mo", f"{n}か月で")[at] for n in months],
    ]
    rows = [
        [
            f"{one['from']} → {one['to']}",
            number(one["now"]["customers"]),
            money.bare(one["now"]["mrr_minor_units"]),
            *point_parts(one["difference"], at),
            *money_parts(one["impact_minor_units"], money, at),
            _evidence(one, at),
            *[percent(each["share"]["value"]) for each in one["reach"]],
        ]
        for one in found["level_ups"]
    ]
    return side_by_side(head, rows, right=(1, 2, 3, 5, *range(8, 8 + len(months))))


def _evidence(one: Row, at: int) -> str:
    """What a level-up's gain is: of all who are there, if they went up, or of being drawn."""
    if one["evidence"] == "association":
        return ("association, if all went up", "相関（全員が上がった場合）")[at]
    name = shortened(one["experiment"]["initiative"], _NAME_CELLS)
    return (f"experiment, if all were drawn for {name}", f"実験（全員を{name}の対象にした場合）")[
        at
    ]


def _experiments(found: Row, money: Money, at: int) -> list[str]:
    known = [(one["from"], one["experiment"]) for one in found["level_ups"] if one["experiment"]]
    if not known:
        return []
    months = found["horizon_months"]
    head = [
        ("experiment at", "実験（段階）")[at],
        ("initiative", "施策")[at],
        ("drawn", "対象")[at],
        ("renewed", "更新率")[at],
        ("held out", "対照")[at],
        ("renewed", "更新率")[at],
        ("difference (points)", "差（ポイント）")[at],
        "",
        "q",
        money.head((f"due in {months} mo", f"{months}か月内の満了")[at], at),
        ("evidence", "判定")[at],
    ]
    rows = [
        [
            level,
            shortened(one["initiative"], _NAME_CELLS),
            number(one["chosen"]["n"]),
            percent(one["chosen"]["value"]),
            number(one["held_out"]["n"]),
            percent(one["held_out"]["value"]),
            *point_parts(one["effect"], at),
            p(one["effect"]["q"]),
            money.bare(one["due_mrr_minor_units"]),
            (
                ("a gain", "効果あり")
                if one["established"]
                else ("no gain shown", "効果は確認できない")
            )[at],
        ]
        for level, one in known
    ]
    return [side_by_side(head, rows, right=(2, 3, 4, 5, 6, 8, 9))]


def _plan(found: Row, money: Money, at: int) -> str:
    plan = found["plan"]
    lag = found["lag_months"]
    head = [
        (f"plan to {percent(plan['target'])}", f"{percent(plan['target'])}への試算")[at],
        ("customers", "顧客")[at],
        ("of", "対象")[at],
        (f"anyway in {lag} mo", f"{lag}か月の自然増")[at],
        money.head(("mean MRR", "平均MRR")[at], at),
        ("effort", "工数")[at],
        ("NRR (points)", "NRR（ポイント）")[at],
    ]
    rows = [
        [
            f"{one['from']} → {one['to']}",
            number(one["customers"]),
            number(one["of"]),
            number(one["usual"]),
            money.bare(one["mean_mrr_minor_units"]),
            number(one["effort"]),
            points(one["gain"]),
        ]
        for one in plan["steps"]
    ]
    out = side_by_side(head, rows, right=(1, 2, 3, 4, 5, 6))
    value, bounds = share_parts(plan["expected"], at)
    after = f"{value} {bounds}".rstrip()
    effort = number(plan["effort"])
    out += (f"\n  effort {effort}: NRR {after}", f"\n  工数{effort}でNRR {after}")[at]
    if plan["method"] == "greedy":
        reaches = plan["state"] == "reached"
        bound = number(plan["bound"]) if reaches else percent(plan["bound"])
        out += (
            f"; no plan {'takes less than' if reaches else 'reaches more than'} {bound}",
            f"（{'下限' if reaches else '上限'}{bound}）",
        )[at]
    return out


# ── the review ───────────────────────────────────────────────────────────────────────────────


def _reviews(found: Row, at: int) -> list[str]:
    known = [one for one in found["reviews"] if one["all"]["change"]["value"] is not None]
    if not known:
        return []
    head = [("at the same rates (points)", "同じ率での変化（ポイント）")[at]]
    for one in known:
        head += [f"{one['from']} → {one['to']}", ""]
    rows = [
        [title[at], *[cell for one in known for cell in point_parts(one["all"]["parts"][key], at)]]
        for key, title in _PARTS.items()
    ]
    total = ("change of expected NRR", "期待NRRの変化")[at]
    rows.append([total, *[c for one in known for c in point_parts(one["all"]["change"], at)]])
    out = [side_by_side(head, rows, right=range(1, 2 * len(known) + 1, 2))]
    # By owner over the longest cycle that is known.
    last = known[-1]
    for key, title in (("members", ("member", "担当")), ("teams", ("team", "チーム"))):
        rows_of = [one for one in last[key] if one["after"]["n"] or one["before"]["n"]]
        if not rows_of:
            continue
        head = [
            (f"{title[EN]}, {last['months']} months", f"{title[JA]}、{last['months']}か月")[at],
            ("customers", "顧客")[at],
            ("before", "以前")[at],
            ("now", "現在")[at],
            ("change (points)", "変化（ポイント）")[at],
            "",
            *[one[at] for one in _PARTS.values()],
            ("part of all", "全体への寄与")[at],
        ]
        rows = [
            [
                _name(one, at),
                number(one["after"]["n"]),
                percent(one["before"]["value"]),
                percent(one["after"]["value"]),
                *point_parts(one["change"], at),
                *[points(one["parts"][part]["value"]) for part in _PARTS],
                points(one["of_all"]),
            ]
            for one in _largest(rows_of, lambda one: abs(one["of_all"] or 0))
        ]
        table = side_by_side(head, rows, right=(1, 2, 3, 4, *range(6, len(head))))
        out.append(_with_rest(table, rows_of, at))
    return out


# ── how often it was right ───────────────────────────────────────────────────────────────────


def _backtest(found: Row, at: int) -> list[str]:
    if not found["origins"]:
        return []
    value, bounds = point_parts(found["bias"], at)
    covered = ", ".join(
        f"{percent(one['covered'])} / {percent(one['level'])}"
        for one in found["coverage"]
        if one["covered"] is not None
    )
    n = number(found["origins"])
    alone = number(found["independent"])
    lines = [
        (
            f"Past expectations: {n} closes, which say as much as {alone} that do not overlap",
            f"過去の期待値：{n}回（期間の重なりを除くと{alone}回分）",
        )[at],
        (
            f"  what came less what was expected: {value} points {bounds}".rstrip(),
            f"  実績と期待の差：{value}ポイント{bounds}",
        )[at],
    ]
    if covered:
        held = (
            f"  intervals that held what came / should have: {covered}",
            f"  実績が区間に入った割合／本来の割合：{covered}",
        )
        lines.append(held[at])
    levels = [one for one in found["levels"] if one["part"]["value"]]
    if levels:
        head = [
            ("deviation by level (points)", "段階別の差（ポイント）")[at],
            ("part", "寄与")[at],
            "",
            ("renewal", "更新")[at],
            ("expansion", "拡大")[at],
        ]
        rows = [
            [
                shortened(one["level"], _NAME_CELLS)
                if one["level"] is not None
                else ("no level", "段階なし")[at],
                *point_parts(one["part"], at),
                points(one["by_renewal"]),
                points(one["by_expansion"]),
            ]
            for one in levels
        ]
        lines.append(side_by_side(head, rows, right=(1, 3, 4)))
    return ["\n".join(lines)]


__all__ = ["page"]
