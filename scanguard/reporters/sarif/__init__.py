"""The report as SARIF 2.1.0, for GitHub code scanning, GitLab and viewers. sarif-om is loaded when it is needed.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
"""

from scanguard.model.report import Report
from scanguard.reporters.jsontext import dumps
from scanguard.reporters.options import PLAIN, RenderOptions

RESULT_LIMIT = 5_000
"""GitHub shows no more results of a run, GitLab takes no more."""


def render(report: Report, options: RenderOptions = PLAIN, limit: int = RESULT_LIMIT) -> str:
    """The report as SARIF text ending with LF: the same bytes for the same report, one result a line.

    Results come worst first; where there are more than `limit`, the rest is left out and a notification says so.
    Suppressed findings are left out too, since GitHub would open alerts for them; `options.include_suppressed` keeps and
    marks them. `options.category` keeps uploads of one commit apart; an empty one leaves the choice to whoever uploads.
    Dockerfiles are one run, each image is another with a category of its own, and `limit` is for each.
    """
    from gc import disable, enable, isenabled

    collecting = isenabled()
    disable()  # building tens of thousands of objects, none of them garbage, takes half as long again with it
    try:
        from scanguard.reporters.sarif.log import log

        kept = options.include_suppressed
        return dumps(log(report, include_suppressed=kept, category=options.category, limit=limit), depth=4)
    finally:
        if collecting:
            enable()
