"""Which vulnerabilities of packages make one finding."""

from scanguard.image.inventory import Inventory, Vulnerability


def grouped(inventory: Inventory) -> tuple[tuple[Vulnerability, ...], ...]:
    """The vulnerabilities by id, in the order of the ids; what is listed twice is kept once."""
    groups: dict[str, list[Vulnerability]] = {}
    for one in dict.fromkeys(inventory.vulnerabilities):
        groups.setdefault(one.id, []).append(one)
    return tuple(tuple(groups[name]) for name in sorted(groups))


def of_finding(inventory: Inventory, id: str, key: str) -> tuple[Vulnerability, ...]:
    """The vulnerabilities that a finding of this rule id and key is about; the key names its packages."""
    names = set(key.split(","))
    return tuple(one for one in inventory.vulnerabilities if one.id == id and one.package.name in names)
