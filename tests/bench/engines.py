"""W1 in NumPy, DuckDB and Polars: the model file turned into each one's own fastest plain form.

Every form computes the same columns as the library, by the same operations in the same order, so
that the results can be compared to the bit: I, U, E, O, overall, coverage, lower, upper, stage,
stage_provisional, band.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

AXES = ("I", "U", "E", "O")
NUMBERS = (*AXES, "overall", "coverage", "lower", "upper")
LEVELS = ("stage", "stage_provisional", "band")
SHIFT = 6442450944.0  # adding and subtracting it rounds to multiples of 2**-20, ties to even


def on_grid(x: float) -> float:
    return (x + SHIFT) - SHIFT


@dataclass
class Component:
    metric: str
    weight: float
    prior: float | None  # stands in where unknown; None: left out
    kind: str  # curve, steps or flag
    at: list[float] = field(default_factory=list)
    score: list[float] = field(default_factory=list)
    slope: list[float] = field(default_factory=list)  # curve: from each knot, 0 from the last
    when_true: float = 100.0  # flag


@dataclass
class Comparison:
    name: str  # a metric, an axis or overall
    sign: str  # >= or <=
    than: float


@dataclass
class Spec:
    """What tests/bench/model.json says, as numbers."""

    ranges: dict[str, tuple[float, float] | None]  # None: a flag
    axes: dict[str, list[Component]]
    least: dict[str, float]
    weights: dict[str, float]
    min_axes: int
    min_coverage: float
    rungs: list[list[list[Comparison]]]  # a rung: all of (any of comparisons)
    edges: list[float]


def _component(one: dict[str, Any]) -> Component:
    missing = one.get("missing", "renormalize")
    prior = None
    if missing == "pessimistic":
        prior = 0.0
    elif isinstance(missing, dict):
        prior = float(missing["prior"])
    out = Component(one["metric"], float(one.get("weight", 1)), prior, "flag")
    knots = one.get("curve") or one.get("steps")
    if knots is None:
        out.when_true = 0.0 if one.get("invert") else 100.0
        return out
    out.kind = "curve" if "curve" in one else "steps"
    out.at = [float(at) for at, _ in knots]
    out.score = [float(score) for _, score in knots]
    if out.kind == "curve":
        pairs = list(zip(out.at, out.score))
        out.slope = [(t - s) / (b - a) for (a, s), (b, t) in zip(pairs, pairs[1:])] + [0.0]
    return out


def _rung(when: str) -> list[list[Comparison]]:
    out = []
    for part in when.split(" && "):
        terms = []
        for text in part.strip("()").split(" || "):
            found = re.fullmatch(r"(\w+) (>=|<=) ([0-9.]+)", text)
            if found is None:
                raise ValueError(f"{text!r} is more than this reader of conditions knows")
            terms.append(Comparison(found[1], found[2], float(found[3])))
        out.append(terms)
    return out


def read(model: dict[str, Any]) -> Spec:
    overall = model["overall"]
    return Spec(
        {
            name: None if one["type"] == "flag" else (float(one["min"]), float(one["max"]))
            for name, one in model["metrics"].items()
        },
        {a: [_component(one) for one in model["axes"][a]["components"].values()] for a in AXES},
        {a: on_grid(model["axes"][a]["min_coverage"]) for a in AXES},
        {a: float(overall["weights"][a]) for a in AXES},
        overall["min_axes"],
        on_grid(overall["min_coverage"]),
        [_rung(one["when"]) for one in model["ladders"]["stage"][1:]],
        [float(edge) for edge in model["bands"]["edges"]],
    )


# ── NumPy ────────────────────────────────────────────────────────────────────────────────────────


class NumpyBlocks:
    """Rows in blocks that stay in the cache, results into arrays made once."""

    def __init__(self, spec: Spec, columns: dict[str, Any], block: int = 8192) -> None:
        import numpy as np

        self.np = np
        self.spec = spec
        self.columns = columns
        self.block = block
        self.rows = len(next(iter(columns.values())))
        self.out = {name: np.empty(self.rows) for name in NUMBERS}
        self.out |= {name: np.empty(self.rows, np.int16) for name in LEVELS}

    def run(self) -> None:
        with self.np.errstate(invalid="ignore", divide="ignore"):
            for begin in range(0, self.rows, self.block):
                self._block(begin, min(self.rows, begin + self.block))

    def _grid(self, x: Any) -> Any:
        x += SHIFT
        x -= SHIFT
        return x

    def _respond(self, one: Component, x: Any) -> Any:
        np = self.np
        if one.kind == "curve":
            return np.interp(x, one.at, one.score)
        if one.kind == "steps":
            at = np.searchsorted(one.at, x, side="right")  # unknown sorts last
            out = np.array([0.0, *one.score])[at]
        else:
            out = np.where(x != 0, one.when_true, 100.0 - one.when_true)
        out[np.isnan(x)] = np.nan
        return out

    def _axis(self, name: str, values: dict[str, Any], begin: int, end: int) -> tuple[Any, ...]:
        np = self.np
        n = end - begin
        weighted, known, standing, priors = (np.zeros(n) for _ in range(4))
        total = 0.0
        for one in self.spec.axes[name]:
            s = self._respond(one, values[one.metric])
            unknown = np.isnan(s)
            s[unknown] = 0.0
            s *= one.weight
            weighted += s
            total += one.weight
            known += np.where(unknown, 0.0, one.weight)
            if one.prior is not None:
                standing += np.where(unknown, one.weight * one.prior, 0.0)
                priors += np.where(unknown, one.weight, 0.0)
        coverage = known / total
        low = weighted / total
        high = self._grid(low + 100.0 * (1.0 - coverage))
        score = self._grid((weighted + standing) / (known + priors))
        score[self._grid(coverage.copy()) < self.spec.least[name]] = np.nan
        self.out[name][begin:end] = score
        return score, coverage, self._grid(low), high

    def _block(self, begin: int, end: int) -> None:
        np = self.np
        spec = self.spec
        values = {}
        for name, limits in spec.ranges.items():
            x = self.columns[name][begin:end]
            if limits is not None:
                x = np.where((x >= limits[0]) & (x <= limits[1]), x, np.nan)
            values[name] = x
        n = end - begin
        weighted, known, have, covered, low, high = (np.zeros(n) for _ in range(6))
        for name, weight in spec.weights.items():
            score, coverage, lower, upper = self._axis(name, values, begin, end)
            values[name] = score
            unknown = np.isnan(score)
            weighted += np.where(unknown, 0.0, weight * score)
            known += np.where(unknown, 0.0, weight)
            have += ~unknown
            covered += weight * coverage
            low += weight * lower
            high += weight * upper
        weights = sum(spec.weights.values())
        share = covered / weights
        low = self._grid(low / weights)
        high = self._grid(high / weights)
        overall = self._grid(weighted / known)
        np.maximum(overall, low, out=overall)
        np.minimum(overall, high, out=overall)
        overall[(have < spec.min_axes) | (self._grid(share.copy()) < spec.min_coverage)] = np.nan
        values["overall"] = overall
        for name, column in zip(NUMBERS[4:], (overall, share, low, high)):
            self.out[name][begin:end] = column
        self._levels(values, overall, begin, end)

    def _levels(self, values: dict[str, Any], overall: Any, begin: int, end: int) -> None:
        np = self.np
        n = end - begin
        stage = np.zeros(n, np.int16)
        could = np.zeros(n, np.int16)
        reached = np.ones(n, bool)
        reachable = np.ones(n, bool)
        for rung in self.spec.rungs:
            for any_of in rung:  # two bits of Kleene's logic: surely true, and not surely false
                yes = np.zeros(n, bool)
                maybe = np.zeros(n, bool)
                for one in any_of:
                    x = values[one.name]
                    holds = x >= one.than if one.sign == ">=" else x <= one.than
                    yes |= holds
                    maybe |= holds | np.isnan(x)
                reached &= yes
                reachable &= maybe
            stage += reached
            could += reachable
        self.out["stage"][begin:end] = stage
        self.out["stage_provisional"][begin:end] = np.where(could > stage, could, -1)
        band = np.searchsorted(self.spec.edges, overall, side="right")
        band[np.isnan(overall)] = -1
        self.out["band"][begin:end] = band


# ── SQL ──────────────────────────────────────────────────────────────────────────────────────────


def _number(x: float) -> str:
    return f"{x!r}::DOUBLE"


def _sql_response(one: Component) -> str:
    x = one.metric
    if one.kind == "flag":
        return (
            f"CASE WHEN {x} <> 0 THEN {_number(one.when_true)} "
            f"WHEN {x} = 0 THEN {_number(100.0 - one.when_true)} END"
        )
    # CASE, not LEAST and GREATEST: DuckDB computes it 1.8 times as fast.
    whens = []
    if one.kind == "curve":
        whens.append(f"WHEN {x} < {_number(one.at[0])} THEN {_number(one.score[0])}")
        for k in range(len(one.at) - 1):
            ramp = (
                f"{_number(one.score[k])} + ({x} - {_number(one.at[k])}) * {_number(one.slope[k])}"
            )
            whens.append(f"WHEN {x} < {_number(one.at[k + 1])} THEN {ramp}")
    else:
        whens.append(f"WHEN {x} < {_number(one.at[0])} THEN {_number(0.0)}")
        for k in range(len(one.at) - 1):
            whens.append(f"WHEN {x} < {_number(one.at[k + 1])} THEN {_number(one.score[k])}")
    whens.append(f"WHEN {x} >= {_number(one.at[-1])} THEN {_number(one.score[-1])}")
    return f"CASE {' '.join(whens)} END"


def _sql_grid(x: str) -> str:
    return f"(({x}) + {_number(SHIFT)}) - {_number(SHIFT)}"


def sql(spec: Spec, table: str) -> str:
    """One SELECT over a table whose unknown values are NULL, in layers of subqueries."""
    ranges = []
    for name, limits in spec.ranges.items():
        if limits is None:
            ranges.append(name)
        else:
            low, high = limits
            ranges.append(
                f"CASE WHEN {name} >= {_number(low)} AND {name} <= {_number(high)} "
                f"THEN {name} END AS {name}"
            )
    responses = [f"{_sql_response(one)} AS s_{one.metric}" for a in AXES for one in spec.axes[a]]
    used = sorted({c.name for rung in spec.rungs for any_of in rung for c in any_of})
    kept = ", ".join(name for name in used if name in spec.ranges)
    sums, finished = [], []
    for a in AXES:
        parts = spec.axes[a]
        total = 0.0
        for one in parts:
            total += one.weight
        weighted = " + ".join(
            f"CASE WHEN s_{c.metric} IS NULL THEN 0.0::DOUBLE "
            f"ELSE {_number(c.weight)} * s_{c.metric} END"
            for c in parts
        )
        known = " + ".join(
            f"CASE WHEN s_{c.metric} IS NULL THEN 0.0::DOUBLE ELSE {_number(c.weight)} END"
            for c in parts
        )
        priors = [c for c in parts if c.prior is not None]
        standing = " + ".join(
            f"CASE WHEN s_{c.metric} IS NULL THEN {_number(c.weight * (c.prior or 0))} "
            f"ELSE 0.0::DOUBLE END"
            for c in priors
        )
        weights = " + ".join(
            f"CASE WHEN s_{c.metric} IS NULL THEN {_number(c.weight)} ELSE 0.0::DOUBLE END"
            for c in priors
        )
        sums += [f"{weighted} AS w_{a}", f"{known} AS k_{a}"]
        sums += [f"{standing or '0.0::DOUBLE'} AS st_{a}", f"{weights or '0.0::DOUBLE'} AS p_{a}"]
        coverage = f"k_{a} / {_number(total)}"
        mean = f"(w_{a} + st_{a}) / (k_{a} + p_{a})"
        finished += [
            f"CASE WHEN {_sql_grid(coverage)} >= {_number(spec.least[a])} "
            f"AND k_{a} + p_{a} <> 0 THEN {_sql_grid(mean)} END AS {a}",
            f"{coverage} AS c_{a}",
            f"{_sql_grid(f'w_{a} / {_number(total)}')} AS l_{a}",
            _sql_grid(f"w_{a} / {_number(total)} + 100.0::DOUBLE * (1.0::DOUBLE - {coverage})")
            + f" AS u_{a}",
        ]
    weights = sum(spec.weights.values())

    def over_axes(term: Any) -> str:
        return " + ".join(term(a, _number(w)) for a, w in spec.weights.items())

    weighted = over_axes(lambda a, w: f"CASE WHEN {a} IS NULL THEN 0.0::DOUBLE ELSE {w} * {a} END")
    known = over_axes(lambda a, w: f"CASE WHEN {a} IS NULL THEN 0.0::DOUBLE ELSE {w} END")
    have = over_axes(lambda a, w: f"CASE WHEN {a} IS NULL THEN 0 ELSE 1 END")
    combined = [
        f"({weighted}) AS w",
        f"({known}) AS k",
        f"({have}) AS have",
        f"({over_axes(lambda a, w: f'{w} * c_{a}')}) / {_number(weights)} AS coverage",
        _sql_grid(f"({over_axes(lambda a, w: f'{w} * l_{a}')}) / {_number(weights)}") + " AS lower",
        _sql_grid(f"({over_axes(lambda a, w: f'{w} * u_{a}')}) / {_number(weights)}") + " AS upper",
    ]
    enough = f"have >= {spec.min_axes} AND {_sql_grid('coverage')} >= {_number(spec.min_coverage)}"
    overall = (
        f"CASE WHEN NOT ({enough}) THEN NULL WHEN mean < lower THEN lower "
        f"WHEN mean > upper THEN upper ELSE mean END AS overall"
    )
    rungs = []
    for k, rung in enumerate(spec.rungs, 1):
        text = " AND ".join(
            "(" + " OR ".join(f"{c.name} {c.sign} {_number(c.than)}" for c in any_of) + ")"
            for any_of in rung
        )
        rungs.append(f"({text}) AS r{k}")
    count = len(spec.rungs)
    stage = " ".join(f"WHEN r{k} IS NOT TRUE THEN {k - 1}" for k in range(1, count + 1))
    could = " ".join(f"WHEN NOT r{k} THEN {k - 1}" for k in range(1, count + 1))
    band = " ".join(f"WHEN overall < {_number(e)} THEN {k}" for k, e in enumerate(spec.edges))
    axes = ", ".join(AXES)
    return f"""
    SELECT {axes}, overall, coverage, lower, upper, stage::SMALLINT AS stage,
           (CASE WHEN could > stage THEN could END)::SMALLINT AS stage_provisional,
           (CASE {band} WHEN overall >= {_number(spec.edges[-1])} THEN {len(spec.edges)} END
           )::SMALLINT AS band
    FROM (SELECT {axes}, overall, coverage, lower, upper,
                 CASE {stage} ELSE {count} END AS stage, CASE {could} ELSE {count} END AS could
    FROM (SELECT {axes}, overall, coverage, lower, upper, {", ".join(rungs)}
    FROM (SELECT {axes}, {kept}, coverage, lower, upper, {overall}
    FROM (SELECT {axes}, {kept}, have, coverage, lower, upper,
                 CASE WHEN k <> 0 THEN {_sql_grid("w / k")} END AS mean
    FROM (SELECT {axes}, {kept}, {", ".join(combined)}
    FROM (SELECT {kept}, {", ".join(finished)}
    FROM (SELECT {kept}, {", ".join(sums)}
    FROM (SELECT {kept}, {", ".join(responses)}
    FROM (SELECT {", ".join(ranges)} FROM {table})))))))))
    """


# ── Polars ───────────────────────────────────────────────────────────────────────────────────────


def _pl_response(pl: Any, one: Component) -> Any:
    x = pl.col(one.metric)
    if one.kind == "flag":
        return pl.when(x != 0).then(one.when_true).when(x == 0).then(100.0 - one.when_true)
    below = one.score[0] if one.kind == "curve" else 0.0
    out = pl.when(x < one.at[0]).then(below)
    for k in range(len(one.at) - 1):
        value = pl.lit(one.score[k])
        if one.kind == "curve":
            value = value + (x - one.at[k]) * one.slope[k]
        out = out.when(x < one.at[k + 1]).then(value)
    return out.when(x >= one.at[-1]).then(one.score[-1])


def _pl_sum(terms: list[Any]) -> Any:
    out = terms[0]
    for one in terms[1:]:
        out = out + one
    return out


def polars_query(spec: Spec, frame: Any) -> Any:
    """A lazy query over a frame whose unknown values are null."""
    import polars as pl

    def grid(x: Any) -> Any:
        return (x + SHIFT) - SHIFT

    def either(unknown: Any, then: Any, otherwise: Any) -> Any:
        return pl.when(unknown).then(then).otherwise(otherwise)

    def in_range(name: str, low: float, high: float) -> Any:
        x = pl.col(name)
        return pl.when((x >= low) & (x <= high)).then(x).alias(name)

    query = frame.lazy().select(
        pl.col(name) if limits is None else in_range(name, *limits)
        for name, limits in spec.ranges.items()
    )
    parts = [one for a in AXES for one in spec.axes[a]]
    query = query.with_columns(_pl_response(pl, one).alias(f"s_{one.metric}") for one in parts)
    sums, finished = [], []
    for a in AXES:
        terms: dict[str, list[Any]] = {"w": [], "k": [], "st": [], "p": []}
        total = 0.0
        for one in spec.axes[a]:
            total += one.weight
            s = pl.col(f"s_{one.metric}")
            terms["w"].append(s.fill_null(0.0) * one.weight)
            terms["k"].append(either(s.is_null(), 0.0, one.weight))
            if one.prior is not None:
                terms["st"].append(either(s.is_null(), one.weight * one.prior, 0.0))
                terms["p"].append(either(s.is_null(), one.weight, 0.0))
        sums += [
            (_pl_sum(of) if of else pl.lit(0.0)).alias(f"{name}_{a}") for name, of in terms.items()
        ]
        w, k, st, p = (pl.col(f"{name}_{a}") for name in terms)
        coverage, low = k / total, w / total
        finished += [
            pl.when((grid(coverage) >= spec.least[a]) & (k + p != 0))
            .then(grid((w + st) / (k + p)))
            .alias(a),
            coverage.alias(f"c_{a}"),
            grid(low).alias(f"l_{a}"),
            grid(low + 100.0 * (1.0 - coverage)).alias(f"u_{a}"),
        ]
    query = query.with_columns(sums).with_columns(finished)
    weights = sum(spec.weights.values())
    of = spec.weights.items()

    def shares(prefix: str) -> Any:
        return _pl_sum([pl.col(prefix + a) * w for a, w in of]) / weights

    known = _pl_sum([either(pl.col(a).is_null(), 0.0, w) for a, w in of])
    query = query.with_columns(
        (_pl_sum([pl.col(a).fill_null(0.0) * w for a, w in of]) / known).alias("mean"),
        _pl_sum([pl.col(a).is_not_null().cast(pl.Int8) for a in AXES]).alias("have"),
        shares("c_").alias("coverage"),
        grid(shares("l_")).alias("lower"),
        grid(shares("u_")).alias("upper"),
    )
    mean, low, high = grid(pl.col("mean")), pl.col("lower"), pl.col("upper")
    enough = (pl.col("have") >= spec.min_axes) & (grid(pl.col("coverage")) >= spec.min_coverage)
    clamped = pl.when(mean < low).then(low).when(mean > high).then(high).otherwise(mean)
    query = query.with_columns(pl.when(enough).then(clamped).alias("overall"))
    rungs = []
    for k, rung in enumerate(spec.rungs, 1):
        all_of = []
        for any_of in rung:
            tests = [
                pl.col(c.name) >= c.than if c.sign == ">=" else pl.col(c.name) <= c.than
                for c in any_of
            ]
            all_of.append(pl.any_horizontal(tests) if len(tests) > 1 else tests[0])
        rungs.append(pl.all_horizontal(all_of).alias(f"r{k}"))
    query = query.with_columns(rungs)
    yes = maybe = pl.lit(True)
    stage = could = pl.lit(0, pl.Int16)
    for k in range(1, len(rungs) + 1):
        yes = yes & pl.col(f"r{k}").fill_null(False)
        maybe = maybe & pl.col(f"r{k}").fill_null(True)
        stage = stage + yes.cast(pl.Int16)
        could = could + maybe.cast(pl.Int16)
    overall = pl.col("overall")
    band = _pl_sum([(overall >= edge).cast(pl.Int16) for edge in spec.edges])
    query = query.with_columns(stage.alias("stage"), could.alias("could"), band.alias("band"))
    provisional = pl.when(pl.col("could") > pl.col("stage")).then(pl.col("could"))
    return query.select(
        *NUMBERS, "stage", provisional.alias("stage_provisional"), pl.col("band").cast(pl.Int16)
    )
