"""The model file that fits a simulated world."""

from __future__ import annotations

from typing import Any

import numpy as np


def _both(ja: str, en: str) -> dict[str, str]:
    return {"ja": ja, "en": en}


def model_of(start: Any, months: int) -> dict[str, Any]:
    """A model of HR software sold by subscription, with dates that suit a world of these months.

    Measured from the last observed month: mails count as touch for the last 7 months, the
    definition of Active is a hypothesis of the last half year under review, goals are due 5
    months ahead.
    """
    last = np.datetime64(start, "M") + months - 1

    def first_of(offset: int) -> str:
        return str((last + offset).astype("datetime64[D]"))

    goals_by = str((last + 6).astype("datetime64[D]") - 1)
    return {
        "$schema": "aiueo-model.schema.json",
        "aiueo": 1,
        "name": "hr-saas",
        "currency": "JPY",
        "time_zone": "Asia/Tokyo",
        "roles": {
            "mrr": "mrr",
            "contract_start": "contract_start",
            "contract_end": "contract_end",
            "member": "csm",
            "team": "team",
            "mrr_before": "mrr_12m_ago",
        },
        "metrics": _metrics(),
        "segments": ["plan", "industry", {"metric": "term_months", "edges": [2, 13]}],
        "touch": {
            "components": {
                "mails": {
                    "metric": "mails_28d",
                    "curve": [[0, 0], [4, 100]],
                    "from": first_of(-6),
                    "label": _both("メール", "Mails"),
                },
                "meetings": {
                    "metric": "meetings_28d",
                    "steps": [[1, 60], [2, 100]],
                    "weight": 2,
                    "label": _both("面談", "Meetings"),
                },
            }
        },
        "axes": _axes(),
        "overall": {
            "weights": {"I": 1, "U": 2, "E": 1, "O": 2},
            "combine": "weighted_mean",
            "min_axes": 2,
            "min_coverage": 0.5,
        },
        "ladders": {
            "stage": [
                {
                    "name": "Entry",
                    "meaning": _both(
                        "契約したが、まだ使う準備が整っていない",
                        "Signed, not yet ready to work with it",
                    ),
                },
                {
                    "name": "Onboard",
                    "when": "setup_done && I >= 60",
                    "expected_by_days": 60,
                    "meaning": _both("使う準備が整っている", "Ready to work with it"),
                    "approach": _both("オンボーディングの電話", "onboarding call"),
                },
                {
                    "name": "Active",
                    "when": "U >= 60 && login_rate >= 1",
                    "status": "hypothesis",
                    "since": first_of(-5),
                    "review_by": first_of(-2),
                    "meaning": _both("日々の採用業務に使っている", "Works with it every day"),
                    "approach": _both(
                        "目標設定レポートの活用提案", "goal reports, worked out together"
                    ),
                },
                {
                    "name": "Loyal",
                    "when": "E >= 70 && (nps >= 9 || champion == 'yes' || case_study)",
                    "meaning": _both("成果を語ってくれる", "Speaks for us"),
                    "approach": _both(
                        "事例とユーザー会での登壇", "case study, a talk at the user meeting"
                    ),
                },
            ]
        },
        "bands": {
            "of": "overall",
            "edges": [20, 40, 60, 80],
            "names": ["Lv1", "Lv2", "Lv3", "Lv4", "Lv5"],
        },
        "profiles": [
            {
                "name": "trial",
                "when": "plan == 'trial'",
                "label": _both("お試し期間", "Trial"),
                "patch": {"overall": {"weights": {"I": 3, "U": 2, "E": None, "O": None}}},
            }
        ],
        "steps": {
            "threshold": 60,
            "lag_months": 2,
            "min_n": 30,
            "min_effect": 0.05,
            "starved_below": 0.1,
            "target": {"1-2": 0.4, "2-3": 0.4, "3-4a": 0.9, "3-4b": 0.2},
        },
        "plays": {
            "setup-call": {
                "for": ["I.setup", "I.admins"],
                "owner": "customer success",
                "channel": "call",
                "effort": 1.0,
                "label": _both("設定の電話", "Setup call"),
            },
            "training": {
                "for": ["I.training"],
                "owner": "customer success",
                "channel": "web seminar",
                "effort": 1.5,
                "label": _both("トレーニング", "Training"),
            },
            "goal-report": {
                "for": ["U.reports"],
                "owner": "customer success",
                "channel": "meeting",
                "effort": 2.0,
                "label": _both("目標設定レポート", "Goal report"),
            },
            "user-meeting": {
                "for": ["E.meetings"],
                "owner": "customer success",
                "channel": "event",
                "effort": 0.5,
                "label": _both("ユーザー会への招待", "Invitation to the user meeting"),
            },
        },
        "study": {
            "leads": [90, 0],
            "term_bands": [2, 13],
            "alpha": 0.05,
            "shrinkage": 10,
            "max_weight_share": 0.4,
            "grace_days": 0,
            "nrr_target": 1.1,
            "horizon_months": 12,
            "completion": {"stage": "Onboard"},
            "ranks": ["C", "B", "A", "S"],
        },
        "rollup": {"combine": "weighted_mean", "weight": "mrr", "good_from": 60},
        "priority": {"capacity": 20, "first": ["Lv1", "Lv4"]},
        "alerts": {
            "health-drop": {
                "of": "overall",
                "drop": 15,
                "window_days": 31,
                "rearm": 5,
                "quiet_days": 14,
            },
            "fell-back": {"ladder": "stage", "on": "down"},
            "gone-dark": {"of": "overall", "on": "dark", "quiet_days": 30},
        },
        "triggers": {
            "setup-mail-2": {
                "when": "!setup_done && days_since(contract_start) >= 14",
                "play": "setup-call",
                "variants": {"video": 0.5, "text": 0.4},
                "holdout": 0.1,
                "success": "setup_done",
                "window_days": 7,
            },
            "renewal-talk": {
                "when": "days_until(contract_end) <= 90 && !at_least(stage, 'Active')",
                "play": "goal-report",
            },
        },
        "goals": {
            "active-share": {
                "ladder": "stage",
                "at_least": "Active",
                "share": 0.6,
                "weight": "customers",
                "by": goals_by,
            },
            "loyal-count": {"ladder": "stage", "at_least": "Loyal", "count": 30, "by": goals_by},
        },
    }


def _metrics() -> dict[str, Any]:
    return {
        "plan": {"type": "category", "label": _both("プラン", "Plan")},
        "industry": {"type": "category", "label": _both("業種", "Industry")},
        "csm": {"type": "category", "label": _both("担当者", "Customer-success manager")},
        "team": {"type": "category", "label": _both("チーム", "Team")},
        "term_months": {
            "type": "number",
            "min": 1,
            "label": _both("契約期間(月)", "Term in months"),
        },
        "mrr": {"type": "money", "min": 0, "label": _both("月額", "MRR")},
        "mrr_12m_ago": {"type": "money", "min": 0, "label": _both("1年前の月額", "MRR a year ago")},
        "contract_start": {"type": "date", "label": _both("利用開始日", "Customer since")},
        "contract_end": {"type": "date", "label": _both("契約終了日", "Contract end")},
        "mails_28d": {
            "type": "number",
            "min": 0,
            "label": _both("メール数(28日)", "Mails in 28 days"),
        },
        "meetings_28d": {
            "type": "number",
            "min": 0,
            "label": _both("面談数(28日)", "Meetings in 28 days"),
        },
        "setup_done": {"type": "flag", "label": _both("初期設定の完了", "Setup done")},
        "admins": {"type": "number", "min": 0, "label": _both("管理者数", "Administrators")},
        "trained_users": {"type": "number", "min": 0, "label": _both("受講者数", "Trained users")},
        "seats": {"type": "number", "min": 1, "label": _both("契約席数", "Seats")},
        "logins_28d": {
            "type": "number",
            "min": 0,
            "label": _both("ログイン数(28日)", "Logins in 28 days"),
        },
        "last_login": {"type": "date", "label": _both("最終ログイン日", "Last login")},
        "views": {"type": "number", "min": 0, "label": _both("閲覧数", "Views")},
        "top_topic_views": {
            "type": "number",
            "min": 0,
            "label": _both("最多テーマの閲覧数", "Views of the top topic"),
        },
        "features_used": {
            "type": "number",
            "min": 0,
            "max": 40,
            "label": _both("利用機能数", "Features used"),
        },
        "goal_reports": {
            "type": "number",
            "min": 0,
            "label": _both("目標設定レポート", "Goal reports"),
        },
        "nps": {"type": "number", "min": 0, "max": 10, "max_age_days": 180, "label": "NPS"},
        "champion": {"type": "category", "label": _both("推進者", "Champion")},
        "csm_pulse": {
            "type": "number",
            "min": 0,
            "max": 100,
            "max_age_days": 90,
            "label": _both("担当者の所感", "Manager's pulse"),
        },
        "hires_12m": {
            "type": "number",
            "min": 0,
            "label": _both("採用数(12か月)", "Hires in 12 months"),
        },
        "hiring_plan_12m": {
            "type": "number",
            "min": 0,
            "label": _both("採用計画(12か月)", "Hires planned"),
        },
        "user_meetings": {
            "from": "initiatives",
            "initiative": "user_meeting",
            "value": "count",
            "of": "attended",
            "window_days": 365,
            "label": _both("ユーザー会への参加", "User meetings attended"),
        },
        "case_study": {
            "from": "initiatives",
            "initiative": "case_study",
            "value": "done",
            "of": "responded",
            "window_days": 730,
            "label": _both("事例", "Case study given"),
        },
        "login_rate": {
            "derive": "logins_28d / seats",
            "label": _both("ログイン率", "Logins per seat"),
        },
    }


def _axes() -> dict[str, Any]:
    return {
        "I": {
            "label": _both("導入", "Implementation"),
            "components": {
                "setup": {"metric": "setup_done", "weight": 2},
                "admins": {"metric": "admins", "steps": [[1, 50], [2, 100]]},
                "training": {
                    "metric": "trained_users",
                    "curve": [[0, 0], [3, 60], [10, 100]],
                    "weight": 2,
                },
            },
            "min_coverage": 0.5,
            "caps": [{"when": "admins == 0", "at_most": 40}],
        },
        "U": {
            "label": _both("活用", "Utilization"),
            "components": {
                "logins": {
                    "metric": "login_rate",
                    "curve": [[0, 0], [1, 40], [4, 100]],
                    "weight": 3,
                    "missing": "pessimistic",
                },
                "recency": {"metric": "last_login", "days_since": [[0, 100], [14, 60], [60, 0]]},
                "breadth": {"metric": "features_used", "percentile": [0, 0, 3, 5, 8, 20]},
                "reports": {"metric": "goal_reports", "curve": [[0, 0], [6, 100]]},
                "habit": {
                    "share": ["top_topic_views", "views"],
                    "of_zero": 0,
                    "steps": [[0.3, 100]],
                },
            },
        },
        "E": {
            "label": _both("信頼関係", "Engagement"),
            "components": {
                "nps": {
                    "metric": "nps",
                    "curve": [[0, 0], [6, 30], [8, 70], [10, 100]],
                    "missing": {"prior": 50},
                },
                "champion": {"metric": "champion", "table": {"yes": 100, "no": 20}, "else": 50},
                "meetings": {"metric": "user_meetings", "steps": [[1, 70], [3, 100]]},
            },
            "override": {"metric": "csm_pulse", "mode": "replace"},
        },
        "O": {
            "label": _both("成果", "Outcome"),
            "components": {
                "hires": {"share": ["hires_12m", "hiring_plan_12m"], "curve": [[0, 0], [1, 100]]}
            },
        },
    }
