"""Random models with tables that suit them: every response, policy, cap and ladder.

Values are drawn near the places where something changes: knots, thresholds, edges, limits.
"""

from __future__ import annotations

import datetime
import json
import random

from score_model import AXES

TODAY = datetime.date(2026, 11, 21)
TEXTS = ["pro", "trial", "lite", "東", "x y"]


class Maker:
    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.metrics: dict[str, dict] = {}
        self.groups: dict[str, list[str]] = {}  # finished groups and their components
        self.levels: dict[str, list[str]] = {}  # finished ladders, and the band

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, *values):
        return self.random.choice(values)

    def position(self) -> float:
        return self.pick(*range(-2, 13), 0.1, 0.25, 0.3, 0.7, 2.5, 3.3, 100, 1e6)

    def score(self) -> float:
        return self.pick(0, 0, 10, 20, 33.3, 40, 50, 55.5, 60, 60, 70, 80, 90.1, 100, 100)

    def weight(self) -> float:
        return self.pick(1, 1, 1, 2, 3, 0.5, 0.25, 5, 0.1, 0.7, 1.3)

    def ascending(self, count: int, repeat: float = 0) -> list[float]:
        values = sorted({self.position() for _ in range(count + 2)})[:count]
        while len(values) < 2:
            values.append(values[-1] + 1)
        if self.chance(repeat):
            at = self.random.randrange(len(values))
            values.insert(at, values[at])
        return values

    # Metrics.

    def make_metrics(self) -> None:
        for i in range(self.pick(2, 3, 4)):
            one: dict = {"type": "number"}
            if self.chance(0.4):
                one["min"] = self.pick(-1, 0, 0, 1)
            if self.chance(0.3):
                one["max"] = self.pick(5, 10, 10.5)
            self.metrics[f"n{i}"] = one
        self.metrics |= {
            "m0": {"type": "money"} | self.pick({}, {"min": 0}),
            "m1": {"type": "money"},
            "f0": {"type": "flag"},
            "f1": {"type": "flag"},
            "c0": {"type": "category"},
            "c1": {"type": "category"},
            "d0": {"type": "date"},
            "d1": {"type": "date"},
            "pulse": {"type": "number", "min": 0, "max": self.pick(10, 100)},
        }
        for one in self.metrics.values():
            if self.chance(0.2):
                one["max_age_days"] = self.pick(0, 7, 30, 180)
        for i in range(self.pick(0, 1, 2)):
            value = self.pick("count", "count", "done", "days_since")
            one = {"from": "initiatives", "initiative": self.pick("call", "visit"), "value": value}
            one["window_days"] = self.pick(1, 7, 30, 365)
            if self.chance(0.4):
                one["of"] = self.pick("date", "attended", "responded")
            self.metrics[f"i{i}"] = one
        for i in range(self.pick(0, 1, 2)):
            kind = self.pick("number", "number", "flag", "category", "date")
            source = self.expression(kind)
            self.metrics[f"x{i}"] = {"derive": source, "kind": kind}

    def kind_of(self, name: str) -> str:
        one = self.metrics[name]
        if "from" in one:
            return "flag" if one["value"] == "done" else "number"
        return one.get("kind") or one["type"]

    def of_kind(self, *kinds: str) -> list[str]:
        return [name for name in self.metrics if self.kind_of(name) in kinds]

    # Conditions.

    def expression(self, kind: str) -> str:
        name = self.pick(*self.of_kind(kind))
        if kind == "number":
            return self.number(2)
        if kind == "flag":
            return self.condition(1)
        if kind == "category":
            return f"{self.condition(1)} ? {name} : '{self.pick(*TEXTS)}'"
        return self.pick(name, f"max({name}, as_of)", f"min({name}, date('2026-11-20'))")

    def number(self, depth: int, extra: tuple = ()) -> str:
        if depth == 0 or self.chance(0.3):
            names = [*self.of_kind("number", "money"), *extra]
            return self.pick(self.pick(*names), self.pick(*names), str(self.pick(0, 1, 2, 0.5, 60)))
        a, b = self.number(depth - 1, extra), self.number(depth - 1, extra)
        date = self.pick(*self.of_kind("date"))
        return self.pick(
            f"({a} / {b})",
            f"({a} + {b})",
            f"({a} * {b})",
            f"({a} - {b})",
            f"min({a}, {b})",
            f"abs({a})",
            f"days_since({date})",
        )

    def condition(self, depth: int = 2, extra: tuple = ()) -> str:
        if depth and self.chance(0.6):
            a, b = self.condition(depth - 1, extra), self.condition(depth - 1, extra)
            return self.pick(f"({a} && {b})", f"({a} || {b})", f"!({a})", f"({a} && {b})")
        scores = [name for name in extra if name != "coverage"]
        what = self.pick(
            "number", "number", "score", "score", "score", "flag", "text", "date", "has", "level"
        )
        sign = self.pick("<", "<=", ">", ">=", "==", "!=")
        if what == "score" and scores:
            name = self.pick(*scores)
            at = (
                self.pick("0.5", "1", "0.75")
                if name.endswith("coverage")
                else str(self.pick(20, 40, 50, 60, 60, 80))
            )
            return f"{name} {self.pick('<', '>=', sign)} {at}"
        if what == "flag":
            return self.pick(*self.of_kind("flag"))
        if what == "text":
            name = self.pick(*self.of_kind("category"))
            return self.pick(
                f"{name} == '{self.pick(*TEXTS)}'",
                f"{name} in ['pro', '東']",
                f"{name}.contains('i')",
            )
        if what == "date":
            name = self.pick(*self.of_kind("date"))
            return self.pick(
                f"days_since({name}) {sign} {self.pick(0, 7, 30)}",
                f"{name} {sign} date('2026-11-14')",
            )
        if what == "has":
            known = [one for one in scores if not one.endswith("coverage")]
            return f"has({self.pick(*self.metrics, *known)})"
        if what == "level" and self.levels:
            name = self.pick(*self.levels)
            member = self.pick(*self.levels[name])
            return self.pick(
                f"at_least({name}, '{member}')",
                f"{name} == '{member}'",
                f"{name} in ['{member}']",
                f"has({name})",
            )
        return f"{self.number(1)} {sign} {self.pick(*range(11), 0.3, 60)}"

    # Rules.

    def response(self, kind: str) -> dict:
        if kind == "flag":
            return self.pick({}, {"invert": True})
        if kind == "category":
            table = {text: self.score() for text in TEXTS if self.chance(0.6)} or {"pro": 100}
            return {"table": table} | self.pick({}, {"else": self.score()})
        if kind == "date":
            days = sorted({self.pick(0, 1, 7, 14, 30, 60, 365) for _ in range(4)} | {0, 90})
            if self.chance(0.3):
                days.append(days[-1])
            return {
                self.pick("days_since", "days_since", "days_until"): [
                    [day, self.score()] for day in days
                ]
            }
        what = self.pick("curve", "curve", "steps", "percentile")
        if what == "curve":
            return {
                "curve": [[at, self.score()] for at in self.ascending(self.pick(2, 3, 4, 6), 0.4)]
            }
        if what == "percentile":
            return {"percentile": self.ascending(self.pick(2, 3, 5), 0.6)}
        return {"steps": [[at, self.score()] for at in self.ascending(3)]} | self.pick(
            {}, {"below": self.score()}
        )

    def component(self) -> dict:
        if self.chance(0.15):
            of = self.pick(["m0", "m1"], ["n0", "n1"], ["n1", "n0"])
            out = (
                {"share": of}
                | self.pick({}, {"of_zero": self.pick(0, 1, 0.3)})
                | self.response("number")
            )
        else:
            name = self.pick(*self.metrics)
            out = {"metric": name} | self.response(
                {"money": "number"}.get(self.kind_of(name), self.kind_of(name))
            )
        if self.chance(0.6):
            out["weight"] = self.weight()
        if self.chance(0.4):
            out["missing"] = self.pick(
                "renormalize", "pessimistic", "pessimistic", {"prior": self.score()}, "fail"
            )
        return out

    def bounds(self, own: tuple) -> dict:
        """Caps and override."""
        names = own + tuple(self.groups) + tuple(f"{name}.coverage" for name in self.groups)
        names += tuple(f"{name}.{part}" for name, parts in self.groups.items() for part in parts)
        out: dict = {}
        if self.chance(0.35):
            caps = [
                {"when": self.condition(2, names), "at_most": self.score()}
                for _ in range(self.pick(1, 1, 2))
            ]
            out["caps"] = caps
        if self.chance(0.2):
            out["override"] = {
                "metric": self.pick("pulse", "pulse", "n0"),
                "mode": self.pick("replace", "floor", "ceiling"),
            }
        if self.chance(0.4):
            out["min_coverage"] = self.pick(0, 0.25, 0.5, 0.6, 0.75, 1)
        return out

    def make_group(self, name: str) -> dict:
        components = {f"k{i}": self.component() for i in range(self.pick(1, 1, 2, 3, 4))}
        if name == "touch":
            for part in components.values():
                if self.chance(0.4):
                    part["from"] = str(TODAY - datetime.timedelta(self.pick(-1, 0, 1, 20)))
                if self.chance(0.4):
                    until = str(TODAY + datetime.timedelta(self.pick(-1, 0, 1, 20)))
                    part["until"] = max(until, part.get("from", until))
        own = tuple(f"{name}.{part}" for part in [*components, "coverage"])
        out = {"components": components} | self.bounds(own)
        self.groups[name] = list(components)
        return out

    def model(self) -> dict:
        self.make_metrics()
        axes = sorted(self.random.sample(AXES, self.pick(1, 2, 3, 4, 5)))
        order = [*axes, "touch"] if self.chance(0.5) else axes
        self.random.shuffle(order)
        groups = {name: self.make_group(name) for name in order}
        out: dict = {
            "aiueo": 1,
            "name": "random",
            "currency": self.pick("JPY", "USD", "KWD"),
            "metrics": self.metrics,
        }
        if self.chance(0.5):
            out["time_zone"] = self.pick("Asia/Tokyo", "America/New_York", "UTC")
        if self.chance(0.5):
            roles = {"mrr": "m0", "contract_start": "d0"} | self.pick({}, {"mrr_before": "m1"})
            out |= {"roles": roles, "steps": self.pick({}, {"threshold": self.pick(20, 50, 60)})}
        touch = groups.pop("touch", None)
        if touch:
            out["touch"] = touch
        out["axes"] = {name: groups[name] for name in axes}
        weights = {name: self.weight() for name in axes if self.chance(0.8)} or {axes[0]: 1}
        overall: dict = {"weights": weights} | self.bounds(("overall.coverage",))
        if self.chance(0.3):
            overall["combine"] = self.pick("minimum", "weighted_mean")
        if self.chance(0.5):
            overall["min_axes"] = self.pick(1, 2, 3)
        out["overall"] = overall
        self.groups["overall"] = []
        if self.chance(0.7):
            edges = sorted({self.pick(20, 40, 33.3, 60, 80) for _ in range(4)})
            out["bands"] = {"edges": edges, "names": [f"Lv{i}" for i in range(len(edges) + 1)]}
            if self.chance(0.3):
                out["bands"]["of"] = self.pick(*axes)
            self.levels["band"] = out["bands"]["names"]
        ladders: dict = {}
        for name in self.pick([], ["stage"], ["stage"], ["stage", "trust"]):
            ladders[name] = [{"name": "R0"}] + [self.rung(i) for i in range(1, self.pick(2, 3, 4))]
            self.levels[name] = [rung["name"] for rung in ladders[name]]
        if ladders:
            out["ladders"] = ladders
        out["profiles"] = [self.profile(i, out) for i in range(self.pick(0, 0, 1, 2))]
        if not out["profiles"]:
            del out["profiles"]
        for one in self.metrics.values():
            one.pop("kind", None)
        return out

    def rung(self, i: int) -> dict:
        names = tuple(self.groups) + tuple(f"{name}.coverage" for name in self.groups)
        names += tuple(f"{name}.{part}" for name, parts in self.groups.items() for part in parts)
        out = {"name": f"R{i}", "when": self.condition(2, names)}
        if self.chance(0.4):
            out["expected_by_days"] = self.pick(0, 7, 30)
        return out

    def profile(self, i: int, model: dict) -> dict:
        patch: dict = {}
        axis = self.pick(*model["axes"])
        part = self.pick(*model["axes"][axis]["components"])
        if self.chance(0.7):
            change = self.pick(
                {"weight": self.weight()},
                {"missing": self.pick("fail", "pessimistic", None)},
                {"weight": None},
            )
            patch["axes"] = {axis: {"components": {part: change}}}
            if self.chance(0.3):
                patch["axes"][axis] |= {"caps": None, "min_coverage": self.pick(0.1, 1)}
        weights = model["overall"]["weights"]
        if self.chance(0.7):
            name = self.pick(*weights)
            value = None if len(weights) > 1 and self.chance(0.5) else self.weight()
            patch["overall"] = {
                "weights": {name: value},
                "combine": self.pick("minimum", "weighted_mean", None),
            }
        if "bands" in model and self.chance(0.4):
            patch["bands"] = {
                "edges": [edge + self.pick(-1, 0.5, 3) / 8 for edge in model["bands"]["edges"]]
            }
        self.levels, levels = {}, self.levels  # none may be computed from itself
        if "stage" in model.get("ladders", {}) and self.chance(0.5):
            patch["ladders"] = {"stage": {"R1": {"when": self.condition(1)}}}
        when = self.condition(1)
        self.levels = levels
        return {"name": f"p{i}", "when": when, "patch": patch or {"overall": {"min_axes": 1}}}

    # Tables.

    def cell(self, name: str, model: dict, spots: list[float]) -> str:
        kind = self.metrics[name]["type"]
        if self.chance(0.2):
            return ""
        if kind == "category":
            return self.pick(*TEXTS, "other")
        if kind == "flag":
            return self.pick(
                "true", "false", "true", "false", "1", "0", "2" if self.chance(0.1) else "no"
            )
        if kind == "date":
            return self.date()
        if kind == "money":
            digits = {"JPY": 0, "USD": 2, "KWD": 3}[model["currency"]]
            amount = self.pick(0, 1, 3, 12, 100, -1, self.random.randrange(10**6)) * self.pick(
                1, 1, 10**-digits
            )
            return f"{amount:.{digits}f}" + ("5" if digits and self.chance(0.05) else "")
        if name == "pulse":
            return str(self.pick(0, 5, 33.3, 60, 77.7, 100, 101))
        if self.chance(0.6):
            return repr(self.pick(*spots))
        return self.pick(
            repr(self.random.uniform(-3, 13)),
            repr(round(self.random.uniform(0, 12), 1)),
            str(self.random.randrange(12)),
            "1e400" if self.chance(0.05) else "-0",
        )

    def day(self) -> str:
        ago = [-400, -91, -30, -1, 0, 0, 1, 6, 7, 8, 13, 29, 30, 31, 59, 60, 179, 180, 181, 366]
        return str(TODAY - datetime.timedelta(self.pick(*ago)))

    def date(self) -> str:
        day = self.day()
        if self.chance(0.05):
            hour, offset = (
                self.pick("00", "03", "12", "15", "23"),
                self.pick("Z", "+09:00", "-05:00"),
            )
            return f"{day}T{hour}:30:00{offset}"
        return day

    def tables(self, model: dict, rows: int) -> tuple[str, str | None]:
        columns = [name for name, one in model["metrics"].items() if "type" in one]
        spots = [0.0, 1.0, 3.0, 5.0, 10.0]
        for group in [*model["axes"].values(), model.get("touch", {"components": {}})]:
            for part in group["components"].values():
                spots += [float(at) for at, _ in part.get("curve", []) + part.get("steps", [])] + [
                    float(at) for at in part.get("percentile", [])
                ]
        aged = [name for name in columns if "max_age_days" in model["metrics"][name]]
        lines = [",".join(["customer", "as_of", *columns, *[f"{name}@" for name in aged]])]
        for i in range(rows):
            cells = ["" if self.chance(0.02) else self.cell(name, model, spots) for name in columns]
            if self.chance(0.03):
                cells = [""] * len(columns)
            seen = ["" if self.chance(0.1) else self.date() for _ in aged]
            day = TODAY - datetime.timedelta(self.pick(0, 0, 0, 1, 30))
            lines.append(",".join([f"c-{i}", str(day), *cells, *seen]))
        acts = None
        if any("from" in one for one in model["metrics"].values()) and self.chance(0.8):
            made = ["customer,initiative,date,attended,responded"]
            for _ in range(2 * rows):
                dates = [self.day() if self.chance(0.8) else "" for _ in range(3)]
                made.append(
                    ",".join(
                        [
                            f"c-{self.random.randrange(rows)}",
                            self.pick("call", "visit", "mail"),
                            dates[0] or str(TODAY),
                            *dates[1:],
                        ]
                    )
                )
            acts = "\n".join(made) + "\n"
        return "\n".join(lines) + "\n", acts


def random_case(seed: int, rows: int) -> tuple[str, str, str | None]:
    maker = Maker(seed)
    model = maker.model()
    snapshots, initiatives = maker.tables(model, rows)
    return json.dumps(model, ensure_ascii=False), snapshots, initiatives
