"""The formats of reports: those that come with ScanGuard, each loaded when it is asked for, and those of plugins."""

from collections.abc import Callable, Mapping
from importlib import import_module

from scanguard.engine.setting import describe
from scanguard.model.errors import ConfigurationError, ScanGuardError
from scanguard.model.report import Report
from scanguard.model.spelling import nearest
from scanguard.plugin import Reporter
from scanguard.reporters.options import RenderOptions

Renderer = Callable[[Report, RenderOptions], str]
FORMATS: Mapping[str, str] = {
    "text": "scanguard.reporters.text",
    "json": "scanguard.reporters.json",
    "sarif": "scanguard.reporters.sarif",
    "github": "scanguard.reporters.github",
    "gitlab-codequality": "scanguard.reporters.gitlab_codequality",
    "gitlab-container-scanning": "scanguard.reporters.gitlab_container_scanning",
    "junit": "scanguard.reporters.junit",
    "markdown": "scanguard.reporters.markdown",
}
"""Each format and the module whose `render(report, options)` writes it."""


def renderer(name: str, brought: Callable[[], Mapping[str, Reporter]]) -> Renderer:
    """The renderer of a format; `brought` gives the formats of plugins.

    Raises ConfigurationError, with a suggestion, where there is none of this name.
    """
    if name in FORMATS:
        render: Renderer = import_module(FORMATS[name]).render
        return render
    others = brought()
    if name in others:
        return _bounded(others[name])
    known = [*FORMATS, *others]
    guess = nearest(name, known)
    hint = f"; did you mean '{guess}'?" if guess else f"; there are {', '.join(known)}"
    raise ConfigurationError(f"'{name}' is not a format{hint}")


def _bounded(reporter: Reporter) -> Renderer:
    """The renderer of a plugin's format, inside its own error boundary."""

    def render(report: Report, _: RenderOptions) -> str:
        try:
            return reporter.render(report)
        except (Exception, SystemExit) as error:
            raise ScanGuardError(f"format '{reporter.name}' failed: {describe(error)}") from error

    return render
