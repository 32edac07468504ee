"""The console blocks of an example's README, run in this process and compared with what is said."""

from __future__ import annotations

import shlex
from pathlib import Path

from test_cli import run

Shown = list[tuple[str, list[str]]]


def consoles(readme: Path) -> Shown:
    """Each `$ aiueo …` and what is shown below it; a line … stands for any lines."""
    found: Shown = []
    inside = False
    for line in readme.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            inside = line == "```console"
        elif inside and line.startswith("$ aiueo "):
            found.append((line[8:], []))
        elif inside:
            assert not line.startswith("$"), f"{readme}: {line}: only aiueo is run"
            found[-1][1].append(line)
    return found


def printed(command: str) -> list[str]:
    """What a command prints, its lines without blanks at their ends; `> FILE` writes it instead."""
    words = shlex.split(command)
    into = None
    if ">" in words:
        words, into = words[: words.index(">")], words[-1]
    result = run(*words)
    assert result.exit_code == 0, result.output
    if into is not None:
        Path(into).write_text(result.stdout, encoding="utf-8")
        return []
    return [line.rstrip() for line in result.stdout.rstrip().splitlines()]


def alike(said: list[str], shown: list[str]) -> bool:
    """Whether what is said is what is shown, its pieces between … in their order."""
    pieces: list[list[str]] = [[]]
    for line in shown:
        if line == "…":
            pieces.append([])
        else:
            pieces[-1].append(line)
    at = 0
    for number, piece in enumerate(pieces):
        if number == len(pieces) - 1 and number > 0 and piece:
            return at <= len(said) - len(piece) and said[-len(piece) :] == piece
        starts = [at] if number == 0 else range(at, len(said) - len(piece) + 1)
        start = next((s for s in starts if said[s : s + len(piece)] == piece), None)
        if start is None:
            return False
        at = start + len(piece)
    return len(pieces) > 1 or at == len(said)


def wrong(readme: Path, commands: int) -> list[str]:
    """Commands that print something else than is shown, each with what it prints."""
    shown = consoles(readme)
    assert len(shown) == commands, f"{len(shown)} commands in {readme}"
    out = []
    for command, wanted in shown:
        said = printed(command)
        while wanted and not wanted[-1]:
            wanted.pop()
        if not alike(said, wanted):
            out.append("\n".join([f"$ aiueo {command}", *said]))
    return out
