"""Models and plans: what a model says, compiled once, used by many threads."""

from __future__ import annotations

import copy
import json
import logging
import threading
import warnings
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from ctypes import byref, c_void_p, sizeof
from typing import Any, cast

from . import _structs as c
from ._batch import Batch, BatchPart, BatchSettings
from ._callbacks import raising_again
from ._contracts import Contracts
from ._dates import DateLike
from ._errors import ArgumentError, DataWarning
from ._initiatives import Initiatives
from ._ledger import Ledger
from ._library import Handle, call, library, make, raise_error, text_of, utf8
from ._limits import Limits, of_models
from ._one import OneRow
from ._ranks import Ranks
from ._scorers import ScorerMap, Scorers
from ._side_by_side import SideBySide
from ._text import named
from .actions import Actions, act
from .agreement import AgreementOpening, SealedAgreement, SealSource, open_seal, seal
from .change import Change, Changes, split
from .comparison import Comparison, compare
from .evidence import Evidence, StateSource
from .explain import Explanation, Gap, records
from .problems import ModelSource, read_model
from .rollup import Rollup, roll_up
from .scores import Scores, ScoresRow
from .stream import ScoreStream

_log = logging.getLogger("aiueo")


def load(
    model: ModelSource,
    scorers: ScorerMap | None = None,
    *,
    instruction_set: str | None = None,
    limits: Limits | None = None,
) -> Plan:
    """Read, check and compile a model.

    ``model``: a path, JSON text or bytes, or a dict. ``scorers``: the functions behind the model's
    custom scorers by name, see `aiueo.scorer`; each gets float64 arrays of shape ``(rows,)`` (NaN =
    unknown, dates as days since 1970-01-01), copies that it may keep and not write to, and returns
    scores 0..100 (NaN or masked = unknown).

    ``instruction_set``: one of `aiueo.instruction_sets`, instead of the widest this processor runs.
    The scores are the same to the bit; it is there to test that, and to measure.

    ``limits``: other `aiueo.Limits` on the model's text, and on the states that the plan reads.

    Warnings of the model are in ``plan.warnings`` and go to the logger ``aiueo``.

    Raises ModelError (with line and column; `check` lists every problem), Error (an instruction set
    that is not available here), ArgumentError (limits that the library cannot hold), OSError.
    """
    text, file = read_model(model, limits)
    return Plan(text, file, scorers, instruction_set, limits)


class Plan:
    """A model compiled once. Made by `load`; may be shared by threads, and pickled."""

    def __init__(
        self,
        text: bytes,
        file: str,
        scorers: ScorerMap | None,
        instruction_set: str | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._source = (text, file, scorers, instruction_set, limits)
        self.limits = limits or Limits()
        self.warnings: list[str] = []
        self._scorers = Scorers(scorers) if scorers else None
        self._calls_back = self._scorers is not None
        self._local = threading.local()
        self._acts_on: str | None = None  # the condition of a plan that is made to act

        def log(_: Any, level: int, message: Any, length: int) -> None:
            try:
                line = bytes(message[:length]).decode("utf-8", "replace")
                if level >= 2:
                    self.warnings.append(line)
                _log.log(logging.WARNING if level >= 2 else logging.INFO, "%s", line)
            except Exception:  # nothing may leave a callback
                pass

        name, wanted = utf8(file), utf8(instruction_set or "")
        options = c.PlanOptions(
            struct_size=sizeof(c.PlanOptions),
            file=name,
            file_length=len(name),
            scorers=self._scorers.handle.pointer if self._scorers else None,
            log=c.LogFunction(log),
            instruction_set=wanted,
            instruction_set_length=len(wanted),
            **of_models(limits),
        )
        self.handle: Handle = make(
            "plan", library().aiueo_plan_load, text, len(text), byref(options), keep=self._scorers
        )
        self._described: dict[str, Any] = json.loads(
            text_of(library().aiueo_plan_describe, self.handle.pointer)
        )
        self._described.setdefault("time_zone", json.loads(text).get("time_zone") or "UTC")
        self._reads = {"customer", "as_of"}
        self._knows = {"customer", "as_of", "parent"}
        for metric in self._described["metrics"]:
            if metric["read"] or metric["from"] != "column":
                self._reads |= {metric["name"], metric["name"] + "@"}
            self._knows |= {metric["name"], metric["name"] + "@"}
        self._column_sets: dict[tuple[bool, bool], dict[str, dict[str, Any]]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        if self._acts_on is not None:
            return _acting, (self._source, self._acts_on)
        return Plan, self._source

    # ── what the model says ──────────────────────────────────────────────────────────────────

    def describe(self) -> dict[str, Any]:
        """What the plan reads and writes: metrics, axes with components and weights, ladders with
        rungs, bands, profiles, patterns, columns of the scores table. Treat it as read-only."""
        return self._described

    def _columns(self, detail: bool, customer: bool) -> dict[str, dict[str, Any]]:
        """The scores table's columns by name, with or without detail and the customers' keys. Treat
        it as read-only."""
        found = self._column_sets.get((detail, customer))
        if found is None:
            columns = self._described["columns"]
            if detail:
                columns = columns + self._described["detail_columns"]
            found = {one["name"]: one for one in columns if customer or one["name"] != "customer"}
            self._column_sets[detail, customer] = found
        return found

    @property
    def name(self) -> str:
        return str(self._described["name"])

    @property
    def fingerprint(self) -> str:
        """Of everything that decides a score: two plans with one fingerprint score alike."""
        return str(self._described["fingerprint"])

    @property
    def time_zone(self) -> str:
        return str(self._described["time_zone"])

    @property
    def instruction_set(self) -> str:
        """What scoring uses, one of `aiueo.instruction_sets`."""
        name: bytes = library().aiueo_plan_instruction_set(self.handle.pointer)
        return name.decode()

    @property
    def metrics(self) -> dict[str, dict[str, Any]]:
        """By name: type, from, read (whether scoring reads it), max_age_days, label."""
        return {one["name"]: copy.deepcopy(one) for one in self._described["metrics"]}

    @property
    def axes(self) -> list[str]:
        """Names of the axes in use, and ``touch`` if it is."""
        return [one["name"] for one in self._described["axes"]]

    @property
    def ladders(self) -> dict[str, list[str]]:
        """Names of the rungs, lowest first, by ladder."""
        return {
            one["name"]: [rung["name"] for rung in one["rungs"]]
            for one in self._described["ladders"]
        }

    @property
    def needs_initiatives(self) -> bool:
        return bool(self._described["needs_initiatives"])

    def reads(self, column: str) -> bool:
        """Is a snapshots column of that name of any use for scoring?"""
        return column in self._reads

    def knows(self, column: str) -> bool:
        """Is a snapshots column of that name of any use for evidence? It looks at metrics that do
        not score, too."""
        return column in self._knows

    def __repr__(self) -> str:
        ladders = "; ".join(f"{name}: {' < '.join(rungs)}" for name, rungs in self.ladders.items())
        return f"<aiueo.Plan{named(self.name)}, axes {' '.join(self.axes)}; {ladders}>"

    # ── tables ───────────────────────────────────────────────────────────────────────────────

    def initiatives(self, table: Any, *, keep_all: bool = False) -> Initiatives:
        """Prepare an initiatives table (columns customer, initiative, date; optionally attended,
        responded) once, for many calls. ``keep_all``: for `evidence`, which looks at every row and
        at its variant and holdout, not only at what the model counts. Raises DataError;
        ArgumentError for one that was prepared without ``keep_all`` and is wanted with it."""
        if not isinstance(table, Initiatives):
            return Initiatives(self, table, keep_all)
        if keep_all and not table.keep_all:
            raise ArgumentError(
                10,
                "the initiatives hold only what the model counts; prepare them for evidence with "
                "plan.initiatives(table, keep_all=True)",
            )
        return table

    def batch(
        self,
        snapshots: Any,
        *,
        initiatives: Any = None,
        as_of: DateLike | None = None,
        missing_columns: str = "error",
        null_texts: Iterable[str] = (),
        all_metrics: bool = False,
    ) -> Batch:
        """Bind snapshots once, for many calls of score, explain, gap and evidence.

        ``snapshots``: a pandas, Polars or PyArrow table, a DuckDB relation, a record batch reader
        or anything else with an Arrow capsule, a dict of arrays or lists, a list of dicts. NumPy
        arrays, Arrow memory and categorical codes are read where they lie: leave them unchanged
        while the batch lives. Columns the model does not know are ignored.

        ``initiatives``: a table, or what `initiatives` made. ``as_of``: one date for all rows,
        where there is no such column. ``missing_columns``: "unknown" lets columns be absent.
        ``null_texts``: texts that mean unknown, beside the empty one. ``all_metrics``: keep metrics
        that scoring does not read, for `evidence`.

        Raises DataError (naming row and column), ArgumentError.
        """
        if isinstance(snapshots, Batch):
            if snapshots.plan is not self:
                raise ArgumentError(10, "the batch was made for another plan")
            return snapshots
        prepared = None if initiatives is None else self.initiatives(initiatives)
        settings = BatchSettings(self, prepared, as_of, missing_columns, null_texts, all_metrics)
        return Batch(self, snapshots, settings)

    # ── scoring ──────────────────────────────────────────────────────────────────────────────

    def score(
        self,
        snapshots: Any,
        *,
        initiatives: Any = None,
        as_of: DateLike | None = None,
        detail: bool = False,
        overrides: bool = True,
        missing_columns: str = "error",
        null_texts: Iterable[str] = (),
        threads: int = 1,
        check: bool = True,
    ) -> Scores:
        """Score every row of a table; see `batch` for what a table may be.

        ``detail``: keep coverage, bounds and components of each axis, and counts for each row.
        ``overrides=False``: without the managers' word, as evidence sees it. ``threads``: so many
        threads share the rows; the scores are the same to the bit. ``check=False``: do not look for
        rows without customer or date, and for two rows of one customer and date.

        Raises DataError (naming row and column), ArgumentError, and whatever a custom scorer
        raised.
        """
        if threads < 1:
            raise ArgumentError(10, f"threads is {threads}; at least 1 is needed")
        batch = self.batch(
            snapshots,
            initiatives=initiatives,
            as_of=as_of,
            missing_columns=missing_columns,
            null_texts=null_texts,
        )
        if check:
            batch.check_rows()
        options = _OPTIONS[scores_flags(detail, overrides)]
        at_once = threads == 1 and batch.rows <= _STEP and not self._calls_back
        parts = [(self._new_scores(part, options, at_once), part.rows) for part in batch.parts]
        if not at_once:
            self._score_parts(batch, parts, threads)
        return Scores(self, batch, parts, detail)

    def _new_scores(self, part: BatchPart, options: Any, score: bool) -> Handle:
        """Memory for a part's scores, and its rows scored into it if wanted; lean, since small
        batches come often."""
        error, out, mine = c.new_error(), c_void_p(), self.handle.pointer
        why = byref(error)
        status = library().aiueo_scores_new(mine, part.rows, options, byref(out), why)
        if status:
            raise_error(error, status)
        made = Handle("scores", out, self.handle)
        if score:
            status = library().aiueo_plan_score(mine, part.handle.pointer, 0, part.rows, out, why)
            if status:
                raise_error(error, status)
        return made

    def _score_parts(self, batch: Batch, parts: list[tuple[Handle, int]], threads: int) -> None:
        jobs = []
        for part, (handle, rows) in zip(batch.parts, parts):
            # Ranges begin at multiples of 1,024, the library's chunk, and leave room for Ctrl-C.
            step = _STEP
            if threads > 1:
                step = min(_STEP, max(1, -(-rows // (threads * 4096))) * 1024)
            for begin in range(0, max(rows, 1), step):
                jobs.append((part.handle, begin, min(rows, begin + step), handle))
        if threads == 1 or len(jobs) == 1:
            for job in jobs:
                self._score_range(*job)
        else:
            self._score_threads(jobs, threads)

    def _score_threads(self, jobs: list[Any], threads: int) -> None:
        with ThreadPoolExecutor(min(threads, len(jobs)), "aiueo") as pool:
            running = [pool.submit(self._score_range, *job) for job in jobs]
            try:
                for one in running:
                    one.result()
            except BaseException:
                for one in running:
                    one.cancel()
                raise

    def _score_range(self, batch: Handle, begin: int, end: int, scores: Handle) -> None:
        function = library().aiueo_plan_score
        handles = self.handle.pointer, batch.pointer
        if self._scorers is None:
            call(function, *handles, begin, end, scores.pointer)
            return
        with raising_again():
            call(function, *handles, begin, end, scores.pointer)

    def score_one(
        self,
        given: Mapping[str, Any] | None = None,
        /,
        *,
        as_of: DateLike | None = None,
        customer: str | None = None,
        initiatives: Any = None,
        observed: Mapping[str, DateLike] | None = None,
        **metrics: Any,
    ) -> ScoresRow:
        """Score one customer: ``plan.score_one(as_of="2026-11-21", logins_28d=12, plan="trial")``.

        Metrics that are not given are unknown, as is None. ``observed``: when metrics that age were
        observed, by name. Each thread keeps one row for it, so that a call allocates little.

        ``given``: metrics in a mapping, first. One that is called ``observed`` or ``initiatives``
        needs it: ``plan.score_one({"observed": 3}, as_of="2026-11-21")``; others may stand beside.

        Raises NotFoundError for a name that is no metric (with a suggestion), DataError for a value
        of the wrong type or where a date is needed and not given, ArgumentError for a metric that
        is given twice.
        """
        if given is not None:
            metrics = _with_given(given, metrics)
        prepared = None if initiatives is None else self.initiatives(initiatives)
        row: OneRow | None = getattr(self._local, "row", None)
        # A row cannot forget its date: one without a date is another row.
        if (
            row is None
            or row.initiatives is not prepared
            or row.worn
            or (as_of is None and row.dated)
        ):
            row = self._local.row = OneRow(self, prepared)
        return row.score(as_of, customer, metrics, observed)

    def score_stream(
        self,
        reader: Any,
        *,
        initiatives: Any = None,
        as_of: DateLike | None = None,
        detail: bool = False,
        overrides: bool = True,
        missing_columns: str = "error",
        null_texts: Iterable[str] = (),
        check: bool = True,
        progress: Any = None,
        validate: str = "full",
        duplicate_budget: int | None = None,
    ) -> ScoreStream:
        """Score a stream of record batches as it is read: memory is bounded by the largest batch.

        ``reader``: anything with ``__arrow_c_stream__``. The result has it too, and can be read
        once: ``pyarrow.RecordBatchReader.from_stream(...)``, ``polars.DataFrame(...)``, iteration.
        ``progress(rows)`` is called after each batch with the rows scored so far; if it raises,
        the stream ends. ``validate``: "full" believes nothing, "basic" believes offsets and
        indices, "none" everything. ``duplicate_budget``: so many rows are remembered by the check
        for duplicates (26 bytes each at most; 16,777,216 unless given). Rows in order of customer
        and date need none, and where others exceed it the summary warns that the rest was not
        checked. Other parameters as in `score`.

        Errors of the data come while reading, as DataError where the stream is iterated, else as
        the reader's own exception with the same text.
        """
        if not hasattr(reader, "__arrow_c_stream__"):
            raise TypeError(
                f"{type(reader).__name__} is no Arrow stream; score() takes other tables"
            )
        prepared = None if initiatives is None else self.initiatives(initiatives)
        settings = BatchSettings(self, prepared, as_of, missing_columns, null_texts)
        return ScoreStream(
            self,
            reader,
            settings,
            scores_flags(detail, overrides),
            check,
            progress,
            validate,
            duplicate_budget,
        )

    # ── evidence ─────────────────────────────────────────────────────────────────────────────

    def contracts(self, table: Any) -> Contracts:
        """Prepare a contracts table (columns customer, start, end, outcome; optionally kind,
        mrr_before, mrr_after, currency) once, for many calls. Raises DataError."""
        return table if isinstance(table, Contracts) else Contracts(self, table)

    def ledger(self, table: Any) -> Ledger:
        """Prepare a ledger (columns customer, start, end, mrr; optionally currency) once, for many
        calls. Raises DataError."""
        return table if isinstance(table, Ledger) else Ledger(self, table)

    def ranks(self, table: Any) -> Ranks:
        """Prepare a ranks table (columns customer, as_of, rank; optionally by) once, for many
        calls. Raises DataError, also for a rank that is not in the model's ``study.ranks``."""
        return table if isinstance(table, Ranks) else Ranks(self, table)

    def evidence(
        self,
        snapshots: Any,
        contracts: Any,
        *,
        initiatives: Any = None,
        ranks: Any = None,
        ledger: Any = None,
        data_until: DateLike | None = None,
        drop_leaks: bool = False,
        missing_columns: str = "error",
        null_texts: Iterable[str] = (),
        threads: int = 1,
    ) -> Evidence:
        """What history says of this model: what became of customers that scored so and so.

        ``snapshots``: all rows of the customers, see `batch`; scored without the managers' word.
        ``contracts``: a table of how each contract and trial ended, or what `contracts` made.
        ``initiatives``: a table of all that was done, or what `initiatives` made with ``keep_all``.
        ``ranks``: a table of the ranks that members of the team gave, or what `ranks` made.
        ``ledger``: a table of what customers paid from when to when, or what `ledger` made.
        ``data_until``: the last day that ledger and contracts tell of; with a ledger, by default
        the date of the latest snapshot.

        Money over time is counted where either of the two is given; without a ledger the contracts
        tell what was paid. It is counted of all customers of ledger and contracts, also of those
        without snapshots: of customers in parts give these tables in parts, too, or use
        `Evidence.update`. What is merged has one ``data_until``.

        ``drop_leaks``: drop and count what was observed after the day that evidence looks from,
        instead of raising. Other parameters as in `score`.

        Raises DataError (naming row and column), ArgumentError, and whatever a custom scorer
        raised.
        """
        return Evidence(self, drop_leaks)._all(
            snapshots,
            contracts,
            initiatives=initiatives,
            ranks=ranks,
            ledger=ledger,
            data_until=data_until,
            missing_columns=missing_columns,
            null_texts=null_texts,
            threads=threads,
        )

    def evidence_sorted(
        self,
        snapshots: Any,
        contracts: Any,
        *,
        initiatives: Any = None,
        ranks: Any = None,
        ledger: Any = None,
        data_until: DateLike | None = None,
        drop_leaks: bool = False,
        rows: int = 65_536,
        missing_columns: str = "error",
        null_texts: Iterable[str] = (),
        threads: int = 1,
    ) -> Evidence:
        """The same of tables that are larger than memory, all of them sorted by customer: keys
        ascending by their bytes, whole numbers by those of their digits.

        Each table is a record batch reader, anything else with ``__arrow_c_stream__``, or an
        iterator of record batches; those beside the snapshots may also be what `evidence` takes.
        They are read side by side, ``rows`` of each at a time and up to one customer's more, so
        that memory does not grow with their length. A ledger needs ``data_until``. Other parameters
        and the state are those of `evidence`.

        Needs PyArrow. Raises as `evidence` does, rows being those of the tables, and DataError for
        a key that comes after a larger one.
        """
        beside = {
            "contracts": contracts,
            "initiatives": initiatives,
            "ranks": ranks,
            "ledger": ledger,
        }
        tables = SideBySide(
            self,
            snapshots,
            beside,
            data_until,
            rows=rows,
            drop_leaks=drop_leaks,
            missing_columns=missing_columns,
            null_texts=null_texts,
            threads=threads,
        )
        seen, doubts = tables.counted()
        for text in doubts:
            warnings.warn(text, DataWarning, stacklevel=2)
        return seen

    def read_evidence(self, source: StateSource, *, drop_leaks: bool = False) -> Evidence:
        """Evidence that was written: a path or the bytes. ``drop_leaks`` is for what is added.

        Raises DataError for what is no state, ArgumentError for one that was counted with a model
        that counts other things, ModelError for one beyond the plan's ``limits.max_integers``,
        OSError.
        """
        return Evidence.read(self, source, drop_leaks)

    # ── actions ──────────────────────────────────────────────────────────────────────────────

    def for_actions(self, when: str | None = None) -> Plan:
        """The same plan, asking the model's triggers too, and the condition ``when`` for the action
        "segment". `act` makes one by itself; this is for preparing a batch or initiatives once, for
        several actions. Score, explain and make evidence with the plan itself.

        Raises ModelError for a condition that cannot be read.
        """
        text = utf8(when or "")
        out = object.__new__(Plan)
        out.__dict__.update(self.__dict__)
        out._local = threading.local()
        out._acts_on = when or ""
        out.handle = make(
            "plan",
            library().aiueo_plan_for_actions,
            self.handle.pointer,
            text,
            len(text),
            keep=self._scorers,
        )
        # Conditions of triggers may read what no score reads.
        told = json.loads(text_of(library().aiueo_plan_describe, out.handle.pointer))
        out._described = {**self._described, "needs_initiatives": told["needs_initiatives"]}
        out._reads = self._reads | {
            name
            for metric in told["metrics"]
            if metric["read"] or metric["from"] != "column"
            for name in (metric["name"], metric["name"] + "@")
        }
        return out

    def act(
        self,
        name: str,
        snapshots: Any,
        *,
        evidence: Evidence | None = None,
        initiatives: Any = None,
        when: str | None = None,
        missing_columns: str = "error",
        null_texts: Iterable[str] = (),
        **options: Any,
    ) -> Actions:
        """A list for people by the name of the action, one of `aiueo.actions`:
        ``plan.act("next", snapshots)``.

        ``snapshots``: see `batch`; with the columns customer and as_of. Several dates are a panel:
        alerts and goals look at all of it, the others at each customer's latest row. ``evidence``:
        what history says, for the actions that rest on it (priority, goals). ``initiatives``: what
        was done, so that nothing is sent twice. ``when``: the condition of the action "segment".
        ``options``: the action's own, such as ``as_of="2026-04-30"``.

        Raises NotFoundError (no such action, ladder, trigger; no customer with a snapshot then),
        ArgumentError (an option), DataError, ModelError (the condition).
        """
        acting = self
        if self._acts_on is None and (when or name in ("triggers", "segment")):
            acting = self.for_actions(when)
        prepared = None
        if initiatives is not None:
            prepared = acting.initiatives(initiatives, keep_all=True)
        batch = acting.batch(
            snapshots,
            initiatives=prepared,
            missing_columns=missing_columns,
            null_texts=null_texts,
            all_metrics=True,
        )
        if not batch.all_metrics:
            raise ArgumentError(10, "the batch was made without all_metrics=True")
        with raising_again():
            return act(acting, name, batch, evidence, options)

    # ── sealed agreement ─────────────────────────────────────────────────────────────────────

    def seal_agreement(
        self,
        snapshots: Any,
        *,
        as_of: DateLike | None = None,
        initiatives: Any = None,
        missing_columns: str = "error",
        null_texts: Iterable[str] = (),
    ) -> SealedAgreement:
        """Seal the stages of all customers with a snapshot in the 31 days up to ``as_of`` (by
        default the latest snapshot), so that members rank them before anyone knows the stages.

        The stage is that of the first ladder, without the managers' word. Other parameters as in
        `score`. Raises DataError, ArgumentError (a model without ladder or ranks, no customer).
        """
        return seal(
            self,
            snapshots,
            as_of,
            initiatives=initiatives,
            missing_columns=missing_columns,
            null_texts=null_texts,
        )

    def open_agreement(
        self,
        snapshots: Any,
        ranks: Any,
        seal: SealSource,
        *,
        contracts: Any = None,
        initiatives: Any = None,
        missing_columns: str = "error",
        null_texts: Iterable[str] = (),
    ) -> AgreementOpening:
        """Open a seal with the members' ranks: how far they agree with the stages, where they
        differ most, and with ``contracts`` which customers that were ranked high are at a low stage
        and end within 90 days.

        ``snapshots``: as they were sealed; later ones may have been added. ``ranks``: all of the
        seal's day or later, at least one of each customer. ``seal``: what `seal_agreement` made,
        its ``seal``, JSON or a path.

        Raises ArgumentError while ranks are missing (says of whom), and for a model or stages other
        than those that were sealed; DataError for what is no seal, and for ranks of customers who
        are not on the sheet, from before the seal, or two of one member. No error tells a stage.
        """
        return open_seal(
            self,
            snapshots,
            ranks,
            seal,
            contracts,
            initiatives=initiatives,
            missing_columns=missing_columns,
            null_texts=null_texts,
        )

    # ── why ──────────────────────────────────────────────────────────────────────────────────

    def _place(self, batch: Batch, customer: Any, row: int | None) -> int:
        if (customer is None) == (row is None):
            raise ArgumentError(10, "say which: customer=… or row=…")
        return batch.find(customer) if row is None else row

    def _explain_row(self, batch: Batch, row: int) -> dict[str, Any]:
        handle, at = batch.locate(row)
        with raising_again():
            text = text_of(library().aiueo_plan_explain, self.handle.pointer, handle.pointer, at)
        out: dict[str, Any] = json.loads(text)
        out["row"] = row
        return out

    def explain(
        self,
        snapshots: Any,
        customer: Any = None,
        *,
        row: int | None = None,
        **options: Any,
    ) -> Explanation:
        """Why the scores of one row are what they are: of a customer's latest snapshot, or of a row
        counted from 0. ``snapshots`` and ``options`` as in `batch`. Raises NotFoundError."""
        batch = self.batch(snapshots, **options)
        found = self._explain_row(batch, self._place(batch, customer, row))
        return Explanation(cast("dict[str, Any]", records(found)))

    def gap(
        self,
        snapshots: Any,
        customer: Any = None,
        *,
        row: int | None = None,
        ladder: str = "stage",
        target: str | None = None,
        **options: Any,
    ) -> Gap:
        """The fewest conditions that must change for a rung: ``target``, or the next one.
        Raises NotFoundError for a customer, ladder or rung that is not there."""
        batch = self.batch(snapshots, **options)
        handle, at = batch.locate(self._place(batch, customer, row))
        of, to = utf8(ladder), utf8(target or "")
        names = of, len(of), to, len(to)
        with raising_again():
            text = text_of(
                library().aiueo_plan_gap, self.handle.pointer, handle.pointer, at, *names
            )
        return Gap(cast("dict[str, Any]", records(json.loads(text))))

    # ── change ───────────────────────────────────────────────────────────────────────────────

    def change(
        self,
        before: Any,
        after: Any,
        customer: Any = None,
        *,
        from_plan: Plan | None = None,
        **options: Any,
    ) -> Changes | Change:
        """What changed between two snapshots of the same customers, and through what: each change
        of a score is split into model, staleness, missingness and behaviour, which sum to it.

        ``before``, ``after``: tables as in `batch`; of each customer the latest row of either
        counts. ``customer``: one alone, line by line, as `Change`; else all, as `Changes`.
        ``from_plan``: the plan that scored the earlier snapshots, if it was another. ``options``:
        initiatives, overrides, missing_columns and null_texts as in `score`; before_as_of and
        after_as_of, one date for all rows of either.

        Raises DataError (naming row and column), ArgumentError, NotFoundError for a customer that
        is not in both.
        """
        return split(self, before, after, customer, from_plan, **options)

    def compare(
        self, proposed: Plan, snapshots: Any, contracts: Any = None, **options: Any
    ) -> Comparison:
        """A ``proposed`` model beside this one, before it is rolled out: who moves, by how much and
        through which component, by segment, on the latest row of each customer. With ``contracts``
        also what became of the customers: AUC and renewal by stage and segment under either.

        ``options``: movers (how many customers are listed), kind ("contract" or "trial"), as_of and
        drop_leaks as in `evidence`; others as in `score`. Raises DataError, ArgumentError.
        """
        return compare(self, proposed, snapshots, contracts, **options)

    def rollup(self, snapshots: Any, **options: Any) -> Rollup:
        """Customers rolled up to their parents (the column ``parent``), and those to theirs, by the
        model's section ``rollup``. ``options`` as in `score`.

        Raises DataError (no column ``parent``; parents that go round in a circle, which it names),
        ArgumentError.
        """
        return roll_up(self, snapshots, **options)


_STEP = 1 << 20  # rows of one call of the library, at most
#: Of the scores, by their flags; read only.
_OPTIONS = {
    flags: byref(c.ScoresOptions(struct_size=sizeof(c.ScoresOptions), flags=flags))
    for flags in range(4)
}


def _with_given(given: Mapping[str, Any], metrics: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise ArgumentError(
            10,
            f"what is given first is {type(given).__name__}; give metrics by name: a mapping, or "
            "score_one(seats=3)",
        )
    for name in given:
        if not isinstance(name, str):
            raise ArgumentError(10, f"{name!r} is the name of no metric; names are text")
        if name in metrics:
            raise ArgumentError(10, f'metric "{name}" is given twice')
    return {**given, **metrics}


def scores_flags(detail: bool, overrides: bool) -> int:
    return (c.SCORES_DETAIL if detail else 0) | (0 if overrides else c.SCORES_NO_OVERRIDES)


__all__ = ["Plan", "load"]


def _acting(source: tuple[Any, ...], when: str) -> Plan:
    return Plan(*source).for_actions(when)
