"""Reports put together by hand, the input of the tests of reporters."""

from scanguard.model.finding import Finding, Place, Suppression
from scanguard.model.location import Source, Span
from scanguard.model.report import Notification, Report, ScannedFile
from scanguard.model.rule import Confidence, Rule, Severity

TOKEN = "ghp_" + "0123456789abcdef" * 2 + "wxyz"
PASSWORD = "hunter" + "2" * 6
KEY = "-----BEGIN " + "OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END " + "OPENSSH PRIVATE KEY-----"
SECRETS = (TOKEN, PASSWORD, "b3BlbnNzaC1rZXktdjEA")

API = f"""\
# syntax=docker/dockerfile:1
FROM ubuntu:22.04 AS base
RUN apt-get update && \\
    apt-get install -y --no-install-recommends \\
        gcc \\
        g++ \\
        python3-dev \\
    && rm -rf /var/lib/apt/lists/*

FROM base AS inference
ENV GITHUB_TOKEN={TOKEN}
\tENV 名前="日本語" {" ".join(f"SETTING_{number}=value" for number in range(20))} PASSWORD={PASSWORD} LAST=1
COPY <<EOF /root/.ssh/id_ed25519
{KEY}
EOF
RUN echo "##[add-mask]x" \u202e\x1b[31m && echo é
::error::a line that would be a command
USER root
CMD ["python3", "-m", "api"]
"""
WORKER = "FROM python\r\nCOPY . /app\r\n"


def rule(
    rule_id: str,
    name: str,
    category: str,
    severity: Severity,
    summary: str,
    **controls: tuple[str, ...],
) -> Rule:
    manual = f"{summary}\n\n## What it does\n\nLooks for `{name}`, {{braces}} and [links](https://example.com) too.\n"
    mapped = tuple((key.replace("_", "-"), numbers) for key, numbers in controls.items())
    return Rule(rule_id, name, category, severity, summary, manual, controls=mapped)


ROOT = rule(
    "SGD101",
    "root-user",
    "user",
    Severity.HIGH,
    "The shipped image runs as root.",
    cis_docker=("4.1",),
    nist_800_190=("4.1.2",),
    cwe=("250",),
)
TAG = rule(
    "SGD202",
    "unpinned-image",
    "pinning",
    Severity.MEDIUM,
    "An image is not pinned to a digest.",
    cis_docker=("4.2", "4.10"),
    cwe=("829", "494", "1357", "1104"),
)
SECRET = rule(
    "SGD301",
    "secret-in-env",
    "secrets",
    Severity.CRITICAL,
    "A variable holds a secret.",
    cwe=("798",),
    cis_docker=("4.10",),
)
TOOLS = rule("SGD401", "build-tools-installed", "build-tools", Severity.MEDIUM, "Build tools ship.")
LISTS = rule("SGD701", "apt-lists-left", "hygiene", Severity.LOW, "Package lists ship.")
ODD = rule("SGD702", "odd-character", "syntax", Severity.NOTE, "A character cannot be seen.")
RULES = (ROOT, TAG, SECRET, TOOLS, LISTS, ODD)

SECRET_SPANS = tuple(Span(API.index(text), API.index(text) + len(text)) for text in (TOKEN, PASSWORD, KEY))
API_FILE = ScannedFile(Source("services/my api/Dockerfile", API), SECRET_SPANS, sha256="ab" * 32)
WORKER_FILE = ScannedFile(Source("worker.Dockerfile", WORKER))


def span(file: ScannedFile, first: str, last: str = "") -> Span:
    """From the first occurrence of a text to the end of another that follows it."""
    text = file.source.text
    start = text.index(first)
    return Span(start, text.index(last or first, start) + len(last or first))


def place(file: ScannedFile, message: str, first: str, last: str = "") -> Place:
    return Place(message, file.source.region(span(file, first, last)))


def finding(file: ScannedFile, rule: Rule, message: str, first: str, last: str = "", **fields: object) -> Finding:
    where = span(file, first, last)
    made = Finding(
        rule=rule,
        severity=rule.severity,
        confidence=Confidence.HIGH,
        message=message,
        uri=file.source.uri,
        region=file.source.region(where),
        stage="inference",
        related=(),
        trace=(),
        span=where,
        instruction=f"{first}…",
    )
    return made._replace(**fields)


FINDINGS = (
    finding(API_FILE, TAG, "Base image 'ubuntu:22.04' has no digest.", "ubuntu:22.04", stage="base"),
    finding(API_FILE, LISTS, "Package lists ship.", "RUN apt-get", "lists/*", severity=Severity.NOTE),
    finding(
        API_FILE,
        TOOLS,
        "Build tools ship in 'inference': 'gcc', 'g++', 'python3-dev' [see].",
        "gcc",
        related=(place(API_FILE, "the base image [22.04]", "FROM ubuntu:22.04 AS base"),),
        trace=(
            place(API_FILE, "'gcc', 'g++' and 'python3-dev' are installed in 'base'", "gcc", "python3-dev"),
            place(API_FILE, "'inference' inherits 'base'", "base AS inference", "base"),
        ),
    ),
    finding(API_FILE, LISTS, "From the middle of a line.", "apt-get install", "g++", confidence=Confidence.LOW),
    finding(API_FILE, SECRET, "ENV 'GITHUB_TOKEN' holds a GitHub token.", TOKEN, instruction="ENV GITHUB_TOKEN=***"),
    finding(API_FILE, ODD, "Wide characters.", '"日本語"'),
    finding(API_FILE, SECRET, "ENV 'PASSWORD' holds a password.", PASSWORD, instruction="ENV ***", key="PASSWORD"),
    finding(API_FILE, SECRET, "A private key is written to '/root/.ssh/id_ed25519'.", "-----BEGIN", "EOF"),
    finding(API_FILE, ODD, "A bidirectional mark '\u202e' and ##[error]x\n::error::y.", "\u202e"),
    finding(
        API_FILE,
        ROOT,
        "The shipped stage 'inference' runs as 'root'.",
        "root\nCMD",
        "root",
        suppressions=(Suppression("inline", "The init drops privileges.", "2027-03-31"),),
    ),
    finding(WORKER_FILE, TAG, "Base image 'python' has no tag.", "python", stage="0", severity=Severity.HIGH),
)

CLEAN = Report("0.1.0", (), (), RULES, (WORKER_FILE,), Severity.MEDIUM)
FAILING = Report("0.1.0", FINDINGS, (), RULES, (API_FILE, WORKER_FILE), Severity.MEDIUM)
INCOMPLETE = Report(
    "0.1.0.dev3",
    FINDINGS[:1],
    (
        Notification("error", "The file is not valid UTF-8.\n::error::x", "::bad:/Dockerfile"),
        Notification(
            "warning",
            "The suppression of 'root-user' matched nothing.",
            API_FILE.source.uri,
            FINDINGS[4].region,
            "SGD101",
        ),
        Notification("note", "Nothing was said about [this]."),
    ),
    RULES,
    (API_FILE, WORKER_FILE),
    None,
    policy="strict",
    exit_zero=True,
)
CVE = rule("CVE-2024-12345", "vulnerable-package", "vulnerability", Severity.CRITICAL, "A library reads too far.")
IMAGE = Report(
    "0.1.0",
    (
        finding(
            WORKER_FILE,
            CVE,
            "'openssl' and 'libssl3' in 'shop/worker' have CVE-2024-12345.",
            "python",
            stage="0",
            confidence=Confidence.MEDIUM,
            key="openssl,libssl3",
            image="shop/worker",
            origin="base",
            facts=(
                ("package", "openssl 3.0.1-1 → 3.0.2-1"),
                ("package", "libssl3 3.0.1-1"),
                ("operating system", "debian 12"),
                ("advisory", "https://security.example.com/CVE-2024-12345"),
            ),
            lines=(1, 1),
        ),
        finding(
            WORKER_FILE,
            ROOT,
            "The image 'shop/worker' runs as 'root'.",
            "python",
            stage="",
            image="shop/worker",
            origin="exact",
        ),
    ),
    (),
    RULES,
    (WORKER_FILE,),
    Severity.HIGH,
)
REPORTS = {"clean": CLEAN, "failing": FAILING, "incomplete": INCOMPLETE, "image": IMAGE}
