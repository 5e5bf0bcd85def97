"""One run split over several machines: which targets are whose, and what one part cannot tell alone."""

import re
from collections.abc import Iterable, Sequence

from scanguard.engine.suppress import Exemption, ended, needless
from scanguard.model.errors import ConfigurationError
from scanguard.model.finding import Finding
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification

_MOST = 10_000


class Shard(NamedTuple):
    """Part `part` (from 1) of a run in `total` parts."""

    part: int
    total: int

    def has(self, name: str) -> bool:
        """Whether the target of this name (a file's uri, an image's name) belongs to this part.

        It depends on the name and on how many parts there are, on nothing else: a new target moves no other one.
        """
        if self.total == 1:
            return True
        from hashlib import sha256

        digest = sha256(name.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.total == self.part - 1


def shard_of(text: str) -> Shard:
    """`2/5` as a part. Raises ConfigurationError where it is none."""
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    if found is None:
        raise ConfigurationError(f"--shard '{text}': write PART/PARTS, as in 2/5")
    shard = Shard(int(found[1]), int(found[2]))
    if not 1 <= shard.part <= shard.total <= _MOST:
        raise ConfigurationError(f"--shard '{text}': parts count from 1 to their number, which is at most {_MOST}")
    return shard


def settled(findings: Iterable[Finding], exceptions: Sequence[Exemption], today: str) -> tuple[Notification, ...]:
    """What a part without these findings would say of exceptions, and what these findings prove wrong."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule.name, []).append(finding)
    told = []
    for exception in exceptions:
        covered = [one for one in by_rule.get(exception.rule, ()) if exception.covers(one)]
        if exception.expires >= today and covered:
            told.append(needless(exception))
        elif any(one.active for one in covered):
            told.append(ended(exception, exception.rule))
    return tuple(told)
