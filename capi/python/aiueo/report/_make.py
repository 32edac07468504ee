"""From tables to the page: scored once, counted once, drawn in each language."""

from __future__ import annotations

import base64
import datetime
import hashlib
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Union

from .._dates import DateLike, date_of, day_of
from .._errors import INVALID_ARGUMENT, ArgumentError, Error
from .._histories import arrow_of
from .._initiatives import COLUMNS as INITIATIVE_COLUMNS
from .._initiatives import Initiatives
from .._library import version
from .._optional import needed, optional
from .._text import number
from .._whole_file import WholeFile
from ..actions import Actions
from ..evidence import Evidence
from ..explain import Record
from ..finding import Finding
from ..plan import Plan, load
from ..plot._words import key_of, title_of
from ..summary import LACKS_INITIATIVES
from ._acts import happened, to_send, today_of, unranked
from ._clean import clean, data_block
from ._customers import customers
from ._glance import Now, tiles
from ._lists import Lists, lists, newest
from ._panel import Panel, arrow_table, monthly
from ._plan import plan_section
from ._sections import Figure, Pages, Section
from ._svg import colour_rules, drawn
from ._today import MOST_CUSTOMERS, Wanted, model_of, open_contracts, today
from ._words import LANGUAGES, script_words, words

#: Studies that the page shows, in its order.
_STUDIES = ("renewal", "bottleneck", "forecast", "nrr", "validation", "drift")
_SLOWEST = "forecast"
#: What the action takes.
_MOST_CAPACITY = 1e12
_LIBRARIES = ("altair", "jinja2", "pyarrow", "vl_convert")
_HERE = Path(__file__).parent

ModelOrPlan = Union[Plan, str, "os.PathLike[str]", bytes, Mapping[str, Any]]


def page(
    model: ModelOrPlan,
    snapshots: Any,
    contracts: Any,
    *,
    initiatives: Any = None,
    ranks: Any = None,
    ledger: Any = None,
    data_until: DateLike | None = None,
    language: str = "both",
    drop_leaks: bool = False,
    missing_columns: str = "error",
    null_texts: Iterable[str] = (),
    threads: int = 1,
    most: int = MOST_CUSTOMERS,
    capacity: float | None = None,
) -> str:
    """The report of a portfolio: one HTML page that loads nothing, in English, Japanese or both.

    ``model``: a plan, or what `aiueo.load` takes. The tables as in `Plan.evidence`; ``data_until``
    is the day that the report is of, by default that of the latest snapshot. ``language``: "en",
    "ja" or "both". ``most``: so many customers are listed, with their explanations; at most 1,000.
    ``capacity``: the effort that there is for the list, as the action "priority" has it; by default
    the model's, without that as much as it takes. Of initiatives that were prepared by the plan
    triggers know nothing, unless they are of a PyArrow table.

    Raises what `Plan.evidence` raises; ArgumentError for another language, or a capacity below 0. A
    study or a list that cannot be made of this history says so in its place.
    """
    _need_libraries()
    languages = _languages(language)
    if not 0 <= most <= MOST_CUSTOMERS:
        raise ArgumentError(INVALID_ARGUMENT, f"most is {most}; 0 to {MOST_CUSTOMERS} are possible")
    if capacity is not None and not 0 <= capacity <= _MOST_CAPACITY:
        raise ArgumentError(
            INVALID_ARGUMENT, f"capacity is {capacity}; it is a number from 0 to {_MOST_CAPACITY:g}"
        )
    plan = model if isinstance(model, Plan) else load(model)
    content = _content(
        plan,
        arrow_table(snapshots),
        arrow_table(contracts),
        initiatives=initiatives,
        ranks=ranks,
        ledger=ledger,
        data_until=data_until,
        drop_leaks=drop_leaks,
        columns={"missing_columns": missing_columns, "null_texts": tuple(null_texts)},
        threads=threads,
        most=most,
        capacity=capacity,
    )
    return _rendered(plan, content, languages)


def write(path: str | os.PathLike[str], *args: Any, **options: Any) -> int:
    """`page` into a file, whole or not at all; ``-`` is standard output. Returns its bytes."""
    raw = page(*args, **options).encode("utf-8", "replace")
    with WholeFile(os.fspath(path)) as file:
        file.write(raw)
    return len(raw)


def _need_libraries() -> None:
    """Before any work: what draws the page."""
    missing = [name for name in _LIBRARIES if optional(name) is None]
    if missing:
        raise ImportError(f'a report needs {", ".join(missing)}: pip install "aiueo[report]"')


def _languages(language: str) -> tuple[str, ...]:
    if language == "both":
        return LANGUAGES
    if language not in LANGUAGES:
        raise ArgumentError(
            INVALID_ARGUMENT, f"language {language!r} is none of 'en', 'ja', 'both'"
        )
    return (language,)


class _Content:
    """What every language's edition is made of."""

    day: datetime.date
    now: Now
    lists: Lists
    listed: list[Wanted]
    alerts: list[Record]
    messages: list[Record]
    open: int
    months: dict[str, Any]
    found: dict[str, Finding | str]
    counts: dict[str, int]
    doubts: list[str]


def _content(
    plan: Plan,
    table: Any,
    ends: Any,
    *,
    initiatives: Any,
    ranks: Any,
    ledger: Any,
    data_until: DateLike | None,
    drop_leaks: bool,
    columns: dict[str, Any],
    threads: int,
    most: int,
    capacity: float | None,
) -> _Content:
    out = _Content()
    if initiatives is not None and not isinstance(initiatives, Initiatives):
        # A stream is read once, and triggers prepare what was done in their own way.
        initiatives = arrow_of(initiatives, INITIATIVE_COLUMNS, "initiatives")
    done = None if initiatives is None else plan.initiatives(initiatives, keep_all=True)
    contracts = plan.contracts(ends)
    batch = plan.batch(table, initiatives=done, all_metrics=True, **columns)
    until = data_until if data_until is not None else batch.latest_as_of()
    if until is None:
        raise ArgumentError(
            INVALID_ARGUMENT,
            "the snapshots have no rows; a report needs at least one, or data_until",
        )
    day = day_of(until, "data_until", plan.time_zone)
    out.day = date_of(day)
    scores = plan.score(batch, threads=threads)
    seen = Evidence(plan, drop_leaks)._all(
        batch,
        contracts,
        initiatives=done,
        ranks=ranks,
        ledger=ledger,
        data_until=out.day,
        threads=threads,
        **columns,
    )
    out.counts = seen.counts
    # The study that takes longest beside all that does not wait for it, where there is a thread.
    beside = ThreadPoolExecutor(1) if threads > 1 else None
    slow = beside.submit(_study, seen, _SLOWEST) if beside else None
    quick = {name: _study(seen, name) for name in _STUDIES if slow is None or name != _SLOWEST}
    out.doubts = [*contracts.warnings, *(done.warnings if done is not None else [])]
    if plan.needs_initiatives and done is None:
        out.doubts.append(LACKS_INITIATIVES)
    panel = Panel(scores)
    options = {"initiatives": done, "threads": threads, **columns}
    out.months = dict(monthly(plan, table, until=out.day, panel=panel, **options))
    latest = panel.latest(day)
    held = open_contracts(plan, ends, day, latest)
    rows = [one.row for one in held if one.row is not None and not one.trial]
    own = plan.score(table.take(rows), detail=True, check=False, **options) if rows else None
    out.now = Now(held, own)
    ladder = next(iter(plan.ladders), None)
    stages = scores[ladder].codes if ladder is not None else ()
    out.lists = lists(
        plan,
        batch,
        table,
        ends,
        panel,
        latest,
        day,
        seen,
        initiatives=done,
        capacity=capacity,
        most=most,
        columns=columns,
    )
    ranked = _rows(out.lists.priority, most) if unranked(out.lists) is None else []
    out.listed = today(plan, batch, stages, held, most, ranked, latest)
    out.alerts = _picked(out.lists.alerts, "alerts", "alert")
    out.messages = _picked(out.lists.triggers, "triggers", "initiative")
    out.open = len(held)
    if beside and slow:
        quick[_SLOWEST] = slow.result()
        beside.shutdown()
    out.found = {name: quick[name] for name in _STUDIES}
    return out


def _rows(made: Actions | str, most: int) -> list[Record]:
    return [] if isinstance(made, str) else made.rows(0, most)


def _picked(made: Actions | str | None, key: str, column: str) -> list[Record]:
    """The rows that the page has room for; each alert or trigger under the key `key[:-1]`."""
    if not isinstance(made, Actions):
        return []
    return newest(made, column, [one[key[:-1]] for one in made.head[key]])


def _study(seen: Evidence, name: str) -> Finding | str:
    """A finding, or why there is none."""
    try:
        return seen.study(name)
    except Error as failure:
        return str(failure)


# ── as a page ────────────────────────────────────────────────────────────────────────────────


def _rendered(plan: Plan, content: _Content, languages: tuple[str, ...]) -> str:
    jinja = needed("jinja2", "a report")
    markup = needed("markupsafe", "a report").Markup
    loader = jinja.FileSystemLoader(str(_HERE))
    # Everything that a template shows passes through autoescape and `clean`.
    make = jinja.Environment(
        loader=loader, autoescape=True, finalize=clean, trim_blocks=True, lstrip_blocks=True
    )
    make.filters["held"] = _held
    style = f"{(_HERE / 'page.css').read_text(encoding='utf-8')}\n{colour_rules()}\n"
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    known = customers(plan, content.listed, content.alerts, content.messages, languages)
    known["capacity"] = _capacity(content.lists)
    known["digits"] = plan.describe().get("minor_digits") or 0
    known["words"] = {language: script_words(language) for language in languages}
    with _unchecked():
        editions = [_edition(plan, content, language, markup) for language in languages]
    return str(
        make.get_template("page.html").render(
            name=plan.name,
            day=content.day.isoformat(),
            editions=editions,
            first=languages[0],
            policy=_policy(style, script),
            style=markup(style),
            script=markup(script),
            data=markup(data_block(known)),
            version=version(),
        )
    )


def _capacity(made: Lists) -> float | None:
    """The effort that there is, where the list goes by gain."""
    if unranked(made) is not None or isinstance(made.priority, str):
        return None
    capacity: float | None = made.priority.head["capacity"]
    return capacity


def _held(text: str) -> str:
    """A sentence whose numbers do not part from their percent signs at the end of a line."""
    return text.replace(" %", "\u00a0%")


def _unchecked() -> Any:
    """Altair's check of every part of a chart costs more than the drawing; tests have it on."""
    return needed("altair", "a report").utils.schemapi.debug_mode(False)


def _policy(style: str, script: str) -> str:
    """Nothing is loaded, and nothing runs but what the page was made with."""
    hashes = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (style, script)
    ]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _edition(plan: Plan, content: _Content, language: str, markup: Any) -> dict[str, Any]:
    w = words(language)
    goals = [one for one in model_of(plan).get("goals", {}).values() if isinstance(one, dict)]
    pages = Pages(plan, goals, language)
    sections = [pages.months(content.months)]
    for name in _STUDIES:
        sections.append(pages.of(name, content.found[name]))
        if name == "forecast":
            sections.append(plan_section(content.found["nrr"], content.lists.goals, language))
    made = content.lists
    return {
        "language": language,
        "w": w,
        "tiles": tiles(plan, content.now, content.found["nrr"], goals, language),
        "today": today_of(plan, made, content.listed, content.open, pages.names, language),
        "lists": [
            happened(plan, made.alerts, len(content.alerts), language),
            to_send(plan, made.triggers, len(content.messages), language),
        ],
        "sections": [_shown(one, language, w, markup) for one in sections],
        "basis": _basis(plan, content, w),
        "doubts": content.doubts,
    }


def _shown(section: Section, language: str, w: Mapping[str, str], markup: Any) -> dict[str, Any]:
    return {
        "name": section.name,
        "title": w[section.name],
        "section": section,
        "missing": section.missing,
        "figures": [_figure(one, language, markup) for one in section.figures],
    }


def _figure(one: Figure, language: str, markup: Any) -> dict[str, Any]:
    title = title_of(one.name, language)
    wide, narrow = (drawn(one.chart(width), title) for width in one.widths)
    return {
        "name": one.name,
        "title": title,
        "key": key_of(one.name, language),
        "wide": markup(wide),
        "narrow": markup(narrow),
        "table": one.table,
        "half": one.widths[0] < 500,
    }


def _basis(plan: Plan, content: _Content, w: Mapping[str, str]) -> list[tuple[str, str]]:
    counts = content.counts
    return [
        (w["model"], f"{plan.name or '–'} ({w['fingerprint'].format(plan.fingerprint[:12])})"),
        (w["customers_seen"], number(counts["customers"])),
        (w["snapshots"], number(counts["rows"])),
        (w["ends"], number(counts["ends"])),
        (w["observed_pairs"], number(counts["observed"])),
        (w["unobserved"], number(counts["unobserved"])),
    ]


__all__ = ["ModelOrPlan", "page", "write"]
