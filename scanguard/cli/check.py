"""`scanguard check`: the main job."""

import os
import sys
from collections.abc import Callable

from scanguard.app.check import check_request
from scanguard.app.request import Request, environment, moment
from scanguard.app.session import Session
from scanguard.cli import print_error, print_text
from scanguard.model.errors import ConfigurationError
from scanguard.model.record import NamedTuple
from scanguard.model.report import ExitCode, Report
from scanguard.reporters.options import RenderOptions


class CheckOptions(NamedTuple):
    """What `scanguard check` was asked for; the defaults are those of a bare `scanguard check`."""

    request: Request = Request()
    format: str = "text"
    outputs: tuple[tuple[str, str], ...] = ()
    plugins: bool = True
    color: str = "auto"
    category: str | None = None
    include_suppressed: bool = False
    room: int = RenderOptions().room


def check(options: CheckOptions) -> int:
    """Check the targets, print the report, write the files that were asked for; returns the exit code."""
    session = Session(environment(), plugins=options.plugins)
    return publish(options, session, lambda: check_request(session, options.request))


def publish(options: CheckOptions, session: Session, make: Callable[[], Report]) -> int:
    """Make a report, print it and write the files that were asked for; returns the exit code.

    Raises ConfigurationError for a format that there is not before anything is made.
    """
    writers = [(session.reporter(name), path) for name, path in options.outputs]
    printer = None if options.format == "text" else session.reporter(options.format)
    report = make()
    form = RenderOptions(options.category, options.include_suppressed, time=moment(), room=options.room)
    unwritten = [
        error
        for writer, path in writers
        if (error := _write(path, writer(report, form), session.environment.cwd)) is not None
    ]
    if printer is None:
        print_text(text_of(report, options.color))
    else:
        print_text(printer(report, form), "utf-8")
    for error in unwritten:
        print_error(str(error))
    return int(ExitCode.CONFIGURATION if unwritten else report.exit_code)


def _write(path: str, text: str, cwd: str) -> ConfigurationError | None:
    """Write a report to a file; what kept it from being written does not keep the other reports from people."""
    from scanguard.app.files import write_file

    try:
        write_file(path, text, cwd)
    except ConfigurationError as error:
        return error
    return None


def text_of(report: Report, color: str = "auto") -> str:
    """The report as text, as wide and as colourful as standard output is."""
    from scanguard.reporters.text import render

    stream = sys.stdout
    encoding = (stream.encoding or "ascii").lower().replace("-", "")
    return render(report, RenderOptions(color=_color(color), unicode=encoding.startswith("utf"), width=_width()))


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
