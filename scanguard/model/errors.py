"""Errors that people read: what is wrong, where, and what to do. None of them shows a traceback."""

from scanguard.model.location import Region


class ScanGuardError(Exception):
    """Anything that ends a run or a target with one line on standard error.

    `uri` and `region` say where, as `file:line:column`; both may be absent.
    """

    def __init__(self, message: str, uri: str = "", region: Region | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.uri = uri
        self.region = region

    def __str__(self) -> str:
        if not self.uri:
            return self.message
        if self.region is None:
            return f"{self.uri}: {self.message}"
        return f"{self.uri}:{self.region.start_line}:{self.region.start_column}: {self.message}"


class ConfigurationError(ScanGuardError):
    """The command line, a policy or a plugin is wrong: exit 2, nothing was scanned."""


class TargetError(ScanGuardError):
    """One target gave no answer: it becomes a notification, the run goes on and ends with exit 3."""
