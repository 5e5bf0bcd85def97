"""What a scanner such as Trivy says is in an image; no word of any scanner's own format goes further than this."""

from scanguard.model.record import NamedTuple
from scanguard.model.rule import Severity


class InstalledPackage(NamedTuple):
    """A package that the image holds. `kind` is the scanner's type: `debian`, `alpine`, `python-pkg`, and so on.

    `source` is the source package's name where the system has such, `path` the file that names it (without a leading
    `/`; empty for packages of the system), `layer` the diff id of the layer that the scanner names, `purl` the package's
    URL (https://github.com/package-url/purl-spec).
    """

    name: str
    version: str
    kind: str
    layer: str = ""
    path: str = ""
    source: str = ""
    purl: str = ""
    licences: tuple[str, ...] = ()
    system: bool = False


class Vulnerability(NamedTuple):
    """A known vulnerability of one installed package.

    `fixed` is the first version without it (several with commas, one for each line of releases), empty where there is
    none; `status` the distributor's word (`affected`, `fixed`, `will_not_fix`, …). `score` is the CVSS base score (0 to
    10) or None. `kev` says that CISA lists it as exploited, `epss` is the probability of exploitation (0 to 1); both None
    where that is not known.
    """

    id: str
    package: InstalledPackage
    severity: Severity
    title: str = ""
    description: str = ""
    fixed: str = ""
    status: str = ""
    score: float | None = None
    url: str = ""
    cwe: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    kev: bool | None = None
    epss: float | None = None


class FoundSecret(NamedTuple):
    """A secret in a file of the image, or in its configuration where `path` is empty. The text itself is never kept."""

    kind: str
    title: str
    severity: Severity
    path: str
    line: int
    layer: str = ""


class FoundLicence(NamedTuple):
    """A licence of a package or of a file; `path` is empty for packages, `package` for files."""

    name: str
    category: str
    package: str
    path: str
    layer: str = ""


class System(NamedTuple):
    """The operating system. `end_of_life` is None where the scanner does not know."""

    family: str
    name: str
    end_of_life: bool | None = None


class Inventory(NamedTuple):
    """All that one run of a scanner says of one image.

    `unsearched_layers` is how many layers, from the bottom, were taken for the base image's and not searched for secrets:
    what they hold of those is unknown.
    """

    scanner: str
    system: System | None
    packages: tuple[InstalledPackage, ...] = ()
    vulnerabilities: tuple[Vulnerability, ...] = ()
    secrets: tuple[FoundSecret, ...] = ()
    licences: tuple[FoundLicence, ...] = ()
    unsearched_layers: int = 0
