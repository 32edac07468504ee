"""What charts say in words: a heading, a key to read them by, and the names of their axes."""

from __future__ import annotations

from .._errors import INVALID_ARGUMENT, ArgumentError

_TITLES = {
    "axes": ("Axes over time", "軸ごとの推移"),
    "stages": ("Stages over time", "ステージの推移"),
    "renewal": ("Renewal by stage", "ステージ別の更新率"),
    "initiatives": ("What goes with renewal", "更新と関係する施策"),
    "bottleneck": ("From our work to revenue", "活動から売上までのつながり"),
    "forecast": ("MRR that will be renewed", "更新されるMRRの予測"),
    "expected": ("Expected NRR", "期待NRR"),
    "ahead": ("NRR so far, what to expect, and the target", "NRRの実績、見込み、目標"),
    "goals": ("Goals: so far, and where they are heading", "ゴールの推移と見込み"),
    "nrr": ("The course to the target NRR", "目標NRRまでの道のり"),
    "calibration": ("Score beside what came", "スコアと実際の更新率"),
    "lift": ("Losses among the lowest scores", "低スコア群がとらえた解約"),
    "drift": ("What has moved", "分布の変化"),
}
_KEYS = {
    "axes": (
        "Line: median of the customers with a score. Band: the middle half of them.",
        "線：スコアのある顧客の中央値。帯：中央の半数の範囲。",
    ),
    "stages": (
        "Share of the customers with a snapshot in the month; the highest stage at the bottom. "
        "Dashed line: a goal.",
        "その月にデータのある顧客に占める割合。下ほど高いステージ。破線：目標。",
    ),
    "renewal": (
        "Dot: share renewed. Line: 95 % interval. Dashed: all together.",
        "点：更新率。線：95%区間。破線：全体。",
    ),
    "initiatives": (
        "Contracts renewed with it less those without it at the same stage, and the 95 % interval. "
        "● an association, ◇ too few to judge, ▲ drawn against held out: an effect.",
        "同じステージで比べた、ありとなしの更新率の差と95%区間。"
        "●関連、◇判断には少なすぎる、▲無作為に除いた顧客との差（効果）。",
    ),
    "bottleneck": (
        "Share that reaches the next step, with its 95 % interval. Solid: flows. Dashed and ✕: "
        "broken. Dotted and ?: not decided.",
        "次の段階に進む割合と95%区間。実線：良好。破線と✕：途切れている。点線と？：未判定。",
    ),
    "forecast": (
        "Dot: expected. Bars from thick to thin: 50, 80 and 95 % ranges. Short line: due.",
        "点：期待値。太い順に50%、80%、95%の範囲。横線：更新対象。",
    ),
    "expected": (
        "Dot: expected. Bars from thick to thin: where what comes lies in 50, 80 and 95 % of "
        "cases. Dashed: the target.",
        "点：期待値。太い順に、実績が50%、80%、95%の確率で入る範囲。破線：目標。",
    ),
    "ahead": (
        "Line: what it came to. Dot at the right: expected. Bars from thick to thin: where what "
        "comes lies in 50, 80 and 95 % of cases. Dashed: the target.",
        "線：実績。右の点：見込み。太い順に、実績が50%、80%、95%の確率で入る範囲。破線：目標。",
    ),
    "goals": (
        "Line: so far. Dot at the right: expected by the goal's day; thick bar 80 %, thin bar "
        "95 %. Dashed: the goal. ▲ reached or likely, ● neither, ▼ unlikely or missed, ◇ not "
        "known.",
        "線：これまで。右の点：期日の見込み。太い棒は80%、細い棒は95%の範囲。破線：目標。"
        "▲達成・達成しそう、●どちらとも言えない、▼難しい・未達、◇不明。",
    ),
    "nrr": (
        "Solid: the course that reaches the target, with its 95 % interval. Dashed: all. Dotted: "
        "those who reached it. ▲ ahead, ● on course, ▼ behind, ◇ not known.",
        "実線：目標に届く道のりと95%区間。破線：全体。点線：達成した顧客。"
        "▲先行、●順調、▼遅れ、◇不明。",
    ),
    "calibration": (
        "On the diagonal, so many renewed as predicted. ● fitted curve, ◇ score read as a "
        "percentage. Line: 95 % interval.",
        "対角線上なら予測どおり。●当てはめた曲線、◇スコアを百分率とみなした場合。線：95%区間。",
    ),
    "lift": (
        "Of those who left, the share found among the lowest scores. Dashed: by chance. Line: "
        "95 % interval.",
        "解約した顧客のうち、低スコア群に含まれた割合。破線：偶然の場合。線：95%区間。",
    ),
    "drift": (
        "How far a distribution moved (PSI). ▲ above its own threshold (short line), ● below.",
        "分布の変化量（PSI）。▲しきい値（縦線）を超過、●以下。",
    ),
}
_AXES = {
    "share": ("share of customers", "顧客の割合"),
    "score": ("score", "スコア"),
    "renewed": ("renewed", "更新率"),
    "points": ("points of renewal", "更新率の差（ポイント）"),
    "attended": ("attended", "参加"),
    "invited": ("invited", "招待"),
    "responded": ("responded", "回答"),
    "attended and responded": ("attended and responded", "参加と回答"),
    "drawn": ("drawn, not held out", "抽選で実施"),
    "mrr": ("MRR", "MRR"),
    "nrr": ("NRR", "NRR"),
    "predicted": ("predicted", "予測"),
    "lowest": ("lowest scores", "下位の割合"),
    "captured": ("of those who left", "解約のうち"),
    "psi": ("PSI", "PSI"),
    "kept": ("of the MRR they began with", "開始時のMRRに対して"),
    "months": ("months since they began", "開始からの月数"),
    "required": ("required", "必要"),
    "all": ("all", "全体"),
    "achievers": ("achievers", "達成"),
    "target": ("target", "目標"),
    "goal": ("goal", "目標"),
    "everybody": ("everybody", "全体"),
    "stuck": ("stuck", "停滞"),
    "overall": ("Overall", "総合"),
    "nobody": ("nothing to show", "表示するデータがありません"),
}


def language_at(language: str) -> int:
    """The position of a language in pairs of words. Raises ArgumentError for another one."""
    if language not in ("en", "ja"):
        raise ArgumentError(INVALID_ARGUMENT, f"language {language!r} is none of 'en', 'ja'")
    return int(language == "ja")


def title_of(chart: str, language: str = "en") -> str:
    """The heading of a chart: of "axes", "stages", "renewal", "initiatives", "bottleneck",
    "forecast", "expected", "ahead", "goals", "nrr", "calibration", "lift" or "drift"."""
    return _TITLES[chart][language_at(language)]


def key_of(chart: str, language: str = "en") -> str:
    """How to read a chart; names as in `title_of`."""
    return _KEYS[chart][language_at(language)]


def word(name: str, at: int) -> str:
    return _AXES[name][at]
