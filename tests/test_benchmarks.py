"""The Dockerfiles of benchmarks/generate.py are the same every time, as long as real ones, and BuildKit would build them."""

import runpy
import statistics

from scanguard.dockerfile.parser import parse
from scanguard.model.location import Source
from tests.environments import ROOT

CORPUS = list(runpy.run_path(str(ROOT / "benchmarks" / "generate.py"))["corpus"](400))


def test_corpus_is_the_same_every_time() -> None:
    again = runpy.run_path(str(ROOT / "benchmarks" / "generate.py"))["corpus"](400)
    assert list(again) == CORPUS


def test_corpus_is_realistic() -> None:
    assert 35 <= statistics.median(text.count("\n") for text in CORPUS) <= 45
    assert 0.1 < sum("<<" in text for text in CORPUS) / len(CORPUS) < 0.25
    assert 0.25 < sum(" AS builder" in text for text in CORPUS) / len(CORPUS) < 0.45
    assert len(set(CORPUS)) == len(CORPUS)


def test_corpus_parses() -> None:
    assert [error.message for text in CORPUS for error in parse(Source("Dockerfile", text)).errors] == []
