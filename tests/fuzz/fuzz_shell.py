"""Random scripts against the parser and the interpreter: `python tests/fuzz/fuzz_shell.py SECONDS [SEED]`."""

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scanguard.build.script.forms import invocations
from scanguard.dockerfile.nodes import Body, Instruction
from scanguard.model.location import Span
from tests.dockerfile.shell.invariants import check_places

SEEDS = [
    'apt-get update && apt-get install -y --no-install-recommends curl "git=$V" && rm -rf /var/lib/apt/lists/*',
    "set -eux; for p in a b $X; do case $p in a|b) echo ${p%.*};; *) exit 1;; esac; done",
    'if [ "$A" = b ]; then cd /x && make; elif ! test -f y; then (cd z; ls) | tee w; else f() { g "$@"; }; f 1 2; fi',
    "cat <<EOF > /x && sh -c \"echo \\$X 'a b' $(id -u)\"\nhello ${W:-`date`}\n\ttab\nEOF\nbash <<-'E'\n\tls\n\tE\n",
    'a=(1 2 "$b"); a+=(3); x=${a[@]}; y+=z w; while read l; do i=$((i+1)); done < <(cat f); [[ $x =~ ^(a|b)$ ]] && ((i++))',
    'echo a b | xargs -n1 -I{} sudo -u x env A=b sh -c \'rm {} $0\' q; find . -exec sh -c "rm $1" _ {} \\; ; eval "$C d"',
    'su - u -c "npm i"; { a; b & } >f 2>&1; ${v/a/b} ${v//[a-z]/} ${v##*/} ${#v} ${!v} ${v:1:2} ${v^^}; . ./e; exec "$@"',
]
PIECES = [
    *"(){}[]'\"`$\\\n\t;&|<>!#*?~=+-/:,@ é",
    *"$( $(( ${ )) <<E E EOF if then fi do done case esac in for".split(),
]
MAX_SECONDS = 2.0


def mutated(random_: random.Random) -> str:
    """A seed, or two, with some damage."""
    text = random_.choice(SEEDS)
    for _ in range(random_.randint(1, 8)):
        at, to = sorted((random_.randint(0, len(text)), random_.randint(0, len(text))))
        match random_.randint(0, 4):
            case 0:
                text = text[:at] + random_.choice(PIECES) + text[at:]
            case 1:
                text = text[:at] + text[min(to, at + 8) :]
            case 2:
                text = text[:at] + text[at:to] * 2 + text[to:]
            case 3:
                other = random_.choice(SEEDS)
                text = text[:at] + other[random_.randint(0, len(other)) :]
            case _:
                text = text[:at] + random_.choice(PIECES) * random_.randint(1, 40) + text[at:]
    return text[:4000]


def check(text: str) -> None:
    """Raise where the text is handled badly, or takes too much of the processor: what others do meanwhile is not counted."""
    start = time.thread_time()
    check_places(text)
    body = Body(text, ((0, 7),))
    whole = Span(0, len(text) + 7)
    instruction = Instruction("RUN", whole, Span(0, 3), (), (), body)
    for call in invocations(instruction, {"X": "a b", "V": "1.2.3", "v": "a/b/c"}, "/w", ("/bin/sh", "-c")):
        for span in (call.span, *(argument.span for argument in call.arguments)):
            assert 7 <= span.start <= span.end <= len(text) + 7, (call, span)
    taken = time.thread_time() - start
    assert taken < MAX_SECONDS, taken


def main() -> None:
    """Run for the seconds that are asked for; a failure ends with the text that made it."""
    duration = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(2**32)
    random_ = random.Random(seed)
    until, count = time.monotonic() + duration, 0
    while time.monotonic() < until:
        text = mutated(random_)
        count += 1
        try:
            check(text)
        except BaseException:
            print(f"seed {seed}, script {count}: {text!r}")
            raise
    print(f"{count} scripts, seed {seed}: no failure")


if __name__ == "__main__":
    main()
