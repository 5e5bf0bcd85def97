"""Whether a text is a secret's value, and not a placeholder, a reference, a path, a switch or a public thing."""

from scanguard.build.secret_names import secret_kind

_WORDS = frozenset(
    "true false yes no on off none null nil undefined unset notset not-set n/a na todo tbd fixme enabled disabled auto "
    "disable enable required optional prompt ask stdin env trust md5 hidden redacted removed secret-here".split()
)
# Taken as a value of anything but a password, these only keep a build going.
_STAND_INS = frozenset("test testing dummy fake build foo bar foobar foobarbaz abc temp tmp 1 unused ignored".split())
_PLACEHOLDERS = (
    "changeme",
    "change_me",
    "change-me",
    "changeit",
    "changethis",
    "change_this",
    "change-this",
    "replace",
    "example",
    "placeholder",
    "dummy",
    "your-",
    "your_",
    "<your",
    "insert",
    "redacted",
    "xxxx",
    "not-a-real",
    "notarealsecret",
    "not_a_real",
    "...",
    "****",
    "…",
    "precompile",
    "only_for_build",
    "build-only",
    "buildtime",
    "build-time",
    "for-build",
    "for_build",
    "set-me",
    "set_me",
    "setme",
)
_REFERENCES = ("${", "#{", "$(", "{{", "}}", "<%", "%(", "`", "@@", "$$(")
_SCHEMES = (
    "arn:",
    "vault:",
    "op://",
    "ssm:",
    "file:",
    "http://",
    "https://",
    "secret://",
    "secrets:",
    "projects/",
    "id=",
    "env:",
)
_PUBLIC = ("ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-", "-----BEGIN PUBLIC", "-----BEGIN CERT", "-----BEGIN PGP PUBLIC")
_DIGESTS = ("sha1:", "sha256:", "sha384:", "sha512:", "md5:", "sha1-", "sha256-", "sha384-", "sha512-")
_FILES = (
    ".key",
    ".pem",
    ".crt",
    ".cer",
    ".json",
    ".txt",
    ".yml",
    ".yaml",
    ".conf",
    ".cfg",
    ".env",
    ".toml",
    ".ini",
    ".pub",
    ".p12",
    ".jks",
    ".sh",
    ".py",
)
_HEX = frozenset("0123456789ABCDEFabcdef")


def is_secret_value(value: str, kind: str, holder: str = "") -> bool:
    """Whether a literal text under a secret's name is worth a finding. `kind` is what `secret_kind` said of the name."""
    value = value.strip().strip("\"'").strip()
    lower = value.lower()
    password = kind in ("password", "passphrase")
    if not value or lower in _WORDS or is_reference(value) or is_placeholder(lower):
        return False
    if _is_number(value):
        return len(value) > 3 if password else len(value) > 7
    if not password and (lower in _STAND_INS or lower == holder.lower() or _is_prose(lower)):
        return False
    if value.startswith(_PUBLIC) or lower.startswith(_DIGESTS) or _is_path(value, lower):
        return False
    if "key" in kind and _is_fingerprint(value):
        return False
    return not (value.isupper() and "_" in value and secret_kind(value))


def _is_prose(lower: str) -> bool:
    """Whether a text says what to put there, or that it is none: no token or key is written like that."""
    return lower.startswith(("dummy", "fake", "test", "my-", "my_")) or len(lower.split()) > 2


def is_placeholder(lower: str) -> bool:
    """Whether a text, in lower case, only says where a secret should stand."""
    if lower[:1] in "<[{%" and lower[-1:] in ">]}%":
        return not lower.startswith('{"')
    letters = set(lower) - {"-", "_", ".", " ", ":"}
    if len(letters) < 2:
        return True
    for word in _PLACEHOLDERS:
        if word in lower:
            return True
    return lower.startswith(("your", "**"))


def is_reference(value: str) -> bool:
    """Whether a text names where the secret is, instead of being it."""
    if value[0] == "$" and not _is_crypt(value):
        return True
    for mark in _REFERENCES:
        if mark in value:
            return True
    return value.startswith(_SCHEMES)


def _is_crypt(value: str) -> bool:
    """A password's hash as crypt(3) writes it: `$6$salt$…`."""
    return value.count("$") > 2 and value[1:2].isalnum()


def _is_number(value: str) -> bool:
    return value.replace(".", "", 1).replace("-", "", 1).isdigit()


def _is_path(value: str, lower: str) -> bool:
    if value.startswith(("/", "./", "../", "~/", "@/", "C:\\", "c:\\")):
        return not _is_random(value, lower)
    return " " not in value and lower.endswith(_FILES)


def _is_random(value: str, lower: str) -> bool:
    """Whether this is base64 that happens to begin with a slash: long, of letters of both cases and digits."""
    mixed = value not in (lower, value.upper()) and any(letter.isdigit() for letter in value)
    return len(value) > 31 and mixed and value.rstrip("=").replace("/", "").replace("+", "").isalnum()


def _is_fingerprint(value: str) -> bool:
    """The identity of an OpenPGP key: 8, 16 or 40 hexadecimal digits, several of them, `0x` before them."""
    for word in value.replace(",", " ").split():
        digits = word.removeprefix("0x")
        if len(digits) not in (8, 16, 40) or not _HEX.issuperset(digits) or digits != digits.upper():
            joined = "".join(value.split())
            return len(joined) == 40 and _HEX.issuperset(joined) and joined == joined.upper()
    return True
