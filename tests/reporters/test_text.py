"""What people read: safe, bounded, fast to load, and right to the column."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanguard.model.location import Region, Source, Span
from scanguard.model.report import Notification, Report, ScannedFile
from scanguard.model.rule import Severity
from scanguard.reporters.frame import FrameWriter
from scanguard.reporters.options import RenderOptions
from scanguard.reporters.redact import RedactedText
from scanguard.reporters.terminal import Palette, visible, visible_path
from scanguard.reporters.text import render
from tests.reporters.samples import CLEAN, FAILING, FINDINGS
from tests.reporters.strategies import reports

HEAVY = (
    "argparse attr dataclasses hashlib inspect json logging pathlib subprocess tempfile textwrap unicodedata urllib"
    " importlib.metadata sarif_om"
).split()


def frame(
    text: str, start: int, end: int, width: int = 60, secrets: tuple[Span, ...] = (), unicode: bool = True
) -> str:
    source = Source("Dockerfile", text)
    writer = FrameWriter(Palette(color=False), unicode=unicode, width=width)
    return "\n".join(writer.draw(RedactedText(ScannedFile(source, secrets)), source.region(Span(start, end)), 2, "1"))


def last_line(report: Report) -> str:
    return render(report, RenderOptions(color=False, unicode=True, width=80)).split("\n")[-2]


@pytest.mark.parametrize(
    ("report", "summary"),
    [
        (CLEAN, "clean: nothing found in 1 file"),
        (CLEAN._replace(findings=FINDINGS[9:10]), "clean: nothing found in 1 file; 1 suppressed"),
        (
            CLEAN._replace(notifications=(Notification("error", "no"),) * 2),
            "nothing found in 1 file; incomplete: 2 errors above",
        ),
        (FAILING._replace(findings=FINDINGS[:1]), "1 medium in 1 of 2 files; fails on medium or worse"),
        (
            FAILING._replace(findings=FINDINGS[:1], exit_zero=True),
            "1 medium in 1 of 2 files; fails on medium or worse (exit code 0 by --exit-zero)",
        ),
        (
            FAILING._replace(findings=FINDINGS[:1], fail_on=Severity.CRITICAL),
            "1 medium in 1 of 2 files; passes, nothing is critical",
        ),
        (
            FAILING._replace(findings=FINDINGS[:1], fail_on=Severity.HIGH, exit_zero=True),
            "1 medium in 1 of 2 files; passes, nothing is high or worse",
        ),
        (
            FAILING._replace(findings=FINDINGS[:1], fail_on=None),
            "1 medium in 1 of 2 files; passes, no severity fails the run",
        ),
        (
            FAILING._replace(findings=FINDINGS[4:5], fail_on=Severity.CRITICAL),
            "1 critical in 1 of 2 files; fails on critical",
        ),
    ],
)
def test_the_last_line_sums_up(report: Report, summary: str):
    assert last_line(report) == summary


def test_a_clean_run_is_one_line():
    assert render(CLEAN, RenderOptions(color=False, unicode=True, width=80)) == "clean: nothing found in 1 file\n"


def test_findings_of_one_file_stand_together():
    mixed = FAILING._replace(findings=(FINDINGS[0], FINDINGS[10], FINDINGS[1]))
    headers = re.findall(
        r"^(\S.*?):\d+:\d+: ", render(mixed, RenderOptions(color=False, unicode=True, width=80)), re.MULTILINE
    )
    assert headers == ["services/my api/Dockerfile"] * 2 + ["worker.Dockerfile"]


def test_an_empty_place_gets_one_caret():
    assert frame("USER\n", 4, 4) == " 1 │ USER\n   │     ^"


def test_a_place_after_the_last_line_end_is_shown():
    assert frame("FROM a\n", 7, 7).split("\n")[1:] == [" 2 │", "   │ ^"]


def test_a_place_that_takes_its_line_end_stays_on_its_line():
    assert frame("FROM a\nUSER b\n", 0, 7) == " 1 │ FROM a\n   │ ^^^^^^\n 2 │ USER b"


def test_tabs_and_wide_characters_keep_carets_in_their_columns():
    assert frame("\tENV 名=x", 7, 8) == " 1 │     ENV 名=x\n   │            ^"
    assert frame("a\u0301b", 2, 3) == " 1 │ a\u0301b\n   │  ^"


def test_a_region_in_the_midst_of_its_first_line_is_pointed_at():
    assert frame("RUN a && \\\n  b\n", 4, 14) == (
        "   │ ╭─────v\n"  # the arm reaches the first column
        " 1 │ │ RUN a && \\\n"
        " 2 │ │   b\n"
        "   │ ╰───^"
    )


def test_long_lines_are_clipped_around_the_place():
    text = "RUN " + "a" * 500 + " gcc " + "b" * 500
    start = text.index("gcc")
    code, carets = frame(text, start, start + 3).split("\n")
    assert (len(code), code[5], code[-1]) == (60, "…", "…")
    assert code[carets.index("^") : carets.rindex("^") + 1] == "gcc"


def test_a_mask_shows_nothing_of_the_length_of_a_secret():
    text = "ENV A=secretsecret B=1"
    assert frame(text, 10, 12, secrets=(Span(6, 18),)) == " 1 │ ENV A=*** B=1\n   │       ^^^"


def test_a_place_outside_the_text_has_no_frame():
    writer = FrameWriter(Palette(color=False), unicode=True, width=60)
    text = RedactedText(ScannedFile(Source("x", "FROM a")))
    assert writer.draw(text, Region(7, 1, 7, 2), 2, "1") == []


def test_a_line_of_many_megabytes_is_no_burden():
    text = "RUN " + "é" * 20_000_000
    started = time.process_time()
    assert len(frame(text, 10_000_000, 10_000_004)) < 300
    assert time.process_time() - started < 0.5


@given(report=reports(), unicode=st.booleans(), width=st.integers(1, 120))
def test_no_text_of_strangers_gets_through(report: Report, unicode: bool, width: int):
    rendered = render(report, RenderOptions(color=False, unicode=unicode, width=width))
    assert all(character.isprintable() or character == "\n" for character in rendered)
    assert unicode or rendered.isascii()
    assert "##[" not in rendered
    assert not re.search(r"^\s*::", rendered, re.MULTILINE)


@given(report=reports())
def test_colours_change_nothing_but_colours(report: Report):
    plain = render(report, RenderOptions(color=False, unicode=True, width=80))
    colored = re.sub(r"\x1b\[[0-9;]*m", "", render(report, RenderOptions(color=True, unicode=True, width=80)))
    assert [line.rstrip() for line in colored.split("\n")] == [line.rstrip() for line in plain.split("\n")]


@given(text=st.text(st.characters(), max_size=40), data=st.data())
def test_carets_stand_under_what_they_mark(text: str, data: st.DataObject):
    text = "".join(character for character in text if character.isprintable() and character not in "#")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    rows = frame(text, start, end, width=400, unicode=False).split("\n")
    carets = next(row for row in rows if "^" in row and row.startswith("   |"))
    shown = carets.index("^") - 5
    assert shown == len(visible(text[:start], unicode=False))


def test_escapes_are_visible():
    assert visible("a\x1b[0m\r\n\u202e\xa0", unicode=True) == "a\\x1b[0m\\r\\n\\u202e\\xa0"
    assert visible("é", unicode=False) == "\\xe9"
    assert visible("\ud800", unicode=True) == "\\ud800"
    assert visible_path(" ::a", unicode=True) == "./ ::a"


ROOT = str(Path(__file__).parents[2])


def modules_after(code: str) -> set[str]:
    """The modules that an isolated interpreter has loaded after some code, its own left out."""
    code = f"import sys; sys.path.insert(0, {ROOT!r}); before = set(sys.modules); {code}"
    code += "; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_only_light_modules_are_loaded():
    assert modules_after("import scanguard.reporters.text").isdisjoint(HEAVY)


def test_rendering_loads_nothing_more():
    loading = "import tests.reporters.samples as s, scanguard.reporters.text as t"
    rendering = f"{loading}; t.render(s.CLEAN._replace(findings=s.FINDINGS[10:]))"
    assert modules_after(rendering) == modules_after(loading)


def test_the_reports_of_the_tests_are_quick():
    many = FAILING._replace(findings=FINDINGS * 46)
    started = time.process_time()
    render(many, RenderOptions(color=True, unicode=True, width=100))
    assert time.process_time() - started < 0.5
