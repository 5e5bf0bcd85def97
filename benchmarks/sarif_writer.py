"""10,000 results to SARIF: at most 0.6 s and 100 MiB. `python benchmarks/sarif_writer.py`."""

import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from scanguard.model.finding import Finding, Place
from scanguard.model.location import Source, Span
from scanguard.model.report import Report, ScannedFile
from scanguard.model.rule import Confidence, Rule, Severity
from scanguard.reporters import sarif, text
from scanguard.reporters.options import RenderOptions

FILES = 250
PER_FILE = 40
LINES = [
    f"RUN apt-get update && apt-get install -y --no-install-recommends package-{n} && true" for n in range(PER_FILE)
]
RULE = Rule(
    "SGD401", "build-tools", "build-tools", Severity.MEDIUM, "Build tools ship.", "Build tools ship.\n\nThey do."
)


def findings(file: ScannedFile) -> list[Finding]:
    source = file.source
    made = []
    for start in source.line_starts[:PER_FILE]:
        span = Span(start + 20, start + 40)
        region = source.region(span)
        message = f"Build tool 'package-{region.start_line}' ships."
        related = (Place("the base image", source.region(Span(0, 4))),)
        made.append(
            Finding(
                RULE, Severity.MEDIUM, Confidence.HIGH, message, source.uri, region, "0", related, (), span, LINES[0]
            )
        )
    return made


def report() -> Report:
    sources = [Source(f"services/{number}/Dockerfile", "\n".join(LINES) + "\n") for number in range(FILES)]
    files = tuple(ScannedFile(source, (Span(80, 90),), "0" * 64) for source in sources)
    found = tuple(finding for file in files for finding in findings(file))
    return Report("0.1.0", found, (), (RULE,), files, Severity.MEDIUM)


def main() -> int:
    made = report()
    started = time.perf_counter()
    size = len(sarif.render(made, limit=len(made.findings)))
    cold = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    text.render(made._replace(findings=made.findings[:500]), RenderOptions(color=True, unicode=True, width=100))
    shown = time.perf_counter() - started
    print(f"SARIF, {len(made.findings)} results: {cold:.2f} s with imports, {size / 1e6:.1f} MB, peak {memory:.0f} MiB")
    print(f"text, 500 findings: {shown * 1000:.1f} ms")
    return 0 if cold <= 0.6 and memory <= 100 else 1


if __name__ == "__main__":
    sys.exit(main())
