"""Fake secrets, put together at run time: nothing in this repository looks like a secret to a scanner.

A fixture writes `@secret:github@` where a GitHub token shall stand; `fill` puts in a fake one.
"""

import base64
import random
import re
import string
from collections.abc import Callable

ALNUM = string.ascii_letters + string.digits
LOWER_HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits
BASE32 = string.ascii_uppercase + "234567"
BECH32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
URLSAFE = ALNUM + "_-"

# kind: the parts; a text stands for itself, a pair (alphabet, length) for so many random letters of it
_PARTS: dict[str, tuple[str | tuple[str, int], ...]] = {
    "github": ("gh", "p_", (ALNUM, 36)),
    "github-oauth": ("gh", "o_", (ALNUM, 36)),
    "github-user": ("gh", "u_", (ALNUM, 36)),
    "github-server": ("gh", "s_", (ALNUM, 36)),
    "github-refresh": ("gh", "r_", (ALNUM, 76)),
    "github-fine": ("github", "_pat_", (ALNUM, 22), "_", (ALNUM, 59)),
    "gitlab": ("gl", "pat-", (ALNUM, 20)),
    "gitlab-deploy": ("gl", "dt-", (ALNUM, 20)),
    "gitlab-trigger": ("gl", "ptt-", (LOWER_HEX, 40)),
    "gitlab-runner": ("gl", "rt-", (ALNUM, 20)),
    "gitlab-job": ("gl", "cbt-", (ALNUM, 22)),
    "gitlab-old-runner": ("GR13", "48941", (ALNUM, 20)),
    "aws-id": ("AK", "IA", (BASE32, 16)),
    "aws-session-id": ("AS", "IA", (BASE32, 16)),
    "aws-secret": ((ALNUM + "+/", 39), "b"),
    "google": ("AI", "za", (URLSAFE, 34), "b"),
    "google-oauth": ("GOC", "SPX-", (ALNUM, 28)),
    "google-access": ("ya", "29.", (URLSAFE, 60)),
    "azure-storage": ("Account", "Key=", (ALNUM, 86), "=="),
    "azure-shared": ("Shared", "AccessKey=", (ALNUM, 43), "="),
    "azure-client": ((ALNUM, 3), "8Q", "~", (ALNUM, 33)),
    "slack": ("xo", "xb-", (string.digits, 12), "-", (string.digits, 12), "-", (ALNUM, 24)),
    "slack-user": ("xo", "xp-", (string.digits, 12), "-", (ALNUM, 32)),
    "slack-app": ("xa", "pp-1-", (UPPER, 11), "-", (string.digits, 13), "-", (LOWER_HEX, 64)),
    "slack-webhook": ("https://hooks.", "slack.com/", "services/T", (UPPER, 9), "/B", (UPPER, 9), "/", (ALNUM, 24)),
    "stripe": ("sk", "_live_", (ALNUM, 24)),
    "stripe-restricted": ("rk", "_live_", (ALNUM, 24)),
    "stripe-test": ("sk", "_test_", (ALNUM, 24)),
    "stripe-webhook": ("wh", "sec_", (ALNUM, 32)),
    "openai": ("sk", "-proj-", (ALNUM, 48)),
    "openai-old": ("sk", "-", (ALNUM, 20), "T3Blbk", "FJ", (ALNUM, 20)),
    "openai-service": ("sk", "-svcacct-", (ALNUM, 48)),
    "openai-admin": ("sk", "-admin-", (ALNUM, 48)),
    "openrouter": ("sk", "-or-v1-", (LOWER_HEX, 64)),
    "anthropic": ("sk", "-ant-api03-", (ALNUM, 80)),
    "hugging-face": ("h", "f_", (ALNUM, 34)),
    "groq": ("gs", "k_", (ALNUM, 52)),
    "npm": ("np", "m_", (ALNUM, 36)),
    "pypi": ("py", "pi-AgEIcHlwaS5vcmc", (ALNUM, 80)),
    "docker": ("dckr", "_pat_", (ALNUM, 27)),
    "sendgrid": ("S", "G.", (ALNUM, 22), ".", (ALNUM, 43)),
    "twilio": ("S", "K", (LOWER_HEX, 32)),
    "telegram": (("123456789", 9), ":A", "A", (ALNUM, 33)),
    "discord-webhook": ("https://discord.com/", "api/webhooks/", ("123456789", 18), "/", (ALNUM, 68)),
    "databricks": ("da", "pi", (LOWER_HEX, 32)),
    "digitalocean": ("do", "p_v1_", (LOWER_HEX, 64)),
    "shopify": ("sh", "pat_", (LOWER_HEX, 32)),
    "square": ("sq", "0atp-", (ALNUM, 22)),
    "mailgun": ("ke", "y-", (LOWER_HEX, 32)),
    "newrelic": ("NR", "AK-", (UPPER, 27)),
    "newrelic-license": ((LOWER_HEX, 36), "NR", "AL"),
    "sentry": ("sn", "trys_", (ALNUM, 80)),
    "linear": ("lin", "_api_", (ALNUM, 40)),
    "notion": ("se", "cret_", (ALNUM, 43)),
    "notion-new": ("nt", "n_", (ALNUM, 46)),
    "vault": ("hv", "s.", (ALNUM, 90)),
    "terraform": ((ALNUM, 14), ".atlas", "v1.", (ALNUM, 67)),
    "doppler": ("dp", ".pt.", (ALNUM, 43)),
    "age": ("AGE-SECRET", "-KEY-1", (BECH32, 58)),
    "password": ("pw", (ALNUM, 14)),
    "hex": ((LOWER_HEX, 40),),
}


def _jwt(pick: random.Random) -> str:
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
    subject = "".join(pick.choices(ALNUM, k=12))
    payload = base64.urlsafe_b64encode(f'{{"sub":"{subject}","admin":true}}'.encode()).decode().rstrip("=")
    return f"{header}.{payload}.{''.join(pick.choices(URLSAFE, k=43))}"


def _private_key(pick: random.Random) -> str:
    lines = ["".join(pick.choices(ALNUM + "+/", k=64)) for _ in range(3)]
    return "\n".join(("-----BEGIN " + "RSA PRIVATE" + " KEY-----", *lines, "-----END " + "RSA PRIVATE" + " KEY-----"))


def _private_key_line(pick: random.Random) -> str:
    return _private_key(pick).replace("\n", "\\n")


def _discord(pick: random.Random) -> str:
    return "M" + ".".join("".join(pick.choices(ALNUM, k=size)) for size in (25, 6, 38))


def _basic(pick: random.Random) -> str:
    return base64.b64encode(("deploy:" + "".join(pick.choices(ALNUM, k=16))).encode()).decode()


_MADE: dict[str, Callable[[random.Random], str]] = {
    "jwt": _jwt,
    "private-key": _private_key,
    "private-key-line": _private_key_line,
    "discord-bot": _discord,
    "basic": _basic,
}
KINDS = (*_PARTS, *_MADE)
# Those that give themselves away wherever they stand.
SELF_IDENTIFYING = tuple(
    kind for kind in KINDS if kind not in ("password", "hex", "aws-secret", "basic", "private-key", "discord-bot")
)
_PLACE = re.compile(r"@secret:([a-z0-9-]+)@", re.IGNORECASE)


def fake(kind: str, seed: int = 0) -> str:
    """A fake secret of a kind; the same one for the same seed."""
    pick = random.Random(f"{kind}/{seed}")
    if kind in _MADE:
        return _MADE[kind](pick)
    return "".join(
        part if isinstance(part, str) else "".join(pick.choices(part[0], k=part[1])) for part in _PARTS[kind]
    )


def fill(text: str) -> str:
    """The text with a fake secret in each place that asks for one."""
    return _PLACE.sub(lambda match: fake(match.group(1).lower()), text)
