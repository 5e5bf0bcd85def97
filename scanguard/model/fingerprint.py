"""What makes a finding the same finding after the file around it has changed."""

from scanguard.model.finding import Finding
from scanguard.model.location import Source

_BLOCK = 100
_FACTOR = 37
_WORD = (1 << 64) - 1
_END_OF_FILE = 0xFFFF


def fingerprint(finding: Finding) -> str:
    """Our own identity of a finding: 32 hexadecimal digits, unchanged by edits elsewhere in the file.

    It is made from the rule's id, the file, the stage, the instruction with secrets masked, the key and the ordinal:
    no line number and no secret goes in. That of an image is the same on whatever line. Baselines, the JSON report and
    SARIF's `scanguard/v1` hold it. A finding that was read from a report keeps the one that stands there.
    """
    if finding.identity:
        return finding.identity
    from hashlib import sha256

    parts = (
        "scanguard/v1",
        finding.rule.id,
        finding.uri,
        f"image {finding.image}" if finding.image else finding.stage,
        finding.instruction,
        finding.key,
        str(finding.ordinal),
    )
    text = "".join([f"{len(part)}:{part}" for part in parts])
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def line_hash(source: Source, line: int) -> str:
    """GitHub's `primaryLocationLineHash` of one line, counted from 1; empty where there is no such line.

    For more than one line of a file take `line_hashes`, which reads the file once.
    """
    hashes = line_hashes(source)
    return hashes[line - 1] if 1 <= line <= len(hashes) else ""


def line_hashes(source: Source) -> list[str]:
    """GitHub's `primaryLocationLineHash` of every line, in order: `hash:n`, `n` counting equal hashes from 1.

    The hash is a polynomial over the next hundred UTF-16 code units that are not blanks, line ends included and written
    as LF. Equal, unit for unit, to what github/codeql-action computes when it uploads SARIF without it, so that an
    upload is not warned about and alerts made either way are the same alerts:
    https://github.com/github/codeql-action/blob/main/src/fingerprints.ts. Takes time linear in the file.
    """
    units = _units(source.text)
    starts = [0]
    for _ in range(units.count(10)):
        starts.append(units.index(10, starts[-1]) + 1)
    prefixes = _prefixes(units, sorted({*starts, *(start + _BLOCK for start in starts)}))
    shift = pow(_FACTOR, _BLOCK, 1 << 64)
    counts: dict[int, int] = {}
    hashes = []
    for start in starts:
        value = (prefixes[start + _BLOCK] - prefixes[start] * shift) & _WORD
        counts[value] = counts.get(value, 0) + 1
        hashes.append(f"{value:x}:{counts[value]}")
    return hashes


def _units(text: str) -> list[int]:
    """The code units that count: no spaces and tabs, every kind of line end as LF, and the end of the file."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    if text.isascii():
        return [*text.encode("ascii"), _END_OF_FILE]
    data = text.encode("utf-16-le", "surrogatepass")
    return [*(low | high << 8 for low, high in zip(data[::2], data[1::2], strict=True)), _END_OF_FILE]


def _prefixes(units: list[int], wanted: list[int]) -> dict[int, int]:
    """The polynomial over the first `n` units for each `n` wanted, in order; zeros follow the last unit."""
    found = {}
    value = done = 0
    for length in wanted:
        for unit in units[done:length]:
            value = (value * _FACTOR + unit) & _WORD
        value = value * pow(_FACTOR, max(0, length - max(done, len(units))), 1 << 64) & _WORD
        found[length] = value
        done = length
    return found
