"""Any text goes through the whole pipeline without an exception, and every finding lies in it."""

import json
import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanguard.build.evaluate import BuildOptions
from scanguard.checks import builtin_checks
from scanguard.engine.run import Outcome, check_dockerfile
from scanguard.engine.setting import Setting
from scanguard.model.location import Source
from scanguard.model.report import Report
from scanguard.model.rule import Severity
from scanguard.reporters import json as json_report
from scanguard.reporters import text as text_report
from scanguard.reporters.options import RenderOptions

SETTINGS = tuple(
    Setting(check, None, {option.name: option.default for option in check.rule.options}) for check in builtin_checks()
)


def judged(text: str, options: BuildOptions | None = None) -> Outcome:
    """The outcome of one text, after it held what must hold of every text."""
    source = Source("Dockerfile", text)
    outcome = check_dockerfile(source, SETTINGS, options or BuildOptions())
    errors = [one.message for one in outcome.notifications if one.level == "error"]
    assert errors == [], errors
    for finding in outcome.findings:
        assert 0 <= finding.span.start <= finding.span.end <= len(text), finding
        assert finding.message.endswith((".", "?")), finding
        assert "\n" not in finding.message, finding
    rendered(outcome)
    return outcome


def rendered(outcome: Outcome) -> None:
    report = Report("1", outcome.findings, outcome.notifications, (), (outcome.file,), Severity.MEDIUM)
    text = text_report.render(report, RenderOptions(color=False, unicode=False, width=80))
    assert text.isascii()
    assert text.endswith("\n")
    document = json.loads(json_report.render(report))
    assert len(document["findings"]) == len(outcome.findings)


WORDS = st.sampled_from(
    "FROM RUN COPY ADD ENV ARG LABEL USER WORKDIR SHELL CMD ENTRYPOINT HEALTHCHECK ONBUILD VOLUME EXPOSE STOPSIGNAL "
    "MAINTAINER from as AS scratch debian:12 golang:1 node alpine@sha256:abc base 0 1 99 $A ${A} ${A:-b} ${A:?x} ${A//b/c} "
    "--from=base --from=0 --from=nginx --mount=type=secret,id=x --mount=type=bind,from=base,target=/x --chown=0:0 "
    "--platform=$BUILDPLATFORM --target=x apt-get install gcc make -y purge && || ; | & ( ) { } for i in do done if then fi "
    "case esac while $( ` ' \" \\ <<EOF <<-'E' EOF E > >> < # # scanguard: ignore[root-user] ignore-file reason=\"x\" "
    'until=2020-01-01 syntax=docker/dockerfile:1 escape=` [ ] ["a", "b"] root app:0 0:0 '
    "curl | sh sudo useradd /etc/passwd echo password=hunter22 TOKEN=abc NONE CMD powershell cmd /S /C".split()
)
GAPS = st.sampled_from([" ", " ", " ", "\n", "\n", " \\\n", "\t", "\r\n", "", "\n\n", "\\\n#x\n", "="])
TEXTS = st.lists(st.tuples(WORDS, GAPS), max_size=60).map(lambda parts: "".join(word + gap for word, gap in parts))
LINES = st.lists(
    st.sampled_from(
        [
            "FROM debian:12 AS base",
            "FROM base",
            "FROM golang:1.23 AS build",
            "FROM $BASE",
            "ARG BASE=debian",
            "ARG A",
            "ENV A=1 B=$A",
            "USER $A",
            "USER app",
            "WORKDIR $A/x",
            "RUN apt-get install -y gcc && apt-get purge gcc",
            "RUN --mount=type=bind,from=build,target=/x cp -r /x/ /usr/local/",
            "RUN <<EOF\napt-get install $A\nEOF",
            "RUN <<'EOF' bash\nfor i in a b; do echo $i; done\nEOF",
            "COPY --from=build /usr/local/go /usr/local/go",
            "COPY --from=0 / /",
            "COPY <<a <<b /x/\n1\na\n2\nb",
            "ADD https://example.com/a.tgz /",
            "ONBUILD RUN echo $A",
            "HEALTHCHECK CMD curl -f http://localhost/ || exit 1",
            'SHELL ["powershell", "-Command"]',
            'ENTRYPOINT ["gosu", "app", "run"]',
            "CMD exec run $A",
            "# scanguard: ignore[root-user, unpinned-image] until=2020-01-01",
            "LABEL a=b c='$A' \"d e\"=f",
            'RUN ["sh", "-c", "curl https://sh.rustup.rs | sh"]',
            "RUN curl https://user:" + "pass" + "word1@example.com/x | sh",
        ]
    ),
    max_size=25,
).map("\n".join)
RELAXED = settings(suppress_health_check=[HealthCheck.too_slow])


@RELAXED
@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    judged(text)


@RELAXED
@given(st.text(max_size=120))
def test_any_text_in_a_stage(text: str) -> None:
    judged(f"FROM debian:12\nRUN {text}\nENV A={text}\nCOPY {text}\n")


@RELAXED
@given(TEXTS)
def test_words_of_dockerfiles(text: str) -> None:
    judged(text)


@RELAXED
@given(LINES, st.sampled_from(["", "base", "0"]))
def test_lines_of_dockerfiles(text: str, target: str) -> None:
    names = {"base": "AS base" in text, "0": "FROM" in text, "": True}
    options = BuildOptions(target if names[target] else "", {"A": "x$A"}, frozenset({"build"}))
    judged(text, options)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\ufeffFROM debian",
        "FROM",
        "FROM  AS x",
        "RUN",
        "COPY --from=x",
        "USER " + "0" * 5000,
        "FROM debian\nUSER " + "0" * 5000,
        "FROM a\nCOPY --from=" + "9" * 5000 + " /a /b",
        "FROM debian\nEXPOSE " + "9" * 5000,
        "FROM a:\nFROM a@\nFROM a:@x",
        "FROM debian\nRUN " + "$(" * 3000,
        "FROM debian\nRUN " + "`" * 3001,
        "FROM debian\nRUN " + "(" * 5000 + ")" * 5000,
        "FROM debian\nRUN " + "{ " * 3000,
        "FROM debian\nRUN " + "if true; then " * 3000,
        "FROM debian\nRUN " + "sh -c '" * 50,
        "FROM debian\nRUN " + "sudo " * 5000 + "ls",
        "FROM debian\nRUN " + "a|" * 5000 + "a",
        "FROM debian\nRUN " + "a && " * 5000 + "a",
        "FROM debian\nRUN eval " * 100,
        "FROM debian\nENV A=" + "${A:-" * 3000,
        "FROM debian\nENV A=" + "${A:-" * 300 + "}" * 300,
        "ARG A=aaaaaaaaaa\n" + "".join(f"ARG A{i}=$A{i - 1}$A{i - 1}\n" for i in range(1, 60)) + "FROM $A59\n",
        "FROM debian\nENV A0=aaaaaaaaaa\n" + "".join(f"ENV A{i}=$A{i - 1}$A{i - 1}\n" for i in range(1, 60)),
        "FROM debian\nRUN A0=aaaaaaaaaa; " + "".join(f"A{i}=$A{i - 1}$A{i - 1}; " for i in range(1, 60)) + "echo $A59",
        "FROM debian\nRUN " + "for a in 1 2 3 4 5 6 7 8 9; do " * 12 + "echo $a; " + "done; " * 12,
        "FROM debian\n" + "ONBUILD " * 3000 + "RUN a",
        "FROM debian\nRUN " + "<<A" * 1000,
        "FROM debian\nCOPY " + " ".join(f"<<E{i}" for i in range(1000)) + " /x/",
        "FROM debian\nLABEL " + "a=b " * 5000,
        "".join(f"FROM s{i} AS s{i + 1}\n" for i in range(1500)),
        "FROM a AS s0\n" + "".join(f"FROM a AS s{i}\nCOPY --from=s{i - 1} / /\n" for i in range(1, 1500)),
        "FROM a\x00b\nRUN \x00",
        "FROM debian\nRUN echo \ud800",
        "FROM debian\rRUN a\r",
        "# escape=`\nFROM debian\nRUN a `\n b",
    ],
    ids=lambda text: text[:30].encode("unicode_escape").decode(),
)
def test_hostile_texts(text: str) -> None:
    started = time.process_time()
    judged(text)
    assert time.process_time() - started < 10


def test_five_thousand_instructions() -> None:
    """Three seconds is generous: benchmarks/ hold the real bar."""
    generator = random.Random(7)
    lines = ["FROM debian:12 AS base"]
    kinds = [
        "RUN apt-get update && apt-get install -y curl gcc-{0} && rm -rf /var/lib/apt/lists/*",
        "ENV VAR{0}=value{0}",
        "COPY src/file{0} /app/file{0}",
        "RUN if [ -f /a{0} ]; then echo $VAR{0} > /b{0}; fi",
        "ARG NAME{0}=x",
        "LABEL name{0}=value",
        "WORKDIR /work{0}",
        "RUN useradd -m user{0}",
    ]
    lines += [generator.choice(kinds).format(number) for number in range(5000)]
    text = "\n".join(lines) + "\n"
    started = time.process_time()
    source = Source("Dockerfile", text)
    outcome = check_dockerfile(source, SETTINGS, BuildOptions())
    assert time.process_time() - started < 3
    assert len(outcome.dockerfile.stages[0].instructions) == 5001
    assert {"SGD101"} <= {finding.rule.id for finding in outcome.findings}


@pytest.mark.parametrize("size", [2000, 8000])
def test_many_stages(size: int) -> None:
    text = "".join(f"FROM debian:12 AS s{number}\nRUN apt-get install gcc\n" for number in range(size // 2))
    started = time.process_time()
    check_dockerfile(Source("Dockerfile", text), SETTINGS, BuildOptions())
    assert time.process_time() - started < size / 1000
