"""The documents that the product was born from: each of their Dockerfiles gives exactly what a reviewer would say.

They are read where they lie, beside the repository, and not copied.
"""

import re
from pathlib import Path

import pytest

from scanguard.build.evaluate import BuildOptions
from scanguard.checks import builtin_checks
from scanguard.engine.run import check_dockerfile
from scanguard.engine.setting import Setting
from scanguard.model.location import Source

SEEDS = Path(__file__).parents[1].parent / "shared" / "seeds"
FOUR = ("user", "pinning", "secrets", "build-tools")
KEYWORDS = "FROM|RUN|COPY|WORKDIR|CMD|ENTRYPOINT|ENV"
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed documents do not lie beside the repository")


def lines(seed: str, first: int, last: int) -> str:
    """Lines of a document, the indentation of the first one taken away."""
    path = next(SEEDS.glob(f"{seed}_*.txt"))
    chosen = path.read_text(encoding="utf-8").split("\n")[first - 1 : last]
    indent = len(chosen[0]) - len(chosen[0].lstrip())
    return "\n".join(line[indent:] if line[:indent].isspace() else line for line in chosen) + "\n"


def flat(seed: str, line: int, start: str, end: str = "") -> str:
    """A Dockerfile that the document has on one line, broken before each instruction."""
    text = lines(seed, line, line)
    text = text.partition(start)[2] if start else text
    text = text.partition(end)[0] if end else text
    return re.sub(rf" (?=(?:{KEYWORDS}) )", "\n", text.strip()) + "\n"


def findings(text: str, target: str = "") -> list[tuple[str, str]]:
    """Pairs of rule name and the source line of the finding, of the four policies, in order."""
    settings = [
        Setting(check, None, {option.name: option.default for option in check.rule.options})
        for check in builtin_checks()
        if check.rule.category in FOUR and check.rule.enabled
    ]
    outcome = check_dockerfile(Source("Dockerfile", text), settings, BuildOptions(target))
    assert [note for note in outcome.notifications if note.level == "error"] == []
    ordered = sorted(outcome.findings, key=lambda finding: (finding.region, finding.rule.id))
    return [
        (finding.rule.name, outcome.file.source.line(finding.region.start_line).strip())
        for finding in ordered
        if finding.rule.category in FOUR
    ]


CASES = {
    "000 card": (
        lambda: flat("000", 35, "", ""),
        [
            ("unpinned-image", "FROM python:3.12-slim as build"),
            ("root-user", "FROM python:3.12-slim"),
            ("unpinned-image", "FROM python:3.12-slim"),
        ],
    ),
    "000 question 3": (
        lambda: lines("000", 125, 132),
        [
            ("unpinned-image", "FROM golang:1.20 AS builder"),
            ("root-user", "FROM alpine:latest"),
            ("floating-tag", "FROM alpine:latest"),
        ],
    ),
    "000 question 4": (
        lambda: lines("000", 159, 168),
        [
            ("unpinned-image", "FROM node:18 AS builder"),
            ("root-user", "FROM node:18"),
            ("unpinned-image", "FROM node:18"),
            ("toolchain-base", "FROM node:18"),
        ],
    ),
    "000 question 5 A": (
        lambda: lines("000", 197, 205),
        [
            ("unpinned-image", "FROM python:3.12 AS builder"),
            ("root-user", "FROM python:3.12-slim"),
            ("unpinned-image", "FROM python:3.12-slim"),
        ],
    ),
    "000 question 5 B": (
        lambda: lines("000", 207, 212),
        [
            ("root-user", "FROM python:3.12"),
            ("unpinned-image", "FROM python:3.12"),
            ("toolchain-base", "FROM python:3.12"),
        ],
    ),
    "000 question 5 C": (
        lambda: lines("000", 214, 219),
        [
            ("root-user", "FROM python:3.12 AS builder"),
            ("unpinned-image", "FROM python:3.12 AS builder"),
            ("toolchain-base", "FROM python:3.12 AS builder"),
        ],
    ),
    "000 question 5 D": (
        lambda: lines("000", 221, 225),
        [("root-user", "FROM python:3.12-slim"), ("unpinned-image", "FROM python:3.12-slim")],
    ),
    "001 simple": (
        lambda: flat("001", 40, "For example: ", " This builds"),
        [("root-user", "FROM python:3.9-slim"), ("unpinned-image", "FROM python:3.9-slim")],
    ),
    "001 two stages": (
        lambda: flat("001", 48, "For example: ", " The first stage"),
        [
            ("unpinned-image", "FROM golang:1.20 AS builder"),
            ("root-user", "FROM alpine:3.18"),
            ("unpinned-image", "FROM alpine:3.18"),
        ],
    ),
    "001 pitfall 1, wrong": (
        lambda: flat("001", 143, "Wrong approach:"),
        [
            ("root-user", "FROM python:3.9"),
            ("unpinned-image", "FROM python:3.9"),
            ("toolchain-base", "FROM python:3.9"),
            ("build-tools-installed", "RUN apt-get update && apt-get install -y build-essential"),
        ],
    ),
    "001 pitfall 1, correct": (
        lambda: flat("001", 144, "Correct approach:"),
        [
            ("unpinned-image", "FROM python:3.9 AS builder"),
            ("root-user", "FROM python:3.9-slim"),
            ("unpinned-image", "FROM python:3.9-slim"),
        ],
    ),
    "001 pitfall 3, wrong": (
        lambda: flat("001", 151, "Wrong approach:"),
        [
            ("unpinned-image", "FROM node:18"),
            ("root-user", "FROM node:18"),
            ("unpinned-image", "FROM node:18"),
            ("toolchain-base", "FROM node:18"),
        ],
    ),
    "001 pitfall 3, correct": (
        lambda: flat("001", 152, "Correct approach:"),
        [
            ("unpinned-image", "FROM node:18 AS builder"),
            ("root-user", "FROM node:18"),
            ("unpinned-image", "FROM node:18"),
            ("toolchain-base", "FROM node:18"),
        ],
    ),
    "002 main": (
        lambda: lines("002", 8, 31),
        [
            ("unpinned-image", "FROM python:3.11-slim AS builder"),
            ("unpinned-image", "FROM python:3.11-slim AS runtime"),
        ],
    ),
    "002 GPU, CUDA": (
        lambda: lines("002", 51, 52),
        [
            ("root-user", "FROM nvidia/cuda:12.1-runtime-ubuntu22.04"),
            ("unpinned-image", "FROM nvidia/cuda:12.1-runtime-ubuntu22.04"),
        ],
    ),
    "002 GPU, PyTorch": (
        lambda: lines("002", 53, 56),
        [
            ("root-user", "FROM pytorch/pytorch:2.1.0-cuda12.1-cudnn8-runtime"),
            ("unpinned-image", "FROM pytorch/pytorch:2.1.0-cuda12.1-cudnn8-runtime"),
        ],
    ),
    "002 security": (
        lambda: lines("002", 61, 62) + lines("002", 59, 60) + lines("002", 63, 67),
        [("malformed-digest", "FROM python:3.11.7-slim@sha256:abc123..."), ("unknown-user", "USER appuser")],
    ),
    "002 security, the bad line at work": (
        lambda: lines("002", 61, 62) + lines("002", 66, 66).partition("Bad: ")[2] + "USER 1000\n",
        [
            ("malformed-digest", "FROM python:3.11.7-slim@sha256:abc123..."),
            ("secret-in-environment", "ENV AWS_SECRET_KEY=xyz"),
        ],
    ),
    "003 main": (
        lambda: lines("003", 20, 67),
        [
            ("unpinned-image", "FROM python:3.10-slim AS builder"),
            ("unpinned-image", "FROM python:3.10-slim"),
        ],
    ),
    "003 CUDA": (
        lambda: lines("003", 75, 106),
        [
            ("unpinned-image", "FROM nvidia/cuda:11.8.0-cudnn8-devel-ubuntu22.04 AS builder"),
            ("root-user", "FROM nvidia/cuda:11.8.0-cudnn8-runtime-ubuntu22.04"),
            ("unpinned-image", "FROM nvidia/cuda:11.8.0-cudnn8-runtime-ubuntu22.04"),
        ],
    ),
    "003 training and inference": (
        lambda: lines("003", 112, 134),
        [
            ("unpinned-image", "FROM python:3.10-slim AS base"),
            ("build-tools-installed", "build-essential && rm -rf /var/lib/apt/lists/*"),
            ("root-user", "FROM base AS inference"),
        ],
    ),
    "004": (
        lambda: lines("004", 29, 57),
        [
            ("unpinned-image", "FROM python:3.9 AS builder"),
            ("root-user", "FROM python:3.9-slim-buster"),
            ("unpinned-image", "FROM python:3.9-slim-buster"),
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_seed(name: str) -> None:
    text, want = CASES[name]
    assert findings(text()) == want


def test_the_other_leaf_is_root_too() -> None:
    assert findings(lines("003", 112, 134), target="training") == [
        ("unpinned-image", "FROM python:3.10-slim AS base"),
        ("build-tools-installed", "build-essential && rm -rf /var/lib/apt/lists/*"),
        ("root-user", "FROM base AS training"),
    ]


def test_every_external_image_without_a_digest_is_said() -> None:
    """Row 18 of the walk through the documents: each external FROM, once."""
    for name, (text, want) in CASES.items():
        froms = [line for line in text().split("\n") if re.match(r"FROM (?!base\b)", line)]
        said = [line for rule, line in want if rule in ("unpinned-image", "floating-tag", "malformed-digest")]
        assert sorted(froms) == sorted(said), name
