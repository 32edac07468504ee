"""The group of commands, and what every command has: --json, exit statuses, one-line errors."""

from __future__ import annotations

import difflib
import functools
import importlib
import logging
import os
import signal
import sys
from typing import Any, Callable

import click

from .._ending import BAD_USE, INTERRUPTED, say, told
from .._errors import Error
from .._limits import Limits

_COMMANDS = {
    "demo": "._demo",
    "check": "._check",
    "score": "._score",
    "explain": "._explain",
    "evidence": "._evidence",
    "merge": "._merge",
    "study": "._study",
    "act": "._act",
    "agreement": "._agreement",
    "change": "._change",
    "compare": "._compare",
    "rollup": "._rollup",
    "report": "._report",
}


class Refused(click.ClickException):
    """Bad input: one line that says what is wrong and where."""


class _StoppedError(Exception):
    pass


class _ReadEnoughError(Exception):
    """Whoever reads our output reads no more; of a BrokenPipeError Click makes status 1."""


class Group(click.Group):
    """Commands are imported when they run; every failure becomes a line and a status."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(_COMMANDS[cmd_name], __package__)
        command: click.Command = module.command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            near = difflib.get_close_matches(args[0].lower(), _COMMANDS, 1)
            hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(_COMMANDS)}"
            ctx.fail(f'No such command "{args[0]}"; {hint}')

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        try:
            return super().make_context(*args, **extra)
        except BrokenPipeError:  # by --help, --version
            raise _ReadEnoughError from None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise _ReadEnoughError from None
        except KeyboardInterrupt:  # Click would print an empty line first
            raise _StoppedError from None

    def main(self, *args: Any, **extra: Any) -> Any:
        logging.getLogger("aiueo").addHandler(logging.NullHandler())  # warnings are printed here
        extra["standalone_mode"] = False
        try:
            status = super().main(*args, **extra)
        except (_StoppedError, click.Abort):
            say("stopped")
            status = INTERRUPTED
        except click.exceptions.NoArgsIsHelpError as asked:
            click.echo(asked.ctx.get_help())
            status = BAD_USE
        except click.UsageError as failure:
            context = failure.ctx
            sub = context.info_name if context is not None and context.parent else ""
            where = f" (aiueo {sub} --help)" if sub else ""
            say(failure.format_message() + where)
            status = BAD_USE
        except click.ClickException as failure:
            say(failure.format_message())
            status = BAD_USE
        except _ReadEnoughError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            status = 0
        except (Exception, KeyboardInterrupt) as failure:
            status = told(failure)
        sys.exit(status if isinstance(status, int) else 0)


def _wish(ctx: click.Context, _: Any, value: bool) -> None:
    if value:
        ctx.ensure_object(dict)["json"] = True


def with_json(function: Callable[..., Any]) -> Callable[..., Any]:
    """--json before or after the command's name."""
    option = click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=_wish,
        help="Print JSON, for programs.",
    )
    return option(function)


def wants_json() -> bool:
    return bool(click.get_current_context().ensure_object(dict).get("json"))


def _limit(ctx: click.Context, _: Any, given: tuple[str, ...]) -> None:
    if not given:
        return
    try:
        ctx.ensure_object(dict)["limits"] = Limits.of(given)
    except Error as failure:
        raise click.BadParameter(str(failure)) from None


def limits() -> Limits | None:
    """On the models and states that this run reads, if any were given."""
    found: Limits | None = click.get_current_context().ensure_object(dict).get("limits")
    return found


def stop_on_terminate(function: Callable[..., Any]) -> Callable[..., Any]:
    """Being asked to end, and the terminal's end, are like Ctrl-C: nothing stays half-written."""

    @functools.wraps(function)
    def run(*args: Any, **extra: Any) -> Any:
        def stop(*_: Any) -> None:
            raise KeyboardInterrupt

        before: dict[Any, Any] = {}
        try:
            for name in ("SIGTERM", "SIGHUP"):
                kind = getattr(signal, name, None)  # Windows has no SIGHUP
                if kind is not None and signal.getsignal(kind) is not signal.SIG_IGN:  # nohup
                    before[kind] = signal.signal(kind, stop)
        except ValueError:  # not the main thread
            return function(*args, **extra)
        try:
            return function(*args, **extra)
        finally:
            for kind, handler in before.items():
                signal.signal(kind, handler)

    return run


def _version(ctx: click.Context, _: Any, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    from .._library import instruction_sets, version

    click.echo(f"aiueo {version()} ({instruction_sets()[-1]})")
    ctx.exit()


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Version."
)
@click.option(
    "--limit",
    metavar="NAME=NUMBER",
    multiple=True,
    expose_value=False,
    callback=_limit,
    help="Another limit on models and states, such as max_depth=128; before the command.",
)
@with_json
def cli() -> None:
    """Customer health: scores, stages, and why.

    Files are CSV, Parquet or Arrow IPC by their ending; - is standard input or output, as CSV.
    Exit status: 0 fine, 1 the answer is no, 2 bad use or input, 70 a fault of aiueo itself.
    """
