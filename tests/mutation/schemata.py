"""One source that holds many mutants, of which one runs: chosen when the program starts.

Compiling each mutant for itself would take days. Here a statement becomes

    { if (aiueo_mutant_is(7)) { changed; } else if (aiueo_mutant_is(9)) { other; } else as it was; }

and a condition or an initial value `aiueo_mutant_is(7) ? (changed) : (as it was)`. Each mutant
stands on a line of its own that says it is line 7 of a file `aiueo_mutants`, so that an error of
the compiler names the mutant that does not compile; the other lines keep their numbers.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mutable_places import Change, Site, places_of, tokens_of

FILE = "aiueo_mutants"
ERROR = re.compile(r"^(.*?):\d+:(?:\d+:)? (?:fatal )?error: ")
MUTANT = re.compile(rf"\b{FILE}:(\d+)")


@dataclass(frozen=True)
class Mutant:
    file: str  # relative to the root of the tree
    line: int
    column: int
    site: Site
    change: Change

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column} {self.change.operator}"


def mutants_of(file: str, source: str) -> list[Mutant]:
    """Every mutant of a source, in its order."""
    out = []
    for site in places_of(source):
        for change in site.changes:
            line = source.count("\n", 0, change.start) + 1
            column = change.start - source.rfind("\n", 0, change.start)
            out.append(Mutant(file, line, column, site, change))
    return sorted(out, key=lambda one: (one.line, one.column, one.change.operator))


def drawn(mutants: Iterable[Mutant], count: int, seed: int) -> list[Mutant]:
    """`count` of the mutants, each as likely: the same for the same seed, those of a smaller count
    among those of a larger one."""
    # By name: a mutant keeps its place in the order when others are added.
    order = sorted(mutants, key=lambda one: random.Random(f"{seed} {one}").random())
    return order[:count]


def flat(source: str, start: int, end: int, change: Change) -> str:
    """[start, end) with the change in it, on one line and without comments."""
    if (change.start, change.end) == (start, end) and not change.negates:
        return change.text
    text = change.text if change.negates else source[start : change.start] + change.text
    text += "" if change.negates else source[change.end : end]
    out, last = "", 0
    for token in tokens_of(text):
        out += (" " if token.start > last else "") + token.text
        last = token.end
    return out.strip()


def with_mutants(file: str, source: str, numbered: Mapping[int, Mutant]) -> str:
    """The source with these mutants of it in it."""
    sites: dict[Site, list[int]] = {}
    for number, mutant in sorted(numbered.items()):
        sites.setdefault(mutant.site, []).append(number)
    order = sorted(sites, key=lambda site: (site.start, -site.end))
    return rendered(file, source, 0, len(source), order, sites, numbered)


def rendered(
    file: str,
    source: str,
    start: int,
    end: int,
    order: list[Site],
    sites: Mapping[Site, list[int]],
    numbered: Mapping[int, Mutant],
) -> str:
    out, at = "", start
    for place, site in enumerate(order):
        if site.start < at or site.end > end:
            continue  # in one that is done, with it
        inner = [
            one for one in order[place + 1 :] if one.start >= site.start and one.end <= site.end
        ]
        original = rendered(file, source, site.start, site.end, inner, sites, numbered)
        changed = [(n, flat(source, site.start, site.end, numbered[n].change)) for n in sites[site]]
        first = source.count("\n", 0, site.start) + 1
        last = source.count("\n", 0, site.end) + 1
        out += source[at : site.start]
        out += schema(site.how, changed, f'\n#line {first} "{file}"\n{original}')
        out += f'\n#line {last} "{file}"\n'
        at = site.end
    return out + source[at:end]


def schema(how: str, changed: list[tuple[int, str]], original: str) -> str:
    lines = [f'\n#line {number} "{FILE}"\n' for number, _ in changed]
    if how == "statement":
        parts = [f"if (aiueo_mutant_is({n})) {{ {text} }} else " for n, text in changed]
        return "{" + "".join(map("".join, zip(lines, parts))) + original + "}"
    around = {"condition": "static_cast<bool>({})", "step": "static_cast<void>(({}))"}
    form = around.get(how, "({})")
    parts = [f"aiueo_mutant_is({n}) ? {form.format(text)} : " for n, text in changed]
    before, after = form.split("{}")
    return "".join(map("".join, zip(lines, parts))) + before + original + after


def not_compiled(messages: str) -> set[int]:
    """The mutants that a compiler's errors are about."""
    blocks: list[tuple[bool, str]] = []  # of each error: whether it stands in a mutant; its text
    for line in messages.splitlines():
        error = ERROR.match(line)
        if error:
            blocks.append((error[1].endswith(FILE), line))
        elif blocks and not blocks[-1][0]:
            blocks[-1] = (False, f"{blocks[-1][1]}\n{line}")
    return {int(number) for _, text in blocks for number in MUTANT.findall(text)}
