"""Which names of variables, flags and fields are the names of secrets.

The last word decides: `DB_PASSWORD` is one, `DB_PASSWORD_FILE` is not. What people complain about in other tools
(https://github.com/moby/buildkit/issues/5775) is silent here: GPG_KEY, MAX_TOKENS, TOKENIZERS_PARALLELISM, PUBLIC_KEY, …
"""

from functools import lru_cache

STEMS = ("pass", "secret", "token", "key", "pwd", "cred", "auth")
_SEPARATORS = str.maketrans("-. /:[]", "_______")
# Words that may stand behind the one that decides.
_QUALIFIERS = frozenset(
    "BASE VALUE DEFAULT OLD NEW TEXT PLAIN PLAINTEXT STRING RAW B64 BASE64 PROD PRODUCTION DEV DEVELOPMENT TEST STAGING LIVE "
    "LOCAL PRIMARY SECONDARY CI".split()
)
# Words that turn the name into a switch, a limit, a public value or a token of a language model.
_HARMLESS = frozenset(
    "NO NOT DISABLE DISABLED WITHOUT ALLOW SKIP RANDOM GENERATE REQUIRE REQUIRED ENABLE ENABLED USE IS HAS EMPTY RESET FORGOT "
    "PUBLIC PUB SHOW MAX MIN NUM EOS BOS PAD UNK SEP CLS MASK SPECIAL STOP DUMMY FAKE EXAMPLE VERIFY CHECK PROMPT "
    "FINGERPRINT CSRF".split()
)
_PASSWORDS = ("PASSWORD", "PASSWD", "PASSPHRASE", "PASSWORT")
_OWNERS_OF_PASS = frozenset(
    "DB ROOT USER ADMIN MYSQL PG SSH KEY STORE SUDO REDIS MONGO LDAP SMTP MAIL FTP SQL MQ RPC SA VNC".split()
)
# Before `PASS`: one of several runs, or a filter. The others are so in a program's option (`--alt_pass`) or field
# (`renderPass`), but a variable of the environment (`RENDER_PASS`) is a password.
_OTHER_PASSES = frozenset("FIRST SECOND THIRD ONE TWO SINGLE MULTI LOW HIGH BAND".split())
_PASSES_OF_OPTIONS = frozenset("ALT ALL LAST RENDER".split())
_KEYS = {
    "API": "API key",
    "ACCESS": "access key",
    "SECRET": "secret key",
    "PRIVATE": "private key",
    "PRIV": "private key",
    "SSH": "private key",
    "RSA": "private key",
    "DEPLOY": "private key",
    "SSL": "private key",
    "TLS": "private key",
    "LICENSE": "license key",
    "LICENCE": "license key",
}
_SECRET_KEYS = frozenset(
    "ENCRYPTION ENCRYPT DECRYPTION DECRYPT SIGNING MASTER AUTH STORAGE ACCOUNT SHARED SESSION COOKIE JWT HMAC AES "
    "APP APPLICATION ADMIN CLIENT SERVICE FUNCTION SUBSCRIPTION WEBHOOK OPENAI ANTHROPIC STRIPE SENDGRID TWILIO".split()
)
_GLUED_KEYS = {
    "APIKEY": "API key",
    "SECRETKEY": "secret key",
    "ACCESSKEY": "access key",
    "PRIVATEKEY": "private key",
    "PRIVKEY": "private key",
    "LICENSEKEY": "license key",
    "AUTHKEY": "secret key",
}
_TOKENS = frozenset(
    "TOKEN AUTHTOKEN APITOKEN ACCESSTOKEN BEARERTOKEN REFRESHTOKEN IDTOKEN PAT".split(),
)
_OWNERS_OF_TOKENS = frozenset("API AUTH ACCESS SECRET BEARER REFRESH".split())
_OWNERS_OF_AUTH = frozenset("NPM BASIC COMPOSER HTTP REDIS CONFIG".split())


def secret_kind(name: str) -> str:
    """What a thing of this name holds (`password`, `token`, `API key`, …), empty where it is no secret by its name."""
    lower = name.lower()
    for stem in STEMS:
        if stem in lower:
            return _kind(name)
    return "token" if lower.endswith("_pat") else ""


def split_name(name: str) -> list[str]:
    """The words of a name in upper case: at `_`, `-`, `.`, and where a small letter meets a capital one."""
    name = name.translate(_SEPARATORS)
    if not (name.isupper() or name.islower()):
        pieces = []
        for at, letter in enumerate(name):
            if letter.isupper() and at and name[at - 1].islower():
                pieces.append("_")
            pieces.append(letter)
        name = "".join(pieces)
    return [part for part in name.upper().split("_") if part]


@lru_cache(maxsize=512)
def _kind(name: str) -> str:
    parts = split_name(name.rpartition(".")[2])
    while len(parts) > 1 and (parts[-1].isdigit() or parts[-1] in _QUALIFIERS):
        parts.pop()
    if not parts or not _HARMLESS.isdisjoint(parts):
        return ""
    last = parts[-1].rstrip("0123456789")
    before = parts[-2] if len(parts) > 1 else ""
    if last.endswith(_PASSWORDS):
        return "passphrase" if last.endswith("PASSPHRASE") else "" if last.startswith("NO") else "password"
    if last == "PASS" and (before in _OTHER_PASSES or (before in _PASSES_OF_OPTIONS and not name.isupper())):
        return ""
    if last == "SSHPASS" and before == "INSTALL":
        return ""
    if last == "PASS" or (last.endswith("PASS") and last[:-4] in _OWNERS_OF_PASS) or last == "PASSCODE":
        return "password"
    if last == "PWD":
        return "password" if before not in ("", "OLD") else ""
    if last in ("KEY", "KEYS"):
        return _key(parts, before)
    return _other(name, last, before)


def _key(parts: list[str], before: str) -> str:
    if "SECRET" in parts or "SECRETS" in parts:
        return "secret key"
    return _KEYS.get(before) or ("secret key" if before in _SECRET_KEYS else "")


def _other(name: str, last: str, before: str) -> str:
    if last in _TOKENS or (last == "TOKENS" and before in _OWNERS_OF_TOKENS):
        return "token"
    if last in ("SECRET", "SECRETS") or (last == "ID" and before == "SECRET"):
        return "secret"
    if last in ("CREDENTIAL", "CREDENTIALS", "CREDS"):
        return "credentials"
    if last == "AUTH" and (before in _OWNERS_OF_AUTH or name.rpartition(":")[2] == "_auth"):
        return "credentials"
    return _GLUED_KEYS.get(last, "")
