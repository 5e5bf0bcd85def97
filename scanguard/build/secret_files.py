"""Files that hold secrets, by their names."""

from scanguard.model.record import NamedTuple
from scanguard.model.rule import Confidence, Severity


class FileKind(NamedTuple):
    """What a file is by its name. `severity` is how grave it is to ship one."""

    kind: str
    severity: Severity
    confidence: Confidence


_CRITICAL, _HIGH = Severity.CRITICAL, Severity.HIGH
_SURE, _LIKELY = Confidence.HIGH, Confidence.MEDIUM
_KEY = FileKind("a private key", _CRITICAL, _SURE)
_KEY_LIKELY = FileKind("a private key", _CRITICAL, _LIKELY)
_STORE = FileKind("a key store", _HIGH, _LIKELY)
_ENVIRONMENT = FileKind("an environment file", _HIGH, _SURE)
_REGISTRY = FileKind("package registry credentials", _HIGH, _LIKELY)
_CREDENTIALS = FileKind("credentials", _HIGH, _SURE)
_CREDENTIALS_LIKELY = FileKind("credentials", _HIGH, _LIKELY)
_CLOUD = FileKind("cloud credentials", _CRITICAL, _SURE)
_CLUSTER = FileKind("cluster credentials", _CRITICAL, _SURE)
_PASSWORDS = FileKind("passwords", _HIGH, _LIKELY)

_NAMES = {
    ".env": _ENVIRONMENT,
    ".npmrc": _REGISTRY,
    ".pypirc": _CREDENTIALS,
    ".netrc": _CREDENTIALS,
    "_netrc": _CREDENTIALS,
    ".git-credentials": _CREDENTIALS,
    ".htpasswd": _PASSWORDS,
    ".pgpass": _CREDENTIALS,
    ".my.cnf": _CREDENTIALS_LIKELY,
    ".s3cfg": _CLOUD,
    ".boto": _CLOUD,
    ".dockercfg": _CREDENTIALS,
    ".dockerconfigjson": _CREDENTIALS,
    ".vault-token": _CREDENTIALS,
    ".vault_pass": _CREDENTIALS,
    ".vault_pass.txt": _CREDENTIALS,
    "vault-password": _CREDENTIALS,
    ".terraformrc": _CREDENTIALS_LIKELY,
    ".erlang.cookie": _CREDENTIALS,
    "kubeconfig": _CLUSTER,
    "credentials.json": _CLOUD,
    "application_default_credentials.json": _CLOUD,
    "gcp-key.json": _CLOUD,
    "gcloud-key.json": _CLOUD,
    "gcp-credentials.json": _CLOUD,
    "google-credentials.json": _CLOUD,
    "client_secret.json": _CLOUD,
    "client_secrets.json": _CLOUD,
    "master.key": _KEY,
    "deploy_key": _KEY,
    "privkey.pem": _KEY,
    "key.pem": _KEY,
    "private.pem": _KEY,
    "chap-secrets": _PASSWORDS,
    "pap-secrets": _PASSWORDS,
    "ipsec.secrets": _PASSWORDS,
    "secrets.yml": _CREDENTIALS_LIKELY,
    "secrets.yaml": _CREDENTIALS_LIKELY,
    "secrets.json": _CREDENTIALS_LIKELY,
    "secrets.toml": _CREDENTIALS_LIKELY,
    "secrets.env": _CREDENTIALS,
    "secret.txt": _PASSWORDS,
    "secrets.txt": _PASSWORDS,
    "password.txt": _PASSWORDS,
    "passwords.txt": _PASSWORDS,
    "token.txt": _CREDENTIALS_LIKELY,
    ".token": _CREDENTIALS_LIKELY,
    "hf_token": _CREDENTIALS_LIKELY,
    ".ssh": _KEY_LIKELY,
    ".aws": _CLOUD,
    ".kube": _CLUSTER,
    ".gnupg": _KEY_LIKELY,
    ".azure": _CLOUD,
}
_ENDS_OF_PATHS = (
    (".aws/credentials", _CLOUD),
    (".docker/config.json", _CREDENTIALS),
    (".kube/config", _CLUSTER),
    (".config/gcloud", _CLOUD),
    ("gh/hosts.yml", _CREDENTIALS),
    ("huggingface/token", _CREDENTIALS),
    (".cargo/credentials", _CREDENTIALS),
    (".cargo/credentials.toml", _CREDENTIALS),
)
_SSH_KEYS = ("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519")
_LIVE_ENVIRONMENTS = frozenset("local prod production live staging stage secret secrets private".split())
_SAMPLES = frozenset(
    "example examples sample samples template tmpl tpl dist default defaults dummy fake snakeoil placeholder test tests "
    "testing testdata fixtures fixture schema enc encrypted sops sealed vault pub public j2 mustache".split()
)
_KEY_WORDS = frozenset(
    "key server private privkey priv tls ssl client localhost nginx apache site domain wildcard host jwt oauth cert certificate "
    "https web star ca rootca root selfsigned deploy ssh rsa id app service".split()
)
_PRIVATE_PLACES = ("/ssl/", "/private/", "/certs/", "/cert/", "/tls/", "/pki/", ".ssh/", "/keys/")
_PUBLIC_PLACES = ("keyrings", "trusted.gpg", "/apt", "rpm-gpg", "gpg", "apk/keys", "cosign", "minisign", "/etc/pki/rpm")


def file_kind(path: str) -> FileKind | None:
    """What the last part of a path says of the file, None where it is no secret by its name."""
    path = path.rstrip("/*")
    lower = path.lower()
    name = lower.rpartition("/")[2]
    for end, kind in _ENDS_OF_PATHS:
        if lower == end or lower.endswith(f"/{end}"):
            return kind
    found = _NAMES.get(name)
    if found is not None:
        return found
    return None if is_sample(name) else _by_parts(lower, name)


def _by_parts(lower: str, name: str) -> FileKind | None:
    stem, _, suffix = name.rpartition(".")
    if name.startswith(".env.") and name[5:] in _LIVE_ENVIRONMENTS:
        return _ENVIRONMENT._replace(confidence=_LIKELY)
    if suffix == "env" and stem in _LIVE_ENVIRONMENTS:
        return _ENVIRONMENT._replace(confidence=_LIKELY)
    if name in _SSH_KEYS or name.endswith(("_rsa", "_ed25519", ".ppk")) or _is_host_key(name):
        return _KEY
    if suffix in ("p12", "pfx"):
        return _STORE._replace(kind="a key store", severity=_CRITICAL)
    if suffix in ("jks", "keystore") and "trust" not in name and "cacerts" not in name and stem != "debug":
        return _STORE
    if suffix == "key":
        return _key(lower, stem)
    if suffix == "pem" and ("priv" in stem or stem.endswith(("-key", "_key", ".key"))):
        return _KEY
    if suffix == "json" and ("service-account" in stem or "service_account" in stem or "serviceaccount" in stem):
        return _CLOUD
    if suffix == "json" and ("firebase-adminsdk" in stem or stem.startswith("client_secret")):
        return _CLOUD
    return _CLUSTER if suffix == "kubeconfig" else None


def _is_host_key(name: str) -> bool:
    return name.startswith("ssh_host_") and name.endswith("_key")


def _key(lower: str, stem: str) -> FileKind | None:
    """`*.key`: the key of a server or of a package's signer; only words that tell the former count."""
    if is_public_place(lower):
        return None
    if not _KEY_WORDS.isdisjoint(stem.replace("-", ".").replace("_", ".").split(".")):
        return _KEY_LIKELY
    return _KEY_LIKELY if any(place in f"/{lower}" for place in _PRIVATE_PLACES) else None


def is_sample(name: str) -> bool:
    """Whether a file's name says that it only shows how such a file looks, or that what it holds is encrypted or public."""
    return not _SAMPLES.isdisjoint(name.lower().replace("-", ".").replace("_", ".").split("."))


def is_public_place(path: str) -> bool:
    """Whether a path is where public keys of package signers are put."""
    return any(place in path for place in _PUBLIC_PLACES)
