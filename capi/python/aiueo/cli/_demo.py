"""aiueo demo: a portfolio with a known truth, scored, and what a person wants to see first."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from .._text import KANA, TITLES, number
from ..plan import Plan, load
from ..scores import Scores
from ._app import stop_on_terminate, wants_json, with_json
from ._common import console, grid, print_json
from ._explain import gaps_of, show
from ._files import WholeFile
from ._summary import show_summary

_TABLES = ("snapshots", "contracts", "ledger", "initiatives", "ranks")


@click.command("demo")
@click.option("--customers", default=2000, show_default=True, type=click.IntRange(20, 200_000))
@click.option("--months", default=24, show_default=True, type=click.IntRange(6, 60))
@click.option("--seed", default=7, show_default=True, help="Another seed, another portfolio.")
@click.option(
    "--world",
    "planted",
    default="one-segment",
    show_default=True,
    metavar="NAME",
    help="What is true in it: flows, broken-1-2, leaky-2-3, starved-3-4, confounded, …",
)
@click.option("--write", "folder", metavar="DIR", help="Write model, tables and scores there.")
@with_json
@stop_on_terminate
def command(customers: int, months: int, seed: int, planted: str, folder: str | None) -> None:
    """Simulate a portfolio, score today's snapshots, and show what came out."""
    from .. import sim

    if planted not in sim.worlds:
        raise click.BadParameter(
            f"there is no world {planted!r}; there are {', '.join(sim.worlds)}",
            param_hint="'--world'",
        )
    out = console()
    if not wants_json():
        out.print(
            Text(
                f"simulating {customers:,} customers over {months} months (seed {seed}); in this"
                f" world {sim.worlds[planted].about} …"
            )
        )
    world = sim.worlds[planted].simulate(customers=customers, months=months, seed=seed)
    model = world.model()
    plan = load(model)
    today = sim.latest(world.snapshots)
    today = today[~(today["contract_end"] <= world.data_until)]
    initiatives = plan.initiatives(world.initiatives)
    began = time.perf_counter()
    batch = plan.batch(today, initiatives=initiatives)
    scores = plan.score(batch)
    seconds = time.perf_counter() - began
    picked = _worth_a_look(scores)
    files = _write(folder, world, model, scores) if folder else []
    if wants_json():
        print_json(
            {
                **scores.summary(),
                "look_at": [scores["customer"][row] for row in picked],
                "written": files,
            }
        )
        return
    _show(out, plan, batch, scores, today, picked, seconds)
    _next_steps(out, folder, files, scores["customer"][picked[0]] if picked else None)


def _worth_a_look(scores: Scores, count: int = 10) -> list[int]:
    """The lowest overall scores that are known, of customers who pay: there is a reason to talk."""
    overall = scores["overall"].tolist()
    paying = scores["profile"] == "default"
    known = [row for row, value in enumerate(overall) if value == value and paying[row]]
    return sorted(known, key=lambda row: (overall[row], scores["customer"][row]))[:count]


def _show(
    out: Console,
    plan: Plan,
    batch: Any,
    scores: Scores,
    today: Any,
    picked: list[int],
    seconds: float,
) -> None:
    titles = ", ".join(f"{KANA[name]} {TITLES[name]}" for name in ["A", *plan.axes] if name in KANA)
    out.print(Text(f"axes: {titles}\n", style="dim"))
    out.rule("the portfolio today", align="left")
    show_summary(out, scores.summary(), seconds, plan)
    out.print()
    out.rule("ten customers that deserve a look", align="left")
    rows = [_line(plan, batch, scores, today, row) for row in picked]
    head = ["customer", "MRR", "contract ends", "overall", "stage", "pattern", "could gain most"]
    words = ("contract ends", "stage", "pattern", "could gain most")
    out.print(grid("", head, rows, words=words))
    if picked:
        out.print()
        out.rule("one of them explained", align="left")
        why = plan.explain(batch, row=picked[0])
        show(out, why, gaps_of(plan, batch, picked[0], None))


def _line(plan: Plan, batch: Any, scores: Scores, today: Any, row: int) -> list[str]:
    stage = scores["stage"][row] or "–"
    could = scores["stage_provisional"][row]
    movers = plan.explain(batch, row=row)["movers"]
    moved = [f"{one['component']} +{number(one['points'])}" for one in movers[:2]]
    mrr = "–" if today.missing("mrr")[row] else number(int(today["mrr"][row]))
    return [
        scores["customer"][row],
        mrr,
        str(today["contract_end"][row]).replace("NaT", "–"),
        number(float(scores["overall"][row])),
        f"{stage}, perhaps {could}" if could else stage,
        scores["pattern"][row] or "–",
        ", ".join(moved),
    ]


def _write(folder: str, world: Any, model: dict[str, Any], scores: Scores) -> list[str]:
    """The model, the five tables and today's scores, each file whole or not at all."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    written = []
    for name in _TABLES:
        path = place / f"{name}.csv"
        world.tables[name].write_csv(path)
        written.append(str(path))
    path = place / "model.json"
    with WholeFile(str(path)) as file:
        file.write(json.dumps(model, ensure_ascii=False, indent=2).encode() + b"\n")
    written.append(str(path))
    path = place / "scores_today.csv"
    from ._write import Writer

    table = scores.to_arrow()
    with WholeFile(str(path)) as file:
        writer = Writer(file, str(path), table.schema, formula_safe=False)
        for batch in table.to_batches():
            writer.write(batch)
        writer.close()
    written.append(str(path))
    return written


def _next_steps(out: Console, folder: str | None, files: list[str], customer: str | None) -> None:
    out.print()
    out.rule("next", align="left")
    if files:
        out.print(Text(f"written to {folder}: {', '.join(Path(file).name for file in files)}"))
    place = folder or "aiueo-demo"
    if not files:
        out.print(Text(f"  aiueo demo --write {place}"))
    files_of = f"{place}/model.json {place}/snapshots.csv --initiatives {place}/initiatives.csv"
    out.print(Text(f"  aiueo check {place}/model.json"), soft_wrap=True)
    out.print(Text(f"  aiueo score {files_of} -o {place}/scores.parquet"), soft_wrap=True)
    history = files_of.replace(" --", f" {place}/contracts.csv --")
    out.print(Text(f"  aiueo study bottleneck {history}"), soft_wrap=True)
    out.print(Text(f"  aiueo study renewal {history}"), soft_wrap=True)
    if customer and files:
        out.print(Text(f"  aiueo explain {files_of} --customer {customer}"), soft_wrap=True)
