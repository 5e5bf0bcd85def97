"""Values that give themselves away as secrets: the formats that providers document, private keys, URLs with passwords.

The formats are those of GitHub's secret scanning (https://docs.github.com/en/code-security/reference/secret-security/supported-secret-scanning-patterns)
and of the providers' own pages. Expressions are compiled when their first letters are met, and have bounded repetitions.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from scanguard.build.secret_literals import is_placeholder
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Severity


class Found(NamedTuple):
    """A secret in a text. `shown` is the part of it that tells the provider and is no secret, such as `ghp_`."""

    start: int
    end: int
    kind: str
    shown: str
    severity: Severity = Severity.CRITICAL


# (what must stand in the text, what it is, the expression; a group is the secret where the whole match is not)
_FORMATS: tuple[tuple[str, str, str], ...] = (
    ("ghp_", "GitHub token", r"ghp_[A-Za-z0-9]{36,251}"),
    ("gho_", "GitHub token", r"gho_[A-Za-z0-9]{36,251}"),
    ("ghu_", "GitHub token", r"ghu_[A-Za-z0-9]{36,251}"),
    ("ghs_", "GitHub token", r"ghs_[A-Za-z0-9]{36,251}"),
    ("ghr_", "GitHub token", r"ghr_[A-Za-z0-9]{36,251}"),
    ("github_pat_", "GitHub token", r"github_pat_[A-Za-z0-9_]{22,251}"),
    ("glpat-", "GitLab token", r"glpat-[A-Za-z0-9_.-]{20,300}"),
    ("gldt-", "GitLab deploy token", r"gldt-[A-Za-z0-9_-]{20,60}"),
    ("glptt-", "GitLab trigger token", r"glptt-[A-Za-z0-9_-]{20,60}"),
    ("glrt-", "GitLab runner token", r"glrt-[A-Za-z0-9_.-]{20,60}"),
    ("glcbt-", "GitLab job token", r"glcbt-[A-Za-z0-9_-]{20,80}"),
    ("GR1348941", "GitLab runner token", r"GR1348941[A-Za-z0-9_-]{20,60}"),
    ("AKIA", "AWS access key id", r"AKIA[A-Z2-7]{16}(?![A-Za-z0-9])"),
    ("ASIA", "AWS access key id", r"ASIA[A-Z2-7]{16}(?![A-Za-z0-9])"),
    ("AIza", "Google API key", r"AIza[A-Za-z0-9_-]{35}"),
    ("GOCSPX-", "Google OAuth client secret", r"GOCSPX-[A-Za-z0-9_-]{24,40}"),
    ("ya29.", "Google access token", r"ya29\.[A-Za-z0-9_-]{30,300}"),
    ("AccountKey=", "Azure storage account key", r"(AccountKey=)[A-Za-z0-9+/]{86}=="),
    ("SharedAccessKey=", "Azure shared access key", r"(SharedAccessKey=)[A-Za-z0-9+/]{42,64}={0,2}"),
    ("Q~", "Azure client secret", r"[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}"),
    ("xoxb-", "Slack token", r"xoxb-[A-Za-z0-9-]{20,200}"),
    ("xoxp-", "Slack token", r"xoxp-[A-Za-z0-9-]{20,200}"),
    ("xoxa-", "Slack token", r"xoxa-[A-Za-z0-9-]{20,200}"),
    ("xoxr-", "Slack token", r"xoxr-[A-Za-z0-9-]{20,200}"),
    ("xoxs-", "Slack token", r"xoxs-[A-Za-z0-9-]{20,200}"),
    ("xoxe", "Slack token", r"xoxe(?:\.xox[bp])?-[A-Za-z0-9-]{20,300}"),
    ("xapp-", "Slack app token", r"xapp-[0-9]-[A-Za-z0-9-]{20,200}"),
    ("hooks.slack.com/", "Slack webhook", r"(hooks\.slack\.com/)(?:services|workflows)/[A-Za-z0-9/_+-]{40,120}"),
    ("sk_live_", "Stripe key", r"sk_live_[A-Za-z0-9]{16,250}"),
    ("rk_live_", "Stripe key", r"rk_live_[A-Za-z0-9]{16,250}"),
    ("sk_test_", "Stripe test key", r"sk_test_[A-Za-z0-9]{16,250}"),
    ("rk_test_", "Stripe test key", r"rk_test_[A-Za-z0-9]{16,250}"),
    ("whsec_", "Stripe webhook secret", r"whsec_[A-Za-z0-9+/=]{24,80}"),
    ("sk-ant-", "Anthropic API key", r"sk-ant-[A-Za-z0-9_-]{20,200}"),
    ("sk-proj-", "OpenAI API key", r"sk-proj-[A-Za-z0-9_-]{20,250}"),
    ("sk-svcacct-", "OpenAI API key", r"sk-svcacct-[A-Za-z0-9_-]{20,250}"),
    ("sk-admin-", "OpenAI API key", r"sk-admin-[A-Za-z0-9_-]{20,250}"),
    ("sk-or-v1-", "OpenRouter API key", r"sk-or-v1-[0-9a-f]{64}"),
    ("sk-", "OpenAI API key", r"sk-[A-Za-z0-9]{32,64}(?![A-Za-z0-9-])"),
    ("hf_", "Hugging Face token", r"hf_[A-Za-z0-9]{30,60}(?![A-Za-z0-9_])"),
    ("gsk_", "Groq API key", r"gsk_[A-Za-z0-9]{40,64}"),
    ("npm_", "npm token", r"npm_[A-Za-z0-9]{36}(?![A-Za-z0-9_])"),
    ("pypi-", "PyPI token", r"pypi-[A-Za-z0-9_-]{60,300}"),
    ("dckr_", "Docker Hub token", r"dckr_[po]at_[A-Za-z0-9_-]{20,60}"),
    ("SG.", "SendGrid key", r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{30,64}"),
    ("SK", "Twilio API key", r"SK[0-9a-f]{32}(?![A-Za-z0-9])"),
    (":AA", "Telegram bot token", r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
    ("/api/webhooks/", "Discord webhook", r"(discord(?:app)?\.com/api/webhooks/)[0-9]{17,20}/[A-Za-z0-9_-]{60,80}"),
    ("dapi", "Databricks token", r"dapi[0-9a-f]{32}(?:-[0-9])?"),
    ("dop_v1_", "DigitalOcean token", r"dop_v1_[0-9a-f]{64}"),
    ("doo_v1_", "DigitalOcean token", r"doo_v1_[0-9a-f]{64}"),
    ("dor_v1_", "DigitalOcean token", r"dor_v1_[0-9a-f]{64}"),
    ("shpat_", "Shopify token", r"shpat_[0-9a-fA-F]{32}"),
    ("shpca_", "Shopify token", r"shpca_[0-9a-fA-F]{32}"),
    ("shppa_", "Shopify token", r"shppa_[0-9a-fA-F]{32}"),
    ("shpss_", "Shopify secret", r"shpss_[0-9a-fA-F]{32}"),
    ("sq0", "Square token", r"sq0(?:atp|csp|idb)-[A-Za-z0-9_-]{22,43}"),
    ("key-", "Mailgun key", r"key-[0-9a-f]{32}(?![A-Za-z0-9])"),
    ("NRAK-", "New Relic key", r"NRAK-[A-Z0-9]{27}"),
    ("NRAL", "New Relic license key", r"[0-9a-f]{36}NRAL"),
    ("sntrys_", "Sentry token", r"sntrys_[A-Za-z0-9+/=_-]{40,300}"),
    ("sntryu_", "Sentry token", r"sntryu_[0-9a-f]{64}"),
    ("lin_api_", "Linear API key", r"lin_api_[A-Za-z0-9]{32,64}"),
    ("secret_", "Notion token", r"secret_[A-Za-z0-9]{43}(?![A-Za-z0-9_])"),
    ("ntn_", "Notion token", r"ntn_[A-Za-z0-9]{40,60}"),
    ("hvs.", "Vault token", r"hvs\.[A-Za-z0-9_-]{24,300}"),
    ("hvb.", "Vault token", r"hvb\.[A-Za-z0-9_-]{24,300}"),
    (".atlasv1.", "Terraform Cloud token", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}"),
    ("dp.", "Doppler token", r"dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,80}"),
    ("AGE-SECRET-KEY-1", "age key", r"AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}"),
    ("eyJ", "JSON Web Token", r"(?<![_.-])eyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{16,1000}"),
)
# Nothing that could be the middle of a longer word stands before a secret; `\n` in a string is the end of a line.
_BOUNDARY = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"
_DISCORD = _BOUNDARY + r"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}"
_URL = r"://([^\s:/?#@\"'`<>|;,&\\]{0,128}):([^\s/?#@\"'`<>|;\\]{1,256})@(?=[A-Za-z0-9\[$])"
_HEADER = (
    r"authorization(?:\\?[\"'])?\s{0,3}[:=]\s{0,3}(?:\\?[\"'])?(bearer|basic|token)\s{1,3}([A-Za-z0-9._~+/=-]{8,2000})"
)
_SHORTEST = 20
_PRIVATE_KEY = "PRIVATE KEY"
_LONGEST_KEY = 20_000
_SHORTEST_KEY = 32
# The tokens that the documentation of AWS, jwt.io, Stripe and Docker prints: everybody has them.
_SAMPLES = ("eyJzdWIiOiIxMjM0NTY3ODkwIi", "EXAMPLE", "4eC39HqLyjWDarjtT1zdp7dc", "TYooMQauvdEDq54NiTphI7jx")


def find_values(text: str) -> list[Found]:
    """The secrets in a text that are known by their format, in order; they do not overlap."""
    found: list[Found] = []
    words = "\n".join([word for word in text.split() if len(word) >= _SHORTEST])
    for needle, kind, pattern in _FORMATS:
        if needle in words:
            found.extend(_formatted(text, needle, kind, pattern))
    if "iscord" in text or "ISCORD" in text:
        found.extend(_formatted(text, "", "Discord bot token", _DISCORD))
    if _PRIVATE_KEY in text:
        found.extend(_private_keys(text))
    if "://" in text and "@" in text:
        found.extend(_urls(text))
    if "uthorization" in text or "UTHORIZATION" in text:
        found.extend(_headers(text))
    return _distinct(found) if len(found) > 1 else found


def _distinct(found: list[Found]) -> list[Found]:
    """In order, what begins inside another one left out; of two that begin together the longer stays."""
    found.sort(key=lambda one: (one.start, -one.end))
    kept: list[Found] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


@lru_cache(maxsize=128)
def _compiled(pattern: str, flags: int = 0) -> "re.Pattern[str]":
    return re.compile(pattern, flags)


def _formatted(text: str, needle: str, kind: str, pattern: str) -> Iterator[Found]:
    boundary = "" if pattern.startswith(("(AccountKey", "(Shared")) else _BOUNDARY
    for match in _compiled(boundary + pattern).finditer(text):
        value = match.group()
        shown = match.group(1) if match.re.groups else needle if value.startswith(needle) else ""
        if is_sample(value, value[len(shown) :]):
            continue
        severity = Severity.MEDIUM if "_test_" in shown else Severity.CRITICAL
        start = match.start() if not match.re.groups else match.end(1)
        yield Found(start, match.end(), kind, "" if match.re.groups else shown, severity)


def is_sample(value: str, body: str) -> bool:
    """Whether a value of a provider's format is one that only shows the format."""
    if len(set(body.lower()) - {"-", "_", "."}) < 3 or "xxxxx" in body.lower():
        return True
    return any(sample in value for sample in _SAMPLES) or "your_" in value or "your-" in value


def _private_keys(text: str) -> Iterator[Found]:
    """PEM blocks of private keys: from BEGIN to END, or as far as the key's characters go where there is no END."""
    at = text.find("-----BEGIN ")
    while at >= 0:
        label = text.find("-----", at + 11, at + 60)
        following = at + 11
        if label > 0 and _PRIVATE_KEY in text[at:label]:
            stop = text.find("-----", label + 5, label + _LONGEST_KEY)
            following = stop if stop >= 0 else label
            run = _compiled(r"[A-Za-z0-9+/=\s\\\"'#:,.-]*").match(
                text, label + 5, stop if stop >= 0 else label + _LONGEST_KEY
            )
            end = stop if stop >= 0 and text.startswith("-----END ", stop) else run.end() if run else label
            if _key_characters(text, label + 5, end) >= _SHORTEST_KEY:
                close = text.find("-----", end + 9, end + 60) if end == stop else -1
                following = close + 5 if close >= 0 else end
                yield Found(at, following, "private key", "-----BEGIN ")
        at = text.find("-----BEGIN ", following)


def _key_characters(text: str, start: int, stop: int) -> int:
    """How many characters of base64 there are in lines, or runs, of at least 16 of them; a sample has dots or words."""
    runs = _compiled(r"[A-Za-z0-9+/]{16,}").findall(text, start, stop)
    return sum(len(run) for run in runs if len(set(run)) > 2)


def _urls(text: str) -> Iterator[Found]:
    for match in _compiled(_URL).finditer(text):
        user, password = match.group(1), match.group(2)
        lower = password.lower()
        if "$" in password or "{" in password or "%s" in password or is_placeholder(lower):
            continue
        if lower in ("password", "pass", "pwd", "secret", "token") and user.lower() in (
            "user",
            "username",
            "login",
            "me",
        ):
            continue
        if text.startswith(("example.com", "host", "hostname", "proxy.example"), match.end()):
            continue
        severity = Severity.HIGH if lower == user.lower() else Severity.CRITICAL
        yield Found(match.start(2), match.end(2), "password in a URL", "", severity)


def _headers(text: str) -> Iterator[Found]:
    for match in _compiled(_HEADER, re.IGNORECASE).finditer(text):
        value = match.group(2)
        if not is_placeholder(value.lower()) and not is_sample(value, value):
            kind = "Basic credentials" if match.group(1).lower() == "basic" else "bearer token"
            yield Found(match.start(2), match.end(2), kind, "")
