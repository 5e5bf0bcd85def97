"""Files that hold secrets, by their names: which ones COPY and ADD bring, and which ones a later layer takes away again."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from scanguard.build.model import Build, BuildStep, Copied, Deleted, Stage
from scanguard.build.paths import covers
from scanguard.model.finding import Step
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Confidence, Severity


class FileKind(NamedTuple):
    """What a file is by its name. `severity` is how grave it is to ship one."""

    kind: str
    severity: Severity
    confidence: Confidence


class SecretFile(NamedTuple):
    """A secret file in a layer. `how` is `copied` or `written`; `deleted` takes it away in a later layer, if anything does."""

    kind: FileKind
    path: str
    source: str
    how: str
    span: Span
    step: BuildStep
    deleted: Deleted | None = None


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
_HARMLESS_WRITERS = frozenset({"touch", "mkdir", "ln", "truncate", "mkfifo"})


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
    if _SAMPLES.isdisjoint(name.replace("-", ".").replace("_", ".").split(".")):
        return _by_parts(lower, name)
    return None


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
    if any(place in lower for place in _PUBLIC_PLACES):
        return None
    if not _KEY_WORDS.isdisjoint(stem.replace("-", ".").replace("_", ".").split(".")):
        return _KEY_LIKELY
    return _KEY_LIKELY if any(place in f"/{lower}" for place in _PRIVATE_PLACES) else None


def secret_files(build: Build) -> Iterator[SecretFile]:
    """The secret files that instructions bring or RUNs write, in the order of the file, with what takes them away later."""
    for stage in build.stages:
        for step in stage.steps:
            for copied in step.copies:
                found = _copied(copied, step)
                if found is not None:
                    yield found._replace(deleted=_later(build, stage, step, found.path))
            for heredoc in _heredocs(step):
                yield heredoc._replace(deleted=_later(build, stage, step, heredoc.path))
        for written in stage.written:
            kind = None if written.how in _HARMLESS_WRITERS else file_kind(written.path)
            if kind is not None:
                deleted = _later(build, stage, written.step, written.path)
                yield SecretFile(kind, written.path, "", "written", written.span, written.step, deleted)


def _copied(copied: Copied, step: BuildStep) -> SecretFile | None:
    """A file out of the context, secret by its name there or by the name that it gets."""
    if copied.origin not in ("context", "named-context"):
        return None
    kind = file_kind(copied.source)
    source = copied.source.rstrip("/").rpartition("/")[2]
    if kind is None and _SAMPLES.isdisjoint(source.lower().replace("-", ".").replace("_", ".").split(".")):
        kind = _renamed(copied)
    if kind is None or any(place in copied.destination for place in _PUBLIC_PLACES):
        return None
    return SecretFile(kind, copied.destination, copied.source, "copied", copied.span, step)


def _renamed(copied: Copied) -> FileKind | None:
    """A destination's name counts where a single file gets it; a directory of that name may get anything."""
    kind = file_kind(copied.destination)
    last = copied.destination.rpartition("/")[2]
    if kind is None or last in (".ssh", ".aws", ".kube", ".gnupg", ".azure") or copied.source in (".", "./"):
        return None
    return kind


def _heredocs(step: BuildStep) -> Iterator[SecretFile]:
    """Files whose text stands in the Dockerfile: the name of the destination counts."""
    if step.instruction.keyword not in ("COPY", "ADD"):
        return
    words = step.words
    for heredoc in step.instruction.heredocs:
        target = words[-1].text if words else ""
        path = f"{target}{heredoc.name}" if target.endswith("/") else target
        kind = file_kind(path)
        if kind is not None and heredoc.content.strip():
            absolute = path if path.startswith("/") else f"{step.directory or ''}/{path}"
            yield SecretFile(kind, absolute, "", "copied", heredoc.operator, step)


def hidden_deletions(build: Build) -> Iterator[tuple[Deleted, Copied, BuildStep, FileKind]]:
    """Secret files that a RUN removes after a COPY of a whole directory most likely brought them."""
    for stage in build.stages:
        for deleted in stage.deleted:
            kind = file_kind(deleted.path)
            if kind is None or "*" in deleted.path:
                continue
            brought = _brought(stage, deleted)
            if brought is not None:
                yield deleted, brought[0], brought[1], kind


def _brought(stage: Stage, deleted: Deleted) -> tuple[Copied, BuildStep] | None:
    """The COPY of a directory of the context, in an earlier layer, into whose destination the path falls."""
    if any(written.path == deleted.path for one in stage.lineage for written in one.written):
        return None
    for one in reversed(stage.lineage):
        for step in reversed(one.steps):
            if one is stage and step.position >= deleted.step.position:
                continue
            for copied in step.copies:
                whole = copied.source.rstrip("/") in ("", ".", "*") and copied.origin == "context"
                if whole and copied.destination not in ("/", "") and covers(copied.destination, deleted.path):
                    return copied, step
    return None


def _later(build: Build, stage: Stage, step: BuildStep, path: str) -> Deleted | None:
    """What removes a path in a later layer of the stage, or of one that is built FROM it."""
    for other in build.stages:
        if stage not in other.lineage:
            continue
        for deleted in other.deleted:
            later = other is not stage or deleted.step.position > step.position
            if later and _removes(deleted.path, path):
                return deleted
    return None


def _removes(deleted: str, path: str) -> bool:
    if covers(deleted, path):
        return True
    return any(mark in deleted for mark in "*?[") and fnmatchcase(path, deleted)


def removed_at_once(build: Build, step: BuildStep, end: str) -> bool:
    """Whether the very RUN that made a file removes it; `end` is the end of the file's path."""
    deleted = build.stages[step.stage].deleted
    return any(one.step.position == step.position and _removes_end(one.path, end) for one in deleted)


def removed_later(build: Build, step: BuildStep, end: str) -> Deleted | None:
    """What removes a file in a later layer; `end` is the end of the file's path."""
    for other in build.stages:
        if build.stages[step.stage] not in other.lineage:
            continue
        for deleted in other.deleted:
            later = other.index != step.stage or deleted.step.position > step.position
            if later and _removes_end(deleted.path, end):
                return deleted
    return None


def _removes_end(deleted: str, end: str) -> bool:
    """Whether a path, or its directory where `end` has one, goes away."""
    deleted = deleted.rstrip("/*")
    directory, _, _ = end.rpartition("/")
    return deleted.endswith(f"/{end}") or (bool(directory) and deleted.endswith(f"/{directory}"))


def way_out(build: Build, stage: int, path: str) -> tuple[Step, ...]:
    """How a path of a stage that does not ship comes into the shipped one through `COPY --from`, or nothing."""
    return _way_out(build, stage, path, depth=len(build.stages))


def _way_out(build: Build, stage: int, path: str, depth: int) -> tuple[Step, ...]:
    if depth <= 0:
        return ()
    for other in build.stages:
        for step in other.steps:
            if not isinstance(step.source, int) or build.stages[stage] not in build.stages[step.source].lineage:
                continue
            for copied in step.copies:
                if copied.origin != "stage" or not covers(copied.source, path):
                    continue
                here = Step(f"{other.title} copies '{copied.source}' from it", copied.span)
                if build.ships(other.index):
                    return (here, *build.way(other.index))
                landed = copied.destination.rstrip("/") + path[len(copied.source.rstrip("/")) :]
                rest = _way_out(build, other.index, landed, depth - 1)
                if rest:
                    return (here, *rest)
    return ()
