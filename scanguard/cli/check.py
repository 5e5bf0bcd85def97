"""`scanguard check`: the main job."""

import os
import sys
from collections.abc import Mapping
from types import MappingProxyType

from scanguard import app
from scanguard.cli import print_error, print_text
from scanguard.model.errors import ConfigurationError
from scanguard.model.record import NamedTuple
from scanguard.model.report import ExitCode, Report


class CheckOptions(NamedTuple):
    """What `scanguard check` was asked for; the defaults are those of a bare `scanguard check`."""

    paths: tuple[str, ...] = (".",)
    policy: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = ""
    format: str = "text"
    outputs: tuple[tuple[str, str], ...] = ()
    target: str = ""
    build_args: Mapping[str, str] = MappingProxyType({})
    build_contexts: tuple[str, ...] = ()
    inline: bool = True
    plugins: bool = True
    exit_zero: bool = False
    daemon: bool = False
    color: str = "auto"
    category: str = ""
    include_suppressed: bool = False


def check(options: CheckOptions) -> int:
    """Check the targets, print the report, write the files that were asked for; returns the exit code."""
    environment = app.environment()
    request = app.Request(
        options.paths,
        options.policy,
        options.select,
        options.ignore,
        options.fail_on,
        options.target,
        options.build_args,
        options.build_contexts,
        inline=options.inline,
        exit_zero=options.exit_zero,
        daemon=options.daemon,
    )
    session = app.Session(environment, plugins=options.plugins)
    writers = [(session.reporter(name), path) for name, path in options.outputs]
    printer = None if options.format == "text" else session.reporter(options.format)
    report = session.check(request)
    extras = app.RenderOptions(options.category, options.include_suppressed)
    unwritten = [
        error
        for writer, path in writers
        if (error := _write(path, writer(report, extras), environment.cwd)) is not None
    ]
    if printer is None:
        print_text(_text(report, options.color))
    else:
        print_text(printer(report, extras), "utf-8")
    for error in unwritten:
        print_error(str(error))
    return int(ExitCode.CONFIGURATION if unwritten else report.exit_code)


def _write(path: str, text: str, cwd: str) -> ConfigurationError | None:
    """Write a report to a file; what kept it from being written does not keep the other reports from people."""
    try:
        app.write_file(path, text, cwd)
    except ConfigurationError as error:
        return error
    return None


def _text(report: Report, color: str) -> str:
    from scanguard.reporters.text import render

    stream = sys.stdout
    encoding = (stream.encoding or "ascii").lower().replace("-", "")
    return render(report, color=_color(color), unicode=encoding.startswith("utf"), width=_width())


def _color(wish: str) -> bool:
    """`--color`, then NO_COLOR (https://no-color.org), FORCE_COLOR, and whether this is a terminal."""
    if wish != "auto":
        return wish == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE", "0") != "0":
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _width() -> int:
    """The width of the terminal, or 120 columns where there is none."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 120
    except (OSError, ValueError, AttributeError):
        return 120
