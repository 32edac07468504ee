"""A model file as the scores reference reads it: profiles applied, conditions read."""

from __future__ import annotations

import copy
import json

import conditions_reference as conditions

GROUPS = ["A", "I", "U", "E", "O", "touch"]
AXES = GROUPS[:5]


# Conditions, as in conditions_reference, with the names that scores add.


class Reader(conditions.Reader):
    def primary(self):
        tree = super().primary()
        if tree[0] == "name" and tree[1] in [*GROUPS, "overall"] and self.peek() == ".":
            self.take(".")
            return ("name", f"{tree[1]}.{self.take()[1]}")
        return tree


def read_condition(source: str):
    return with_levels(Reader(source).whole())


def with_levels(tree):
    """at_least(stage, 'Active') as the name "at_least stage Active"."""
    if tree[0] == "at_least":
        return ("name", f"at_least\0{tree[1][1]}\0{tree[2][1]}")
    if tree[0] in ("value", "name"):
        return tree
    return (tree[0], *map(with_levels, tree[1:]))


def names_in(tree) -> set[str]:
    if tree[0] == "name":
        return {tree[1]}
    return set() if tree[0] == "value" else set().union(*map(names_in, tree[1:]))


# The model.


def merge(target, patch):
    """JSON Merge Patch, RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    out = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            out.pop(key, None)
        else:
            out[key] = merge(out.get(key), value)
    return out


def rungs_of(ladder) -> list[dict]:
    return ladder["rungs"] if isinstance(ladder, dict) else ladder


def patched(model: dict, patch: dict) -> dict:
    keys = ["touch", "axes", "overall", "bands"]
    rules = merge(
        {key: model[key] for key in keys if key in model},
        {k: v for k, v in patch.items() if k in keys},
    )
    rules["ladders"] = copy.deepcopy(model.get("ladders", {}))
    for ladder, rungs in patch.get("ladders", {}).items():
        for rung in rungs_of(rules["ladders"][ladder]):
            rung.update(rungs.get(rung["name"], {}))
    return rules


class Rules:
    """What a profile may change: groups, overall, ladders and bands."""

    def __init__(self, tree: dict):
        groups = dict(tree.get("axes", {}))
        if "touch" in tree:
            groups["touch"] = tree["touch"]
        self.groups: dict[str, dict] = {name: groups[name] for name in GROUPS if name in groups}
        self.overall: dict = tree.get("overall", {})
        weights = self.overall.get("weights")
        if weights is None:
            weights = {name: 1 for name in self.groups if name in "IUEO"}
        self.weights = {
            name: float(weights[name]) for name in AXES if weights.get(name) and name in self.groups
        }
        self.ladders: dict[str, list[dict]] = {
            name: rungs_of(one) for name, one in tree.get("ladders", {}).items()
        }
        self.bands: dict | None = tree.get("bands")
        self.caps = {
            name: [
                (read_condition(cap["when"]), float(cap["at_most"])) for cap in one.get("caps", [])
            ]
            for name, one in [*self.groups.items(), ("overall", self.overall)]
        }
        self.rungs = {
            name: [read_condition(rung["when"]) if "when" in rung else None for rung in rungs]
            for name, rungs in self.ladders.items()
        }

    def reads(self) -> set[str]:
        out: set[str] = set()
        for one in [*self.groups.values(), self.overall]:
            for part in one.get("components", {}).values():
                out.update(part["share"] if "share" in part else [part["metric"]])
            if one.get("override"):
                out.add(one["override"]["metric"])
        for caps in self.caps.values():
            out.update(*[names_in(when) for when, _ in caps])
        for rungs in self.rungs.values():
            out.update(*[names_in(when) for when in rungs if when])
        return out


class Model:
    def __init__(self, text: str):
        self.tree = json.loads(text)
        self.metrics: dict[str, dict] = self.tree["metrics"]
        self.zone: str = self.tree.get("time_zone", "UTC")
        self.currency: str = self.tree.get("currency", "")
        self.roles: dict[str, str] = self.tree.get("roles", {})
        self.steps: dict | None = self.tree.get("steps")
        self.derived = {
            name: read_condition(one["derive"])
            for name, one in self.metrics.items()
            if "derive" in one
        }
        self.rules = Rules(self.tree)
        self.profiles = [
            (one["name"], read_condition(one["when"]), Rules(patched(self.tree, one["patch"])))
            for one in self.tree.get("profiles", [])
        ]
        self.read = self.metrics_read()

    def metrics_read(self) -> set[str]:
        todo = self.rules.reads()
        for _, when, rules in self.profiles:
            todo |= names_in(when) | rules.reads()
        if self.steps is not None:
            todo |= {
                self.roles[role]
                for role in ("contract_start", "mrr", "mrr_before")
                if role in self.roles
            }
        out: set[str] = set()
        while todo:
            name = todo.pop()
            if name in self.metrics and name not in out:
                out.add(name)
                todo |= names_in(self.derived[name]) if name in self.derived else set()
        return out

    def columns(self) -> list[str]:
        rules = self.rules
        out = ["customer", "as_of", "profile", *rules.groups]
        if rules.weights:
            out += ["overall", "coverage", "lower", "upper", "insufficient"]
        for name in rules.ladders:
            out += [name, f"{name}_provisional"]
        out += ["band"] if rules.bands else []
        if self.steps is not None:
            out += ["pattern", "accompany", "process", "success", "process.score", "success.score"]
        for name, group in rules.groups.items():
            out += [
                f"{name}.{part}" for part in ["coverage", "lower", "upper", *group["components"]]
            ]
        return [*out, "stale", "invalid", "unseen"]
