"""Rules, notification kinds and the taxonomies (CWE, CIS, NIST) as SARIF describes them."""

from typing import Any

from scanguard.model.advisory import VULNERABLE, is_advisory
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Confidence, Rule
from scanguard.reporters.levels import PRECISION, PROBLEM_SEVERITY, SARIF_LEVEL, security_severity
from scanguard.reporters.sarif.objects import om

REPOSITORY = "https://github.com/scanguard/scanguard"
DOCUMENTATION = f"{REPOSITORY}/blob/main/docs"
_TAGS = 10
"""GitLab takes no more tags of a rule, GitHub shows no more."""
_SHORT = 1024


class Taxonomy(NamedTuple):
    """A standard that rules refer to; `prefix` goes before a control's number to make the taxon's id."""

    key: str
    name: str
    organization: str
    version: str
    uri: str
    summary: str
    prefix: str = ""


TAXONOMIES = (
    Taxonomy(
        "cwe",
        "CWE",
        "MITRE",
        "4.16",
        "https://cwe.mitre.org/",
        "The MITRE Common Weakness Enumeration.",
        "CWE-",
    ),
    Taxonomy(
        "cis-docker",
        "CIS Docker Benchmark",
        "Center for Internet Security",
        "1.7.0",
        "https://www.cisecurity.org/benchmark/docker",
        "Recommendations of the CIS Docker Benchmark on container images, build files and how containers run.",
    ),
    Taxonomy(
        "nist-800-190",
        "NIST SP 800-190",
        "National Institute of Standards and Technology",
        "2017-09",
        "https://csrc.nist.gov/pubs/sp/800/190/final",
        "Application Container Security Guide.",
    ),
)


class Descriptor(NamedTuple):
    """A kind of notification."""

    id: str
    name: str
    summary: str
    help: str


INCOMPLETE = Descriptor(
    "SGN001",
    "Incomplete",
    "A target or a check gave no answer.",
    "The run is incomplete: a file, a check or a tool failed, so that the absence of findings does not mean clean. "
    "Mend what the message names and run again.",
)
CONFIGURATION = Descriptor(
    "SGN002",
    "Configuration",
    "Something about the configuration deserves attention.",
    "A policy, a suppression or an option does not do what it seems to do. The message names it.",
)
TRUNCATED = Descriptor(
    "SGN003",
    "ResultsTruncated",
    "Some results were left out.",
    "There are more results than GitHub and GitLab take of one run. The worst were kept; the JSON report has them all.",
)
NOTIFICATIONS = (INCOMPLETE, CONFIGURATION, TRUNCATED)


def clip(text: str, limit: int) -> str:
    """The text, cut to a limit that a platform sets."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def rule_descriptor(rule: Rule, taxa: dict[str, list[str]]) -> Any:
    """The `reportingDescriptor` of a rule: the same in every report of one version, whatever was found.

    `taxa` are the controls in use for each taxonomy, which relationships point into.
    """
    uri = _page(rule)
    return om.ReportingDescriptor(
        id=rule.id,
        name=pascal_case(rule.name),
        short_description=_text(clip(rule.summary, _SHORT)),
        full_description=_text(clip(_full_description(rule), _SHORT)),
        help=om.MultiformatMessageString(text=rule.help or rule.summary, markdown=_markdown(rule, uri)),
        help_uri=uri,
        default_configuration=om.ReportingConfiguration(level=SARIF_LEVEL[rule.severity]),
        message_strings={"default": _text(_message_string(rule.summary))},
        relationships=_relationships(rule, taxa),
        properties={
            "precision": PRECISION[Confidence.HIGH],
            "problem.severity": PROBLEM_SEVERITY[rule.severity],
            "security-severity": security_severity(rule.severity),
            "tags": tags(rule),
        },
    )


def _page(rule: Rule) -> str:
    """Where the rule's manual is on the web; of a rule that a policy or a plugin brought, where such rules are explained."""
    own = rule.id.startswith("SG") or rule.category == "vulnerability"
    return f"{DOCUMENTATION}/rules/{rule.name}.md" if own else f"{DOCUMENTATION}/declared-rules.md"


def notification_descriptor(descriptor: Descriptor) -> Any:
    """The `reportingDescriptor` of a kind of notification."""
    return om.ReportingDescriptor(
        id=descriptor.id,
        name=descriptor.name,
        short_description=_text(descriptor.summary),
        full_description=_text(descriptor.help),
        help=_text(descriptor.help),
        help_uri=f"{DOCUMENTATION}/exit-codes.md",
        message_strings={"default": _text(descriptor.summary)},
    )


def taxa_in_use(rules: list[Rule]) -> dict[str, list[str]]:
    """For each taxonomy that some rule refers to, the ids of the taxa in order."""
    used: dict[str, set[str]] = {}
    for rule in rules:
        for taxonomy, taxon in _controls(rule):
            used.setdefault(taxonomy.key, set()).add(taxon)
    return {entry.key: sorted(used[entry.key], key=_natural) for entry in TAXONOMIES if entry.key in used}


def taxonomy_components(taxa: dict[str, list[str]]) -> list[Any]:
    """The taxonomies as tool components, each with the taxa that rules point to."""
    return [_component(entry, taxa[entry.key]) for entry in TAXONOMIES if entry.key in taxa]


def taxonomy_references(taxa: dict[str, list[str]]) -> list[Any]:
    """References to these taxonomies, for `supportedTaxonomies`."""
    names = {entry.key: entry.name for entry in TAXONOMIES}
    return [om.ToolComponentReference(name=names[key], index=index) for index, key in enumerate(taxa)]


def tags(rule: Rule) -> list[str]:
    """At most ten: `security`, the category, weaknesses as GitLab and as GitHub write them, then other controls."""
    found = ["security"] if security_severity(rule.severity) else []
    found.append(rule.category)
    for taxonomy, taxon in _controls(rule):
        if taxonomy.key == "cwe":
            found += [taxon.lower(), f"external/cwe/{taxon.lower()}"]
        else:
            found.append(f"{taxonomy.key}-{taxon}")
    return list(dict.fromkeys(found))[:_TAGS]


def pascal_case(name: str) -> str:
    """`root-user` as `RootUser`, which is how SARIF wants names of rules (3.49.7)."""
    return "".join(word[:1].upper() + word[1:] for word in name.replace("_", "-").split("-"))


def _controls(rule: Rule) -> list[tuple[Taxonomy, str]]:
    """The taxa a rule refers to, in the order of the taxonomies."""
    mapped = dict(rule.controls)
    return [
        (entry, entry.prefix + number.upper().removeprefix(entry.prefix))
        for entry in TAXONOMIES
        for number in mapped.get(entry.key, ())
    ]


def _relationships(rule: Rule, taxa: dict[str, list[str]]) -> list[Any] | None:
    """The controls that a rule serves. Each is a superset of the rule, so that its results fall into the control (3.53.3)."""
    order = list(taxa)
    return [
        om.ReportingDescriptorRelationship(
            target=om.ReportingDescriptorReference(
                id=taxon,
                index=taxa[entry.key].index(taxon),
                tool_component=om.ToolComponentReference(name=entry.name, index=order.index(entry.key)),
            ),
            kinds=["superset"],
        )
        for entry, taxon in _controls(rule)
    ] or None


def _component(entry: Taxonomy, taxa: list[str]) -> Any:
    return om.ToolComponent(
        name=entry.name,
        organization=entry.organization,
        version=entry.version,
        information_uri=entry.uri,
        short_description=_text(entry.summary),
        taxa=[om.ReportingDescriptor(id=taxon) for taxon in taxa],
    )


def _natural(taxon: str) -> list[tuple[int, str]]:
    """`4.10` after `4.9`."""
    return [(int(part) if part.isdigit() else 0, part) for part in taxon.replace("-", ".").split(".")]


def _text(text: str) -> Any:
    return om.MultiformatMessageString(text=text)


def _message_string(summary: str) -> str:
    """What a result says to those who look up its message by id: the rule's summary and the file, argument 0.

    Braces are doubled, since they would mark a placeholder (3.11.5).
    """
    return summary.removesuffix(".").replace("{", "{{").replace("}", "}}") + " in '{0}'."


def _full_description(rule: Rule) -> str:
    """The summary and the first paragraph of the manual that says more."""
    for paragraph in rule.help.split("\n\n"):
        prose = " ".join(paragraph.split())
        if prose and prose != rule.summary and not prose.startswith(("#", "```", "-")):
            return f"{rule.summary} {prose}"
    return rule.summary


def _markdown(rule: Rule, uri: str) -> str:
    body = rule.help.strip() or rule.summary
    word = rule.id if rule.name == VULNERABLE and is_advisory(rule.id) else rule.name
    ignore = f'To allow it in one place, write `# scanguard: ignore[{word}] reason="why"` above the instruction.'
    return f"{body}\n\n{ignore}\n\n[{rule.id} {rule.name}]({uri})\n"
