"""What a study of evidence found: the library's JSON, readable, with what not to conclude."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from ._errors import INVALID_ARGUMENT, NOT_FOUND, ArgumentError, NotFoundError
from ._optional import needed
from ._text import number, pad, rounded, width
from .explain import Record, _page, in_english

#: Figures that are shares of something, shown in percent; others in three digits.
_SHARES = (
    "rate",
    "shrunken",
    "weighted",
    "retained",
    "difference",
    "exposed",
    "unexposed",
    "crude",
    "stratified",
    "chosen",
    "held_out",
    "effect",
    "agreed",
    "renewed",
)
#: Figures in points, shown with one digit.
_POINTS = ("earlier", "later", "change", "renewal")
#: Plain numbers that are shares.
_PLAIN_SHARES = ("share", "unknown_before", "unknown_after")
#: Findings with a page of their own, and where it is written; imported when somebody reads it.
_PAGES = {
    "bottleneck": "._bottleneck_text",
    "forecast": "._forecast_text",
    "nrr": "._nrr_text",
    "revenue": "._revenue_text",
}
#: In which findings speak.
_LANGUAGES = ("en", "ja")
#: Rows of a list with alarms that are shown beside those with one.
_CALM_ROWS = 10


class Told(str):
    """A sentence in English that has its Japanese beside it: ``found.sentence.ja``."""

    ja: str

    def __new__(cls, en: str, ja: str = "") -> Told:
        out = super().__new__(cls, en or ja)
        out.ja = ja or en
        return out

    @property
    def en(self) -> str:
        return str(self)

    def in_(self, language: str) -> str:
        """``"en"`` or ``"ja"``."""
        return self.ja if language == "ja" else str(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return Told, (str(self), self.ja)


_FIGURE = ("value", "lower", "upper", "n")


def _is_figure(value: Any) -> bool:
    """Some have what a test says of them as well: p, q."""
    return isinstance(value, dict) and value.keys() >= set(_FIGURE)


def _is_words(value: Any) -> bool:
    """Words for people, by language."""
    return isinstance(value, dict) and value.keys() == {"en", "ja"}


def _flat(row: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """A row with a figure as four columns: rate, rate_lower, rate_upper, rate_n; words in
    English."""
    out: dict[str, Any] = {}
    for key, value in row.items():
        name = before + key
        if _is_figure(value):
            out[name] = value["value"]
            out.update({f"{name}_{part}": value[part] for part in value if part != "value"})
        elif _is_words(value):
            out[name] = in_english(value)
        elif isinstance(value, dict):
            out.update(_flat(value, f"{name}_"))
        elif not isinstance(value, list):
            out[name] = value
        elif _is_list_of_words(value):
            out[name] = ", ".join(map(in_english, value))
    return out


def _is_list_of_words(value: Any) -> bool:
    some = isinstance(value, list) and len(value) > 0
    return some and all(isinstance(one, str) or _is_words(one) for one in value)


def _named_rows(one: Mapping[str, Any]) -> Rows | None:
    """The rows of what is a name and rows, and nothing else."""
    rows = [value for value in one.values() if isinstance(value, Rows)]
    names = [value for value in one.values() if value is None or isinstance(value, str)]
    return rows[0] if len(one) == 2 and len(rows) == len(names) == 1 else None


class Rows(list[Any]):
    """Objects of a finding, in order; each has its members as attributes. A text finds the one
    whose first member it is: ``found.links["2-3"]``."""

    def __getitem__(self, at: Any) -> Any:
        if not isinstance(at, str):
            return super().__getitem__(at)
        names = [next(iter(one.values()), None) for one in self]
        if at not in names:
            there = ", ".join(str(name) for name in names if isinstance(name, str)) or "none"
            raise NotFoundError(NOT_FOUND, f"nothing is called {at!r}; there are: {there}")
        return super().__getitem__(names.index(at))

    def flat(self) -> list[dict[str, Any]]:
        """Plain rows, a figure as four columns (``rate``, ``rate_lower``, ``rate_upper``,
        ``rate_n``); the rows of tables with what each table is of, and so what is a name and rows,
        such as a cohort and its months."""
        out = []
        named = [_named_rows(one) for one in self]
        if any(named) and None not in named:
            for one, rows in zip(self, named):
                name = {key: value for key, value in one.items() if value is not rows}
                out += [{**name, **row} for row in (rows or Rows()).flat()]
            return out
        # An empty list does not say of what it would be.
        words = {key for one in self for key, value in one.items() if _is_list_of_words(value)}
        for one in self:
            if isinstance(one, FindingTable):
                of = {key: value for key, value in one.items() if _is_plain(value)}
                out += [{**of, **row} for row in one.rows.flat()]
            else:
                none = {key: "" for key in words if one.get(key) == []}
                out.append({**_flat(one), **none})
        return out

    def text(self, title: str) -> str:
        """A line for each row below a line of the columns' names."""
        return "\n".join(_table_lines(title, self))

    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame`` of `flat`."""
        return needed("pandas", "to_pandas()").DataFrame(self.flat())


class FindingTable(Record):
    """A table of a finding: ``.rows``, and what it is of. Prints as text."""

    @property
    def rows(self) -> Rows:
        return self["rows"]  # type: ignore[no-any-return]

    def to_pandas(self) -> Any:
        """The rows as a ``pandas.DataFrame``; a figure is four columns (``rate``, ``rate_lower``,
        ``rate_upper``, ``rate_n``)."""
        return self.rows.to_pandas()

    def __str__(self) -> str:
        return "\n".join(_table_lines(_title(self), self.rows) + _note_lines(self))

    def __repr__(self) -> str:
        return str(self)


class Link(Record):
    """A link of the chain that the study "bottleneck" looks at. Prints as text."""

    currency: str | None = None
    _digits: int = 0

    def __str__(self) -> str:
        from ._bottleneck_text import link_page

        return link_page(self, self.currency, self._digits)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return _page(str(self))

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)


class Finding(Record):
    """What a study found. Made by ``evidence.study("renewal")``.

    The members of its JSON are items and attributes: ``found.tables[0].rows[0].rate.value``. A
    figure has ``value``, ``lower``, ``upper`` (its 95 % interval) and ``n``; None is not defined.
    Lists of tables and rows have ``to_pandas()``. Prints as text; ``text("ja")`` is in Japanese as
    far as the study says it.
    """

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._plain = dict(found)
        super().__init__({key: _members(value) for key, value in found.items()})
        if self._is_chain:
            for link in self["links"]:
                link.currency, link._digits = found["currency"], found["minor_digits"]

    @property
    def _is_chain(self) -> bool:
        return self.get("study") == "bottleneck"

    @property
    def sentence(self) -> Told:
        """The finding in one sentence; ``.ja`` in Japanese."""
        return Told(**self["sentence"])

    @property
    def cautions(self) -> list[Told]:
        """What not to conclude from it, a sentence each."""
        return [Told(**one) for one in self["cautions"]]

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts and lists, as the library's JSON has them."""
        return copy.deepcopy(self._plain)

    def to_json(self) -> str:
        return json.dumps(self._plain, ensure_ascii=False)

    def text(self, language: str = "en") -> str:
        """The sentence, the tables, and what not to conclude; ``"en"`` or ``"ja"``. Raises
        ArgumentError for another language."""
        if language not in _LANGUAGES:
            known = ", ".join(map(repr, _LANGUAGES))
            raise ArgumentError(INVALID_ARGUMENT, f"language {language!r} is none of {known}")
        own = _PAGES.get(str(self.get("study")))
        if own is not None:
            page: Callable[[dict[str, Any], str], str] = import_module(own, __package__).page
            return page(self._plain, language)
        blocks = [self.sentence.in_(language)]
        for key, value in self.items():
            if isinstance(value, Rows) and value and key != "cautions":
                blocks += _blocks(key, value)
        cautions = [f"- {one.in_(language)}" for one in self.cautions]
        if cautions:
            head = "結論の前に:" if language == "ja" else "Before you conclude:"
            blocks.append("\n".join([head, *cautions]))
        return "\n\n".join(blocks)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        return Finding, (self._plain,)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return _page(str(self))


def _members(value: Any) -> Any:
    """JSON with every object a `Record`, tables and lists of objects of their own kind."""
    if isinstance(value, dict):
        kind: type[Record] = Record
        if isinstance(value.get("rows"), list):
            kind = FindingTable
        elif value.keys() >= {"link", "verdict"}:
            kind = Link
        return kind({key: _members(item) for key, item in value.items()})
    if isinstance(value, list):
        items = [_members(item) for item in value]
        return Rows(items) if all(isinstance(item, dict) for item in items) else items
    return value


# ── as text ──────────────────────────────────────────────────────────────────────────────────


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, (str, bool, int, float))


#: Rows of a printed curve; the finding itself has every point.
_MOST_POINTS = 12


def _is_curve(rows: Rows) -> bool:
    return all(one.keys() == {"score", "probability", "n"} for one in rows)


def _curve_lines(key: str, rows: Rows) -> list[str]:
    """A curve where it changes: the scores that share a probability in one line, of many lines some
    at equal distances, the first and the last always."""
    runs: list[dict[str, Any]] = []
    for row in rows:
        if runs and runs[-1]["probability"] == row["probability"]:
            runs[-1]["to"] = row["score"]
            runs[-1]["n"] += row["n"]
        else:
            runs.append({**row, "to": row["score"]})
    last, gaps = len(runs) - 1, _MOST_POINTS - 1
    chosen = range(len(runs)) if last <= gaps else (k * last // gaps for k in range(gaps + 1))
    shown = [
        {
            "score": f"{one['score']}–{one['to']}"
            if one["to"] > one["score"]
            else f"{one['score']}",
            "n": one["n"],
            "probability": one["probability"],
        }
        for one in (runs[k] for k in chosen)
    ]
    lines = _table_lines(f"{key}, score", shown)
    if len(shown) < len(runs):
        lines.append(f"  {len(shown)} of {len(runs)} levels")
    return lines


def _blocks(key: str, rows: Rows) -> Iterator[str]:
    if _is_curve(rows):
        yield "\n".join(_curve_lines(key, rows))
        return
    if not all(isinstance(one, FindingTable) for one in rows):
        shown = _alarming(rows)
        lines = _table_lines(key, shown)
        if len(shown) < len(rows):
            lines.append(f"  … and {len(rows) - len(shown)} more without an alarm")
        yield "\n".join(lines)
        return
    for one in rows:
        # A table of nothing says nothing: the first row is everybody.
        if not one.rows or all(_is_empty(row) for row in one.rows):
            continue
        yield str(one)


def _alarming(rows: Rows) -> Sequence[Mapping[str, Any]]:
    """Rows that come with an alarm or without one: all that have one, and some others."""
    if not all("alarm" in row for row in rows):
        return rows
    alarms = sum(bool(row["alarm"]) for row in rows)
    calm = iter(range(max(_CALM_ROWS - alarms, 0)))
    return [row for row in rows if row["alarm"] or next(calm, None) is not None]


def _is_empty(row: Mapping[str, Any]) -> bool:
    figures = [value for value in row.values() if _is_figure(value)]
    return bool(figures) and all(one["n"] == 0 for one in figures)


def _title(table: Mapping[str, Any]) -> str:
    """``stage, terms < 2``: what the table is of; what only programs ask is left out."""
    parts: list[str] = []
    for key, value in table.items():
        if key == "rows" or not (value is None or isinstance(value, str)):
            continue
        shown = "unknown" if value is None else value
        parts.append(f"{key} {shown}" if parts else shown)
    return ", ".join(parts)


def _share(value: float | None, digits: int = 1) -> str:
    if value is None:
        return "–"
    return rounded(100 * value, digits).replace("-", "−")


def _plain_figure(value: float | None, digits: int = 3) -> str:
    if value is None:
        return "–"
    return rounded(value, digits if abs(value) < 100 else 0).replace("-", "−")


def _figure_parts(name: str, one: Mapping[str, Any]) -> tuple[str, str]:
    """The value, and its interval in brackets."""
    if name in _SHARES:
        value = f"{_share(one['value'])}%" if one["value"] is not None else "–"
        bounds = [_share(one[end]) for end in ("lower", "upper")]
    else:
        digits = 1 if name in _POINTS else 3
        value, *bounds = (_plain_figure(one[part], digits) for part in ("value", "lower", "upper"))
    if one["value"] is None or one["lower"] is None or one["upper"] is None:
        return value, ""
    between = "–" if not any(text.startswith("−") for text in bounds) else " to "
    return value, f"({between.join(bounds)})"


def _figure_text(name: str, one: Mapping[str, Any]) -> str:
    value, bounds = _figure_parts(name, one)
    return f"{value} {bounds}".strip()


def _with_counts(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Counts by name, such as a matrix's row has, are columns of their own."""
    out: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, dict) and value and all(type(n) is int for n in value.values()):
            out.update(value)
        else:
            out[key] = value
    return out


def _columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    names = dict.fromkeys(name for row in rows for name in row)
    return [
        name
        for name in names
        if any(_is_figure(row.get(name)) or _is_plain(row.get(name)) for row in rows)
    ]


def _table_lines(title: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each row: words to the left, counts to the right, then figures. The number of
    observations is said once where all figures have the same."""
    rows = [_with_counts(row) for row in rows]
    names = _columns(rows)
    figures = [name for name in names if any(_is_figure(row.get(name)) for row in rows)]
    words = [name for name in names if any(isinstance(row.get(name), str) for row in rows)]
    counts = [name for name in names if name not in figures and name not in words]
    flags = {name for name in counts if any(isinstance(row.get(name), bool) for row in rows)}
    columns = [_text_column(rows, name, title if k == 0 else name) for k, name in enumerate(words)]
    if not words:
        columns.append([title, *("" for _ in rows)])
    first = [_n_of(row, figures[:1]) for row in rows]
    if figures:
        columns.append(_right(["n", *(number(n) for n in first)]))
    for name in counts:
        show = _yes if name in flags else _share_text if name in _PLAIN_SHARES else _plain_number
        columns.append(_right([name, *(show(row.get(name)) for row in rows)]))
    for name in figures:
        columns += _figure_columns(rows, name, first)
    return ["  ".join(cells).rstrip() for cells in zip(*columns)]


def _n_of(row: Mapping[str, Any], names: Sequence[str]) -> int | None:
    for name in names:
        if _is_figure(row.get(name)):
            return int(row[name]["n"])
    return None


def _left(cells: list[str]) -> list[str]:
    most = max(map(width, cells))
    return [pad(cell, most) for cell in cells]


def _right(cells: list[str]) -> list[str]:
    most = max(map(width, cells))
    return [pad(cell, most, right=True) for cell in cells]


def _text_column(rows: Sequence[Mapping[str, Any]], name: str, head: str) -> list[str]:
    return _left([head, *(str(row.get(name) or "–") for row in rows)])


def _figure_columns(
    rows: Sequence[Mapping[str, Any]], name: str, first: Sequence[int | None]
) -> list[list[str]]:
    """The values, right at the point; their intervals; what a test says of them; and how many,
    where that is not `first`."""
    blank: Mapping[str, Any] = {"value": None, "lower": None, "upper": None, "n": None}
    parts = [_figure_parts(name, row.get(name) or blank) for row in rows]
    bounds = [bound for _, bound in parts]
    out = [_right([name, *(value for value, _ in parts)]), _left(["", *bounds])]
    for extra in dict.fromkeys(key for row in rows for key in row.get(name) or ()):
        if extra not in _FIGURE:
            said = (_short((row.get(name) or blank).get(extra)) for row in rows)
            out.append(_right([extra, *said]))
    own = [_n_of(row, [name]) for row in rows]
    if own != list(first):
        out.append(_right([f"n {name}", *(number(n) for n in own)]))
    return [column for column in out if any(cell.strip() for cell in column)]


def _note_lines(table: Mapping[str, Any]) -> list[str]:
    """What a table has beside its rows: ``trend: statistic 3.2, p 0.001``."""
    lines = []
    for key, value in table.items():
        if key == "rows" or _is_plain(value):
            continue
        for one in value if isinstance(value, list) else [value]:
            said = ", ".join(
                f"{name} {_figure_text(name, item) if _is_figure(item) else _short(item)}"
                for name, item in one.items()
            )
            lines.append(f"  {key}: {said}")
    return lines


def _share_text(value: float | None) -> str:
    return "–" if value is None else f"{_share(value)}%"


def _plain_number(value: Any) -> str:
    """A count as it is, a weight or a probability to three digits."""
    return number(value, 3 if isinstance(value, float) else 1)


def _yes(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, "–")


def _short(value: Any) -> str:
    if isinstance(value, float) and 0 < abs(value) < 0.001:
        return "< 0.001" if value > 0 else "−0.001 to 0"
    return number(value, 3)


__all__ = ["Finding", "FindingTable", "Link", "Rows", "Told"]
