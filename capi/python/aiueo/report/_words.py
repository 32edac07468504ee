"""The page's own words, in English and Japanese."""

from __future__ import annotations

#: By name, in the order of `LANGUAGES`.
LANGUAGES = ("en", "ja")

_WORDS = {
    "title": ("Customer health", "カスタマーヘルス"),
    "as_of": ("as of {}", "{} 時点"),
    "skip": ("Skip to the list for today", "今日のリストへ移動"),
    "contents": ("On this page", "目次"),
    "language": ("Language", "言語"),
    # sections
    "glance": ("At a glance", "概況"),
    "today": ("Today: whom to look after first", "今日、優先してフォローする顧客"),
    "alerts": ("What happened", "起きたこと"),
    "triggers": ("Whom to send what", "誰に何を送るか"),
    "time": ("How the portfolio moves", "全体の推移"),
    "renewal": ("Do the stages mean renewal?", "ステージは更新につながっているか"),
    "bottleneck": ("Where the chain breaks", "どこで止まっているか（ボトルネック）"),
    "forecast": ("What will be renewed", "更新の見通し"),
    "plan": ("Ahead of the plan, or behind?", "計画より先行か、遅れか"),
    "nrr": ("Expected NRR, and the course to the target", "期待NRRと目標までの道のり"),
    "validation": ("Can the scores be trusted?", "スコアは信頼できるか"),
    "drift": ("What has changed underneath", "前提の変化"),
    "basis": ("What this rests on", "このレポートの根拠"),
    # at a glance
    "customers": ("Customers under contract", "契約中の顧客"),
    "trials_beside": ("and {} in a trial", "ほかトライアル {}社"),
    "without": ("{} without a snapshot in the last 31 days", "うち{}社は直近31日のデータなし"),
    "all_seen": ("all with a snapshot in the last 31 days", "全社に直近31日のデータあり"),
    "mrr": ("MRR", "MRR"),
    "mrr_of": ("{} customers, close of {}", "{}社、{}末時点"),
    "due": ("Due in 90 days", "90日以内に契約終了"),
    "due_mrr": ("{} of MRR", "MRR {}"),
    "due_unpriced": ("; the MRR of {} is not known", "（{}社のMRRは不明）"),
    "overdue": ("{} past their end and not decided", "終了日を過ぎて未決 {}社"),
    "expected": ("Expected NRR, {} months", "期待NRR（{}か月）"),
    "interval": ("95 % interval {}", "95%区間 {}"),
    "target": ("target {}", "目標 {}"),
    "top": ("{} or higher", "{}以上"),
    "top_of": ("{} of {} customers", "{}社／{}社中"),
    "perhaps": ("; perhaps {} more", "（ほか{}社は可能性あり）"),
    "goal": ("goal {} by {}", "目標 {}（{}まで）"),
    "insufficient": ("Too little known for a score", "情報不足でスコアなし"),
    "insufficient_of": ("of {} customers seen", "データのある{}社のうち"),
    "stale": ("Values that are too old", "古くて使わない値"),
    "invalid": ("Values that cannot be right", "範囲外で使わない値"),
    "values_of": ("at {} customers; not counted", "{}社。スコアに含めていません"),
    "unknown": ("not known", "不明"),
    # list and customer
    "priority_note": (
        "The order is gain per effort. Gain: MRR × the share that reaches the next stage within {} "
        "months × (NRR there − NRR here, over {} months). Effort: of the plays for what the next "
        "stage lacks. It is an order of work, not a prediction.",
        "順序は「見込み÷工数」の大きい順です。見込み＝MRR×{}か月以内に次のステージに届く割合"
        "×（次のステージのNRR−今のステージのNRR、{}か月後）。工数は、足りない条件に対応する打ち手の合計"
        "です。作業の順序であり、予測ではありません。",
    ),
    "unsure_note": (
        "? marks a gain that is not established: its interval reaches below 0.",
        "? は、区間が0を下回り、確立していない見込みです。",
    ),
    "first_note": ("Bands to start with ({}) come first.", "優先バンド（{}）が先頭です。"),
    "capacity_note": (
        "The effort that there is: {}. ✓ marks the customers within it.",
        "使える工数は{}で、✓はその範囲の顧客です。",
    ),
    "at_top_note": (
        "On the highest stage, and so not ranked: {}.",
        "最上位のステージにいるため順位に入らない顧客：{}社。",
    ),
    "others_note": (
        "Customers with an open contract that are not ranked follow, soonest end first.",
        "契約継続中で順位に入らない顧客は、契約終了の近い順で後に続きます。",
    ),
    "no_priority": (
        "What help would gain cannot be told, so the list goes by contract end: {}",
        "支援の見込みを示せないため、契約終了の近い順で表示しています：{}",
    ),
    "no_plays": (
        'the model declares no plays. "plays": {"call": {"for": ["U.logins"], "owner": '
        '"…", "effort": 1}} would.',
        'モデルに打ち手（plays）がありません。例："plays": {"call": {"for": ["U.logins"], '
        '"owner": "…", "effort": 1}}',
    ),
    "today_note": (
        "Contracts that are decided soonest come first (within 30, 90, 180 and 365 days); among "
        "those, customers below {}; among those, most MRR. The reason is what the next stage "
        "lacks. It is an order of work, not a prediction.",
        "契約終了が近い順（30、90、180、365日以内）、その中では{}未満の顧客、その中ではMRRの大きい順"
        "です。理由は次のステージに足りない条件です。作業の順序であり、予測ではありません。",
    ),
    "today_note_plain": (
        "Contracts that are decided soonest come first (within 30, 90, 180 and 365 days); among "
        "those, most MRR. It is an order of work, not a prediction.",
        "契約終了が近い順（30、90、180、365日以内）、その中ではMRRの大きい順です。"
        "作業の順序であり、予測ではありません。",
    ),
    "listed_ranked": (
        "Listed are {} of {} ranked customers, and {} others.",
        "順位に入る{1}社のうち{0}社と、ほかの{2}社を載せています。",
    ),
    "listed": (
        "The first {} of {} customers with an open contract or trial.",
        "契約・トライアル継続中の{1}社のうち、先頭の{0}社を載せています。",
    ),
    "listed_all": (
        "All {} customers with an open contract or trial.",
        "契約・トライアル継続中の{}社すべてを載せています。",
    ),
    "nobody_today": ("No contract is open.", "継続中の契約はありません。"),
    "needs_script": (
        "The list is drawn by the page's own script; open the file in a browser.",
        "リストの表示にはページ内のスクリプトが必要です。ブラウザーで開いてください。",
    ),
    "bands_table": ("Bands", "バンド"),
    "band": ("band", "バンド"),
    "start_with": ("to start with", "優先"),
    "gain": ("gain in MRR (95 %)", "MRRの見込み（95%）"),
    "effort": ("effort", "工数"),
    "ratio": ("gain per effort", "見込み÷工数"),
    # what happened, and what to send
    "no_alerts": (
        'The model declares no alerts. This would: "alerts": {"health-drop": {"of": '
        '"overall", "drop": 15}}',
        'モデルにアラートがありません。例："alerts": {"health-drop": {"of": "overall", '
        '"drop": 15}}',
    ),
    "no_triggers": (
        'The model declares no triggers. This would: "triggers": {"hello": {"when": '
        '"U < 40", "play": "call"}}',
        'モデルにトリガーがありません。例："triggers": {"hello": {"when": "U < 40", '
        '"play": "call"}}',
    ),
    "rows_all": (
        "Newest first; of a day most MRR first.",
        "新しい順、同じ日ではMRRの大きい順です。",
    ),
    "rows_some": (
        "Newest first; of a day most MRR first. Listed are {} of {}.",
        "新しい順、同じ日ではMRRの大きい順です。{1}件のうち{0}件を載せています。",
    ),
    "send_all": (
        "Most MRR first. Who is held out is counted and not named.",
        "MRRの大きい順です。比較のため送らない顧客は、数だけを示します。",
    ),
    "send_some": (
        "Most MRR first; listed are {} of {}. Who is held out is counted and not named.",
        "MRRの大きい順で、{1}件のうち{0}件を載せています。比較のため送らない顧客は、数だけを示します。",
    ),
    "alert": ("alert", "アラート"),
    "kind": ("fires on", "条件"),
    "on_drop": ("a score fell through behaviour", "行動によるスコア低下"),
    "on_down": ("a lower stage than before", "ステージの後退"),
    "on_dark": ("a score that cannot be told any more", "スコアが算出不能に"),
    "fired": ("fired", "発生"),
    "still_open": ("still open", "継続中"),
    "trigger": ("trigger", "トリガー"),
    "when": ("when", "条件"),
    "play": ("play", "打ち手"),
    "to_send": ("to send", "送る"),
    "sent_before": ("sent before", "送付済み"),
    "succeeded": ("done already", "達成済み"),
    "held_out": ("held out", "対照"),
    "cannot_tell": ("cannot be told", "判定不能"),
    # ahead or behind
    "no_plan": (
        'The model declares neither goals nor a target of NRR. This would: "study": '
        '{"nrr_target": 1.1}',
        'モデルに目標（goals）もNRRの目標もありません。例："study": {"nrr_target": 1.1}',
    ),
    "beside": ("The plan, and what is to be expected", "計画と見込み"),
    "plan_of": ("what", "対象"),
    "by_when": ("by", "期限"),
    "now": ("now", "現在"),
    "wanted": ("wanted", "目標"),
    "expected_80": ("expected (80 %)", "見込み（80%）"),
    "nrr_in": ("NRR over {} months", "{}か月のNRR"),
    "course": ("Course of the customers of the last {} months", "直近{}か月に始めた顧客の歩み"),
    "nrr_told": (
        "{0}: NRR over {1} months is expected to be {2} (80 %: {3}), the target is {4}.",
        "{0}：{1}か月後のNRRの見込みは{2}（80%：{3}）、目標は{4}です。",
    ),
    "nrr_unknown": (
        "The NRR to expect is not known, so nothing can be said of its target, {}.",
        "期待NRRが不明なため、目標{}との比較はできません。",
    ),
    "course_told": (
        "{0}: customers of the last {1} months kept and grew to {2} of what they began with, where "
        "{3} is on the way to the target; the difference is {4} points (95 %: {5}).",
        "{0}：直近{1}か月に始めた顧客のMRRは開始時の{2}で、目標に届く歩みは{3}です。差は{4}ポイント"
        "（95%：{5}）です。",
    ),
    "came": ("came to", "実績"),
    "expected_then": ("expected then", "当時の見込み"),
    "head_ahead": ("Ahead", "先行"),
    "head_on": ("Neither ahead nor behind", "先行とも遅れとも言えない"),
    "head_behind": ("Behind", "遅れ"),
    "goal_reached": ("reached", "達成"),
    "goal_likely": ("ahead (likely)", "先行（達成しそう）"),
    "goal_open": ("neither", "どちらとも言えない"),
    "goal_unlikely": ("behind (unlikely)", "遅れ（達成は難しい）"),
    "goal_missed": ("missed", "未達"),
    "goal_unknown": ("not known", "不明"),
    # figures and texts
    "as_table": ("Figures as a table", "数値を表で見る"),
    "as_text": ("All figures of this study", "この分析のすべての数値"),
    "before": ("Before you conclude", "結論の前に"),
    "not_there": ("Not available: {}", "表示できません：{}"),
    "look_at": ("Look at", "まず見るべき点"),
    "owner": ("Whose job", "担当"),
    "patterns": ("Customers by pattern", "状態別の顧客"),
    "goals": ("Goals", "目標"),
    "warnings": ("Doubts about the data", "データについての注意"),
    # columns
    "month": ("month", "月"),
    "scored": ("n", "n"),
    "stage": ("stage", "ステージ"),
    "renewed": ("renewed", "更新"),
    "rate": ("rate (95 %)", "更新率（95%）"),
    "weighted": ("by MRR (95 %)", "MRR加重（95%）"),
    "everybody": ("everybody", "全体"),
    "link": ("link", "つながり"),
    "verdict": ("verdict", "判定"),
    "conversion": ("reach the next (95 %)", "移行率（95%）"),
    "effect": ("effect, points (95 %)", "効果、ポイント（95%）"),
    "recoverable": ("recoverable MRR", "回復可能なMRR"),
    "of": ("of", "対象"),
    "pattern": ("pattern", "状態"),
    "number": ("customers", "顧客数"),
    "plays": ("plays", "打ち手"),
    "due_column": ("due", "終了"),
    "renewed_80": ("renewed (80 %)", "更新（80%）"),
    "rate_80": ("rate (80 %)", "更新率（80%）"),
    "kept_80": ("MRR renewed (80 %)", "更新MRR（80%）"),
    "together": ("together", "合計"),
    "nrr_column": ("NRR (95 %)", "NRR（95%）"),
    "began": ("began in", "開始"),
    "after": ("months", "経過月"),
    "actual": ("kept and grown", "実績"),
    "required": ("required", "必要"),
    "difference": ("difference, points (95 %)", "差、ポイント（95%）"),
    "read_as": ("read as", "読み方"),
    "predicted": ("predicted", "予測"),
    "observed": ("renewed (95 %)", "実際（95%）"),
    "lowest": ("lowest", "下位"),
    "captured": ("of those who left (95 %)", "解約のうち（95%）"),
    "lift": ("lift (95 %)", "リフト（95%）"),
    "what": ("score or input", "スコア・入力"),
    "psi": ("PSI", "PSI"),
    "threshold": ("threshold", "しきい値"),
    "n_before": ("n before", "以前のn"),
    "n_after": ("n after", "以後のn"),
    "alarm": ("alarm", "警告"),
    "yes": ("yes", "あり"),
    "range": ("range", "範囲"),
    "model": ("Model", "モデル"),
    "fingerprint": ("fingerprint {}", "指紋 {}"),
    "customers_seen": ("Customers with snapshots", "データのある顧客"),
    "snapshots": ("Snapshots", "スナップショット"),
    "ends": ("Contracts and trials that were decided", "決まった契約・トライアル"),
    "observed_pairs": (
        "Pairs of an end and a lead with a snapshot in time",
        "契約終了とその前の時点の組（データあり）",
    ),
    "unobserved": ("Pairs without one: unknown, never filled in", "データのない組（補完しません）"),
    "made_by": ("aiueo {}", "aiueo {}"),
}

#: What the page's script says; its keys are short, as every page carries them.
SCRIPT = {
    "search": ("Search customers", "顧客を検索"),
    "stage": ("Stage", "ステージ"),
    "any": ("all stages", "すべて"),
    "shown": ("{0}–{1} of {2} customers", "{2}社中 {0}〜{1}社"),
    "none": ("No customer matches.", "該当する顧客がありません。"),
    "previous": ("Previous", "前へ"),
    "next": ("Next", "次へ"),
    "pages": ("Pages of the list", "リストのページ"),
    "list": ("Customers to look after first", "優先してフォローする顧客"),
    "place": ("#", "順"),
    "customer": ("Customer", "顧客"),
    "ends": ("Ends", "契約終了"),
    "mrr": ("MRR", "MRR"),
    "overall": ("Overall", "総合"),
    "reason": ("Reason", "理由"),
    "inDays": ("in {} days", "あと{}日"),
    "everyone": ("all", "すべて"),
    "part": ("Show", "表示"),
    "part_chosen": ("within the capacity", "工数の範囲"),
    "part_first": ("bands to start with", "優先バンド"),
    "part_ranked": ("ranked", "順位あり"),
    "part_others": ("not ranked", "順位なし"),
    "gain": ("Gain", "見込み"),
    "effort": ("Effort", "工数"),
    "chosen": ("within the capacity", "工数の範囲"),
    "notRanked": ("not ranked", "順位なし"),
    "unsure": ("not established", "確立していない"),
    "noContract": ("no open contract", "継続中の契約なし"),
    "member": ("Member", "担当者"),
    "shownRows": ("{0}–{1} of {2}", "{2}件中 {0}〜{1}件"),
    "every": ("all", "すべて"),
    "fired": ("Fired", "発生日"),
    "over": ("no longer so", "解消"),
    "lately": ("Lately", "最近の動き"),
    "toSend": ("to send", "送るもの"),
    "alert": ("Alert", "アラート"),
    "happened": ("What happened", "内容"),
    "trigger": ("Trigger", "トリガー"),
    "variant": ("variant {}", "案：{}"),
    "play": ("Play", "打ち手"),
    "alertsList": ("What happened to whom", "起きたことと顧客"),
    "triggersList": ("Whom to send what", "送る相手と内容"),
    "alertsPages": ("Pages of what happened", "起きたことのページ"),
    "triggersPages": ("Pages of what to send", "送るもののページ"),
    "today": ("today", "今日"),
    "overdue": ("{} days overdue", "{}日超過"),
    "trial": ("trial", "トライアル"),
    "unseen": ("no snapshot in the last 31 days", "直近31日のデータなし"),
    "lastSeen": ("last seen {}", "最終データ {}"),
    "neverSeen": ("never seen", "データなし"),
    "insufficient": ("too little known", "情報不足"),
    "bounds": ("{0} to {1}", "{0}〜{1}"),
    "knownShare": ("{}% known", "{}%既知"),
    "perhaps": ("perhaps {}", "{}の可能性"),
    "topRung": ("on the highest stage", "最上位のステージ"),
    "lacks": ("For {}:", "{}まで："),
    "nothing": ("nothing is missing for {}", "{}の条件はそろっています"),
    "unreachable": ("no change of these conditions reaches it", "これらの条件の変更では届きません"),
    "now": ("now {0}, {1} to go", "現在{0}、あと{1}"),
    "nowMore": ("now {0}, more than {1} to go", "現在{0}、あと{1}超"),
    "nowDays": ("now {0}, days to go: {1}", "現在{0}、あと{1}日"),
    "nowMoreDays": ("now {0}, days to go: more than {1}", "現在{0}、あと{1}日超"),
    "unknown": ("not known", "不明"),
    "not": ("not: {}", "不成立：{}"),
    "more": ("and {} more", "ほか{}件"),
    "approach": ("Approach", "アプローチ"),
    "plays": ("Plays", "打ち手"),
    "back": ("Back to the list", "リストに戻る"),
    "missing": ("What is missing for {}", "{}に足りない条件"),
    "why": ("Why the scores are what they are", "スコアの理由"),
    "moves": ("Would move overall most", "総合スコアへの効果が大きい項目"),
    "component": ("Component", "項目"),
    "score": ("Score", "スコア"),
    "weight": ("Weight", "重み"),
    "gives": ("Gives", "寄与"),
    "adds": ("Could add", "伸びしろ"),
    "because": ("Because", "根拠"),
    "old": ("{} days old", "{}日前の値"),
    "counts": ("counts for {}", "有効期限{}日"),
    "yes": ("yes", "はい"),
    "no": ("no", "いいえ"),
    "states": (
        "|missing|too old|cannot be right|not listed|not in use",
        "|欠損|期限切れ|範囲外|未定義|対象外",
    ),
    "capped": ("capped at {0}: {1}", "上限{0}：{1}"),
    "perhapsCapped": ("perhaps capped at {0}: {1} is not known", "上限{0}の可能性：{1}が不明"),
    "override": ("set by {0}; before: {1}", "{0}による上書き（元の値：{1}）"),
    "profile": ("Profile", "プロファイル"),
    "band": ("Band", "バンド"),
    "pattern": ("Pattern", "状態"),
    "snapshot": ("Snapshot of {}", "{} のデータ"),
    "sorted": ("sort by {}", "{}で並べ替え"),
    "noOverall": ("no overall score", "総合スコアなし"),
    "axisBar": ("{0}: {1}, between {2} and {3}", "{0}：{1}（{2}〜{3}）"),
}


def words(language: str) -> dict[str, str]:
    at = LANGUAGES.index(language)
    return {name: pair[at] for name, pair in _WORDS.items()}


def script_words(language: str) -> dict[str, str]:
    at = LANGUAGES.index(language)
    return {name: pair[at] for name, pair in SCRIPT.items()}


__all__ = ["LANGUAGES", "SCRIPT", "script_words", "words"]
