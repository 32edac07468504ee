"""The reference of the command line: what every command prints for --help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docutils import nodes

from .markup import Place, code, section

_WIDTH = 86


def helps() -> Iterator[tuple[str, str]]:
    """Each command's name, such as ``aiueo act next``, and its help."""
    import click
    from aiueo.cli import cli

    def walk(command: Any, name: str, parent: Any) -> Iterator[tuple[str, str]]:
        settings = {**command.context_settings, "terminal_width": _WIDTH}
        context = click.Context(command, info_name=name, parent=parent, **settings)
        yield context.command_path, command.get_help(context)
        if hasattr(command, "list_commands"):
            for each in command.list_commands(context):
                found = command.get_command(context, each)
                if found is not None and not found.hidden:
                    yield from walk(found, each, context)

    yield from walk(cli, "aiueo", None)


def command_sections(place: Place) -> list[nodes.Node]:
    out: list[nodes.Node] = []
    for name, text in helps():
        part = section(place, name, "command-" + name.replace(" ", "-"))
        part += code(text, "text")
        out.append(part)
    return out
