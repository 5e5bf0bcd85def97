"""The command line. Effects live here: arguments in, text on the standard streams, exit codes out."""

import errno
import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from scanguard.model.errors import ConfigurationError, ScanGuardError
from scanguard.model.lazily import defer
from scanguard.model.report import ExitCode


def console() -> NoReturn:
    """The installed command: `main`, then an end without the interpreter's own tidying up, which nobody waits for.

    A run makes values, hardly any cycles: the collector looks seldom. pluggy imports `inspect`, which costs a tenth of a
    whole check and is of use only where there are plugins. Under a tracer or coverage the end is the usual one.
    """
    gc.set_threshold(100_000, 50, 50)
    defer("inspect")
    _stand_in()
    code = main()
    if sys.gettrace() is not None or "coverage" in sys.modules:
        sys.exit(code)
    with suppress(OSError, ValueError):
        sys.stderr.flush()
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        code = code or ExitCode.INCOMPLETE
    os._exit(code)


def _stand_in() -> None:
    """Put something in the place of standard streams that are closed (`2>&-`), or the next file that is opened would be one.

    Of standard error nobody wants to know; what is to be written to standard output fails, as it does on a full disk.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest one that is free, which is this one.
            os.open(os.devnull, os.O_WRONLY if descriptor == 2 else os.O_RDONLY)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - for as long as the process lives
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; errors end in one line on standard error, never in a traceback."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _dispatch(words)
    except ScanGuardError as error:
        print_error(str(error))
        return ExitCode.CONFIGURATION if isinstance(error, ConfigurationError) else ExitCode.INCOMPLETE
    except BrokenPipeError:
        _abandon_output()
        return ExitCode.INCOMPLETE
    except KeyboardInterrupt:
        print_error("interrupted")
        return ExitCode.INCOMPLETE


def _dispatch(words: list[str]) -> int:
    """`check` with nothing but paths, the common case, needs no argument parser and does not pay for one."""
    if words and words[0] == "check" and not any(word.startswith("-") and word != "-" for word in words):
        from scanguard.app.request import Request
        from scanguard.cli.check import CheckOptions, check

        return check(CheckOptions(Request(tuple(words[1:]) or (".",))))
    from scanguard.cli.arguments import run

    return run(words)


def print_text(text: str, encoding: str = "") -> None:
    """Write to standard output in an encoding, or in its own; what that cannot hold is escaped.

    Raises ScanGuardError where the text cannot be written, and BrokenPipeError where nobody reads it any more.
    """
    stream = sys.stdout
    data = text.encode(encoding or stream.encoding or "ascii", "backslashreplace")
    try:
        if hasattr(stream, "buffer"):
            stream.flush()
            stream.buffer.write(data)
        else:
            stream.write(text)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _abandon_output()
        why = "it is closed" if error.errno == errno.EBADF else error.strerror or error
        raise ScanGuardError(f"standard output cannot be written: {why}") from error


def _abandon_output() -> None:
    """Let what is still in the buffer go nowhere, or the interpreter would complain when it ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def print_error(message: str) -> None:
    """One line on standard error, control characters of whatever it quotes made visible."""
    from scanguard.reporters.terminal import visible

    encoding = sys.stderr.encoding or "ascii"
    line = f"scanguard: {visible(message, unicode=True)}"
    with suppress(OSError):
        sys.stderr.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
