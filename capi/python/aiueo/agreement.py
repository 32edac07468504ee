"""Stages sealed until all members have ranked, then opened."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from ctypes import c_int32
from typing import TYPE_CHECKING, Any, Union

from . import _structs as c
from ._dates import DateLike, day_of
from ._errors import INVALID_ARGUMENT, ArgumentError
from ._library import Handle, library, text_of
from .explain import Record
from .finding import Finding, Rows

if TYPE_CHECKING:
    from .plan import Plan

#: A seal: what `SealedAgreement` holds, its JSON, or a path.
SealSource = Union["SealedAgreement", Mapping[str, Any], str, "os.PathLike[str]", bytes]

#: So many disagreements are printed; a portfolio has hundreds.
_SHOWN = 20


class SealedAgreement:
    """What members rank before anyone knows the stages. Made by ``plan.seal_agreement(snapshots)``.

    ``seal``: keep it, in a file perhaps; it holds one digest of all stages and no stage. ``sheet``:
    for the members to fill in, a row a customer: customer, as_of, rank and by (None).
    """

    def __init__(self, made: Mapping[str, Any]) -> None:
        self.seal: dict[str, Any] = made["seal"]
        self.sheet = Rows([Record(one) for one in made["sheet"]])

    def to_json(self) -> str:
        """The seal, as `Plan.open_agreement` takes it."""
        return json.dumps(self.seal, ensure_ascii=False, indent=2) + "\n"

    def __repr__(self) -> str:
        return f"<aiueo.SealedAgreement {self.seal['customers']:,} customers, {self.seal['as_of']}>"


class AgreementOpening(Record):
    """Ranks beside the stages that were sealed. Made by ``plan.open_agreement(…)``.

    ``agreement``: the `Finding` of the study. ``disagreements``: rank and stage differ, the
    furthest apart first. ``surprises``: ranked in the upper half, at a stage in the lower, with a
    contract that ends within 90 days; None if no contracts were given. Prints as text.
    """

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._plain = dict(found)
        members = dict(found)
        members["agreement"] = Finding(found["agreement"])
        for key in ("disagreements", "surprises"):
            if found[key] is not None:
                members[key] = Rows([Record(one) for one in found[key]])
        super().__init__(members)

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts and lists, by schema/agreement_opening.schema.json."""
        out: dict[str, Any] = json.loads(json.dumps(self._plain))
        return out

    def text(self, language: str = "en") -> str:
        """The finding, the furthest disagreements and the surprises."""
        blocks = [self["agreement"].text(language)]
        for key, most in (("disagreements", _SHOWN), ("surprises", None)):
            if self[key]:
                block = Rows(self[key][:most]).text(key)
                more = len(self[key]) - len(self[key][:most])
                if more:
                    ja = language == "ja"
                    block += f"\n… ほか{more:,}行" if ja else f"\n… and {more:,} more rows"
                blocks.append(block)
        return "\n\n".join(blocks)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        return AgreementOpening, (self._plain,)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return str(self)


def seal(plan: Plan, snapshots: Any, as_of: DateLike | None, **options: Any) -> SealedAgreement:
    """See `Plan.seal_agreement`."""
    nonce = secrets.token_hex(32).encode()
    batch, scores = _scored(plan, snapshots, **options)
    text = text_of(
        library().aiueo_agreement_seal,
        batch.pointer,
        scores.pointer,
        c_int32(c.NO_DATE if as_of is None else day_of(as_of)),
        nonce,
        len(nonce),
    )
    return SealedAgreement(json.loads(text))


def open_seal(
    plan: Plan, snapshots: Any, ranks: Any, source: SealSource, contracts: Any, **options: Any
) -> AgreementOpening:
    """See `Plan.open_agreement`."""
    text = _seal_text(source)
    ends = None if contracts is None else plan.contracts(contracts)
    given = plan.ranks(ranks)
    batch, scores = _scored(plan, snapshots, **options)
    found = text_of(
        library().aiueo_agreement_open,
        batch.pointer,
        scores.pointer,
        given.handle.pointer,
        None if ends is None else ends.handle.pointer,
        text,
        len(text),
    )
    return AgreementOpening(json.loads(found))


def _seal_text(source: SealSource) -> bytes:
    if isinstance(source, SealedAgreement):
        return json.dumps(source.seal).encode()
    if isinstance(source, Mapping):
        return json.dumps(dict(source)).encode()
    if isinstance(source, bytes):
        return source
    if isinstance(source, str) and source.lstrip()[:1] == "{":
        return source.encode()
    with open(source, "rb") as file:
        return file.read()


def _scored(
    plan: Plan,
    snapshots: Any,
    *,
    initiatives: Any = None,
    missing_columns: str = "error",
    null_texts: Iterable[str] = (),
) -> tuple[Handle, Handle]:
    """One batch of all rows and its scores without overrides."""
    batch = plan.batch(
        snapshots,
        initiatives=initiatives,
        missing_columns=missing_columns,
        null_texts=null_texts,
        all_metrics=True,
    )
    if len(batch.parts) != 1:
        raise ArgumentError(
            INVALID_ARGUMENT, "the snapshots come in several pieces; give one table"
        )
    scores = plan.score(batch, overrides=False, check=False)
    return batch.parts[0].handle, scores._parts[0][0]


__all__ = ["AgreementOpening", "SealSource", "SealedAgreement"]
