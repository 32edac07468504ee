"""The course of the finding "nrr" as a page: cohorts beside it, and past verdicts on cohorts."""

from __future__ import annotations

from collections.abc import Mapping

from ._cells import Row, p, percent, point_parts, points, share_parts, side_by_side
from ._text import number

#: Rows of a table and cells of a chart: the finding has everything.
MOST_ROWS = 12
_CHART_CELLS = 25
_BLOCKS = "▁▂▃▄▅▆▇█"
_VERDICTS = {
    "unknown": ("unknown", "不明"),
    "behind": ("behind", "遅れ"),
    "on": ("neither", "どちらとも言えない"),
    "ahead": ("ahead", "先行"),
}
_CALLS = {**_VERDICTS, "on": ("never either", "判定なし")}


def curve(found: Row, at: int) -> list[str]:
    if not found["points"]:
        return []
    courses = {
        "required": ("required", "目標に必要"),
        "all": ("all lives", "全体"),
        "achievers": ("achievers", "達成顧客"),
    }
    values = {
        key: [_course(one, key) for one in found["points"]]
        for key in courses
        if any(_course(one, key) is not None for one in found["points"])
    }
    # Winners go so far up that beside them nothing else would be seen to move.
    every = [
        value
        for key, course in values.items()
        if key != "achievers" or len(values) == 1
        for value in course
        if value is not None
    ]
    low, high = min(every), max(every)
    months = len(found["points"]) - 1
    head = [
        (f"course over {months} months", f"{months}か月の推移")[at],
        ("lives", "件数")[at],
        "",
        ("at the end", "終わり")[at],
    ]
    counts = {"achievers": found["achievers"]}
    rows = [
        [
            courses[key][at],
            number(counts.get(key, found["lives"])),
            "".join(_block(value, low, high) for value in course),
            percent(course[-1]),
        ]
        for key, course in values.items()
    ]
    # The chart has a head of its own, or it would be taken for the count's other half.
    head[2] = f"{percent(low)} – {percent(high)}"
    out = [side_by_side(head, rows, right=(1, 3))]
    if found["cohorts"] and found["why"] is None:
        out.append(_cohorts(found, at))
    if found["backtest"]["calls"]:
        out.append(_calls(found["backtest"], at))
    return out


def _course(point: Row, key: str) -> float | None:
    value = point[key]
    found: float | None = value["value"] if isinstance(value, Mapping) else value
    return found


def _block(value: float | None, low: float, high: float) -> str:
    if value is None:
        return " "
    if not high > low:
        return _BLOCKS[0]
    share = min(1.0, max(0.0, (value - low) / (high - low)))
    return _BLOCKS[round(share * (len(_BLOCKS) - 1))]


def _cohorts(found: Row, at: int) -> str:
    shown = [*found["cohorts"][-MOST_ROWS:], found["together"]]
    known = [
        value
        for one in shown
        for value in (one["ratio"]["value"], one["required"])
        if value is not None
    ]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    head = [
        ("began in", "開始")[at],
        ("months", "経過月")[at],
        ("customers", "顧客")[at],
        ("kept and grown", "実績")[at],
        ("required", "必要")[at],
        ("│ required, ● actual", "│ 必要、● 実績")[at],
        ("difference (points)", "差（ポイント）")[at],
        "",
        "q",
        "",
        ("renewal", "更新")[at],
        ("expansion", "拡大")[at],
        ("target", "目標")[at],
    ]
    head[9] = ("verdict", "判定")[at]
    rows = [
        [
            one["start"] or ("together", "合計")[at],
            number(one["months"]) if one["start"] else "",
            number(one["then"]["customers"]),
            percent(one["ratio"]["value"]),
            percent(one["required"]),
            _marks(one["ratio"]["value"], one["required"], low, high),
            *point_parts(one["difference"], at),
            p(one["difference"]["q"]),
            _VERDICTS[one["verdict"]][at],
            points(one["by_renewal"]),
            points(one["by_expansion"]),
            points(one["by_target"]),
        ]
        for one in shown
    ]
    return side_by_side(head, rows, right=(1, 2, 3, 4, 6, 8, 10, 11, 12))


def _calls(found: Row, at: int) -> str:
    right = found["right"]
    share, bounds = share_parts(right, at)
    origins, alone = number(found["origins"]), number(found["independent"])
    lead = (
        f"Past verdicts on cohorts: {origins} closes, which say as much as {alone} that do not "
        "overlap",
        f"過去の開始月別判定：{origins}回（期間の重なりを除くと{alone}回分）",
    )[at]
    if not right["n"]:
        return (
            lead + "\n  no cohort was called ahead or behind before its end",
            lead + "\n  期間の途中で先行または遅れと判定された開始月はありません",
        )[at]
    lead += (
        f"\n  of {number(right['n'])} called ahead or behind, ended on that side: "
        f"{share} {bounds}".rstrip(),
        f"\n  先行または遅れとされた{number(right['n'])}か月のうち、その側で終わった割合："
        f"{share}{bounds}",
    )[at]
    if found["better"]:
        value, bounds = point_parts(found["apart"], at)
        better, worse = (_CALLS[found[key]][at] for key in ("better", "worse"))
        lead += (
            f"\n  reached the target, {better} less {worse}: {value} points {bounds}".rstrip(),
            f"\n  目標到達率の差（{better} − {worse}）：{value}ポイント{bounds}",
        )[at]
    head = [
        ("first called", "最初の判定")[at],
        ("cohorts", "開始月数")[at],
        ("customers", "顧客")[at],
        ("months old", "経過月")[at],
        ("reached the target", "目標到達")[at],
        ("kept and grown", "実績")[at],
        ("called the contrary later", "後に逆の判定")[at],
    ]
    rows = [
        [
            _CALLS[one["called"]][at],
            number(one["cohorts"]),
            number(one["customers"]),
            "–" if one["months"] is None else f"{one['months']:.1f}",
            number(one["reached"]),
            percent(one["realised"]),
            "–" if one["called"] == "on" else number(one["reversed"]),
        ]
        for one in found["calls"]
        if one["cohorts"]
    ]
    return f"{lead}\n{side_by_side(head, rows, right=tuple(range(1, 7)))}"


def _marks(ratio: float | None, required: float | None, low: float, high: float) -> str:
    cells = [" "] * _CHART_CELLS
    for value, mark in ((required, "│"), (ratio, "●")):
        if value is not None and high > low:
            cells[round((value - low) / (high - low) * (_CHART_CELLS - 1))] = mark
    return "".join(cells).rstrip()


__all__ = ["MOST_ROWS", "curve"]
