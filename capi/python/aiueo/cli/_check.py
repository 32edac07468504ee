"""aiueo check: every problem of a model, and what a good one says."""

from __future__ import annotations

import os
from typing import Any

import click
from rich.console import Group
from rich.text import Text

from .._ending import SAYS_NO
from .._errors import ModelError
from .._text import KANA, TITLES, named, number, rounded
from ..explain import in_english
from ..plan import Plan
from ..problems import Problems, problems_of, read_model
from ._app import limits, wants_json, with_json
from ._common import MODEL, console, grid, print_json


@click.command("check")
@MODEL
@with_json
def command(model: str) -> int:
    """Print every problem of MODEL with line and column, and describe a good one.

    Exit status: 0 usable (warnings are printed), 1 not usable, 2 the file cannot be read.
    """
    path = os.path.abspath(model) if model.lstrip()[:1] in ("{", "[") else model
    text, file = read_model(path, limits())
    found = problems_of(text, file, limits())
    described, custom = _described(text, file, found)
    if wants_json():
        print_json(
            {
                "usable": found.usable,
                "name": found.name,
                "fingerprint": found.fingerprint,
                "problems": [vars(one) for one in found],
                "profiles": found.profiles,
                "describe": described,
            }
        )
        return 0 if found.usable else SAYS_NO
    out = console()
    for one in found:
        style = "red" if one.level == "error" else "yellow"
        click.echo(click.style(f"{one.level}: ", fg=style) + one.text)
    if not found.usable:
        count = sum(one.level == "error" for one in found)
        click.echo(f"{model}: {count} error{'s' if count != 1 else ''}; the model cannot be used")
        return SAYS_NO
    click.echo(f"{model}: the model{named(found.name)} is good")
    if custom:
        click.echo(f"it needs scorers of the host's: {custom}")
    if described is not None:
        out.print(description(described))
    return 0


def _described(text: bytes, file: str, found: Problems) -> tuple[dict[str, Any] | None, str]:
    """What a usable model says; a model with custom scorers needs them to be compiled."""
    if not found.usable:
        return None, ""
    try:
        plan = Plan(text, file, None, limits=limits())
    except ModelError as failure:
        return None, str(failure)
    return plan.describe(), ""


def description(described: dict[str, Any]) -> Group:
    """Metrics, axes, ladders, profiles, in a few tables."""
    parts: list[Any] = [Text(f"fingerprint {described['fingerprint'][:16]}")]
    read = [one for one in described["metrics"] if one["read"]]
    unread = [one["name"] for one in described["metrics"] if not one["read"]]
    words = [
        f"{one['name']} ({one['type']}{_origin(one)}"
        + (f", {one['max_age_days']} days" if "max_age_days" in one else "")
        + ")"
        for one in read
    ]
    parts.append(Text(f"\nmetrics: {', '.join(words)}"))
    if unread:
        parts.append(Text(f"not read by scoring: {', '.join(unread)}"))
    rows = []
    for axis in described["axes"]:
        total = sum(part["weight"] for part in axis["components"])
        for k, part in enumerate(axis["components"]):
            rows.append(
                [
                    f"{KANA[axis['name']]} {TITLES[axis['name']]}" if k == 0 else "",
                    part["name"],
                    ", ".join(part["metrics"]),
                    part["response"],
                    f"{rounded(100 * part['weight'] / total, 0)}%",
                    _weight(axis) if k == 0 else "",
                ]
            )
    head = ["axis", "component", "from", "response", "weight", "in overall"]
    parts += [Text(), grid("", head, rows, left=4)]
    for ladder in described["ladders"]:
        rows = [
            [
                rung["name"],
                in_english(rung.get("meaning")),
                f"{rung['expected_by_days']} days" if "expected_by_days" in rung else "",
                f"until {rung['review_by']}"
                if "review_by" in rung
                else "hypothesis"
                if rung.get("hypothesis")
                else "",
            ]
            for rung in ladder["rungs"]
        ]
        head = [ladder["name"], "meaning", "expected by", "hypothesis"]
        parts += [Text(), grid("", head, rows, left=4)]
    if described.get("bands"):
        bands = described["bands"]
        edges = ", ".join(number(float(edge)) for edge in bands["edges"])
        parts.append(Text(f"\nbands of {bands['of']} at {edges}: {', '.join(bands['names'])}"))
    for profile in described["profiles"]:
        if profile["changes"]:
            parts.append(Text(f"\nprofile {profile['name']} changes:"))
            parts += [Text(f"  {change}") for change in profile["changes"]]
    parts.append(Text(f"\n{_size(described['evidence'])}"))
    return Group(*parts)


def _size(evidence: dict[str, Any]) -> str:
    """How large evidence of the model gets in memory."""

    def megabytes(integers: int) -> str:
        return f"{rounded(8 * integers / 1e6, 1)} MB"

    each = sum(
        table["integers"]
        for table in evidence["tables"]
        if table["name"].partition(" by ")[0] in ("ends", "scores") and table["blocks"] is None
    )
    return (
        f"evidence: {megabytes(evidence['integers'])} in memory for "
        f"{evidence['months']} months at most"
        + (f", {megabytes(each)} a level of every segment" if each else "")
        + ", raw metrics by the values that there are"
    )


def _origin(metric: dict[str, Any]) -> str:
    return {"derived": ", derived", "initiatives": ", counted"}.get(metric["from"], "")


def _weight(axis: dict[str, Any]) -> str:
    weight = axis["weight"]
    return number(float(weight)) if weight else "–"
