"""Lists for people as a page: the sentence, the first rows, and what the list does not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._text import number, shortened, table

#: Columns of each action that a terminal shows: name, title in English, in Japanese, digits.
_COLUMNS: dict[str, list[tuple[str, str, str, int]]] = {
    "next": [
        ("customer", "customer", "顧客", 0),
        ("stage", "stage", "段階", 0),
        ("target", "to", "次", 0),
        ("reason", "lacks", "不足", 0),
        ("play", "play", "施策", 0),
        ("owner", "owner", "担当", 0),
        ("mrr", "MRR", "MRR", 2),
    ],
    "priority": [
        ("rank", "#", "#", 0),
        ("customer", "customer", "顧客", 0),
        ("stage", "stage", "段階", 0),
        ("band", "band", "バンド", 0),
        ("mrr", "MRR", "MRR", 2),
        ("gain", "gain", "見込み", 2),
        ("gain_lower", "from", "下限", 2),
        ("gain_upper", "to", "上限", 2),
        ("effort", "effort", "工数", 1),
        ("play", "play", "施策", 0),
        ("owner", "owner", "担当", 0),
        ("reason", "lacks", "不足", 0),
    ],
    "goals": [
        ("goal", "goal", "目標", 0),
        ("by", "by", "期限", 0),
        ("now", "now", "現在", 0),
        ("target", "target", "目標値", 0),
        ("expected", "expected", "予測", 0),
        ("lower", "from", "下限", 0),
        ("upper", "to", "上限", 0),
        ("probability", "probability", "到達確率", 2),
        ("verdict", "verdict", "判定", 0),
        ("why", "no forecast", "見込みなし", 0),
    ],
    "alerts": [
        ("fired", "fired", "発生日", 0),
        ("alert", "alert", "アラート", 0),
        ("customer", "customer", "顧客", 0),
        ("reason", "what happened", "内容", 0),
        ("open", "open", "継続", 0),
        ("mrr", "MRR", "MRR", 2),
        ("member", "member", "担当", 0),
    ],
    "triggers": [
        ("customer", "customer", "顧客", 0),
        ("initiative", "trigger", "トリガー", 0),
        ("variant", "variant", "案", 0),
        ("holdout", "held out", "対照", 0),
        ("play", "play", "施策", 0),
        ("owner", "owner", "担当", 0),
        ("reason", "why", "理由", 0),
    ],
    "segment": [
        ("customer", "customer", "顧客", 0),
        ("stage", "stage", "段階", 0),
        ("band", "band", "バンド", 0),
        ("overall", "overall", "総合", 1),
        ("mrr", "MRR", "MRR", 2),
        ("ends", "ends", "契約終了", 0),
        ("reason", "why", "理由", 0),
    ],
}
_REASON_CELLS = 76
#: Money, with as many digits as the currency has.
_MONEY = ("mrr", "gain", "gain_lower", "gain_upper")
#: Of a goal: customers, or a share of them.
_REACHED = ("now", "target", "expected", "lower", "upper")


def _cell(row: Mapping[str, Any], key: str, digits: int, language: str) -> str:
    value = row.get(key)
    if key == "reason" and language == "ja":
        value = row.get("reason_ja", value)
    if isinstance(value, bool):
        return ("はい" if value else "") if language == "ja" else ("yes" if value else "")
    if isinstance(value, str):
        return shortened(value, _REASON_CELLS)
    if key in _REACHED and isinstance(value, (int, float)):
        share = str(row.get("of", "")).startswith("share")
        return f"{number(100 * value, 1)} %" if share else number(value, 0)
    return number(value, digits)


def page(
    head: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], all_rows: int, language: str
) -> str:
    """`rows`: the first of `all_rows`."""
    ja = language == "ja"
    blocks = [head["sentence"][language]]
    if rows:
        known = _COLUMNS.get(str(head["action"])) or [(key, key, key, 2) for key in rows[0]]
        # A column in which nobody has anything says nothing.
        columns = [
            one for one in known if any(row.get(one[0]) not in (None, False) for row in rows)
        ]
        money = int(head.get("minor_digits", 2))
        lines = [
            [
                _cell(row, key, money if key in _MONEY else digits, language)
                for key, _, _, digits in columns
            ]
            for row in rows
        ]
        text = table([one[2] if ja else one[1] for one in columns], lines)
        if all_rows > len(rows):
            more = all_rows - len(rows)
            text += f"\n… ほか{more:,}行" if ja else f"\n… and {more:,} more rows"
        blocks.append(text)
    if head["cautions"]:
        title = "注意:" if ja else "Keep in mind:"
        blocks.append("\n".join([title, *(f"- {one[language]}" for one in head["cautions"])]))
    return "\n\n".join(blocks)
