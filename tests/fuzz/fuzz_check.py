"""Random mutations of Dockerfiles through the whole pipeline: `python -m tests.fuzz.fuzz_check SECONDS [SEED]`.

Ends with 1, and the text that did it on standard output, where a text crashes or takes too long.
"""

import random
import sys
import time
from pathlib import Path

from tests.test_totality import judged

ROOT = Path(__file__).parents[1]
SPLICES = (
    "FROM ", "RUN ", "COPY --from=", "ENV ", "ARG ", "USER ", "ONBUILD ", "$", "${", "}", "$(", ")", "`", "'", '"', "\\", "\\\n",
    "<<EOF", "<<-'E'\n", "EOF\n", "&&", "||", "|", ";", "\n", "\r\n", "#", "# escape=`\n", "[", '["', '"]', "{", "(", "\0",
    "\ud800", "é", "😀", "\u2028", "\u202e", "0" * 50, "=", ":", "@", "@sha256:", "--mount=type=secret", "for x in a; do ",
    "done", "if ", "fi", "case x in ", "esac", "sudo ", "sh -c ", "eval ", "xargs ", "/etc/passwd", "*", "?", "[!a-",
)  # fmt: skip
SLOW = 2.0


def seeds() -> list[str]:
    """The Dockerfiles among the fixtures."""
    return [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("checks/dockerfile/*/*.Dockerfile"))]


def mutated(text: str, others: list[str], generator: random.Random) -> str:
    """The text after one to eight random edits."""
    for _ in range(generator.randint(1, 8)):
        start = generator.randint(0, len(text))
        end = min(len(text), start + generator.choice((0, 0, 1, 5, 40)))
        kind = generator.random()
        if kind < 0.5:
            piece = generator.choice(SPLICES)
        elif kind < 0.7:
            piece = text[start:end] * generator.choice((2, 3, 30))
        elif kind < 0.9:
            other = generator.choice(others)
            at = generator.randint(0, len(other))
            piece = other[at : at + generator.randint(1, 200)]
        else:
            piece = ""
        text = text[:start] + piece + text[end:]
    return text


def main(seconds: float, seed: int) -> int:
    """Fuzz for a while; the seed is printed so that a run can be repeated."""
    generator = random.Random(seed)
    corpus = seeds()
    ends = time.monotonic() + seconds
    count = 0
    while time.monotonic() < ends:
        text = mutated(generator.choice(corpus), corpus, generator)
        started = time.process_time()
        try:
            judged(text)
        except Exception as error:
            print(f"seed {seed}, text {count}: {type(error).__name__}: {error}\n{text!r}")
            return 1
        taken = time.process_time() - started
        if taken > SLOW:
            print(f"seed {seed}, text {count}: {taken:.1f} s\n{text!r}")
            return 1
        count += 1
    print(f"seed {seed}: {count} texts, none crashed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)))
