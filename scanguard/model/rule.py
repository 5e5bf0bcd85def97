"""What a rule is: its name, what it says, how grave it is, and which controls of which standards it serves."""

from enum import IntEnum

from scanguard.model.record import NamedTuple


class Severity(IntEnum):
    """How bad the defect is, whatever our certainty; ordered."""

    NOTE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        """The word that users read and write, such as `critical`."""
        return self.name.lower()


class Confidence(IntEnum):
    """How sure the check is; never folded into the severity."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2

    @property
    def label(self) -> str:
        """The word that users read: `high`, `medium`, `low`."""
        return self.name.lower()


CATEGORIES = (
    "user",
    "pinning",
    "secrets",
    "build-tools",
    "stage-graph",
    "supply-chain",
    "hygiene",
    "runtime",
    "context",
    "ml",
    "compose",
    "image",
    "vulnerability",
    "syntax",
)


class Option(NamedTuple):
    """A knob of a rule that a policy can turn. `default` also fixes the type: a bool, an int, a str or a tuple of str.

    `choices` are the only texts that it may be; empty where any will do.
    """

    name: str
    default: bool | int | str | tuple[str, ...]
    help: str
    choices: tuple[str, ...] = ()


class Rule(NamedTuple):
    """The identity and the manual of one defect.

    `id` is never used again for another defect; `name` is kebab case and names the defect, so that one can say
    "ignore <name>". `help` is Markdown. `controls` maps a standard (`cis-docker`, `nist-800-190`, `cwe`) to the
    numbers of its controls. `enabled` says whether the rule runs where no policy speaks of it.
    `subject` is what it looks at: `dockerfile` or `image`.
    """

    id: str
    name: str
    category: str
    severity: Severity
    summary: str
    help: str
    equivalents: tuple[str, ...] = ()
    controls: tuple[tuple[str, tuple[str, ...]], ...] = ()
    enabled: bool = True
    since: str = "0.1.0"
    options: tuple[Option, ...] = ()
    subject: str = "dockerfile"
