"""Names and values of secrets: which ones are, and which only look like it."""

import pytest

from scanguard.build.secret_files import file_kind
from scanguard.build.secret_literals import is_secret_value
from scanguard.build.secret_names import secret_kind, split_name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("DB_PASSWORD", "password"),
        ("dbPassword", "password"),
        ("db.password", "password"),
        ("MYSQL_PASSWD", "password"),
        ("ROOTPASSWORD", "password"),
        ("KEY_PASSPHRASE", "passphrase"),
        ("DB_PASS", "password"),
        ("ROOTPASS", "password"),
        ("DB_PWD", "password"),
        ("API_KEY", "API key"),
        ("apikey", "API key"),
        ("X-Api-Key", "API key"),
        ("SECRET_KEY_BASE", "secret key"),
        ("AWS_SECRET_ACCESS_KEY", "secret key"),
        ("SSH_KEY", "private key"),
        ("JWT_KEY", "secret key"),
        ("NPM_TOKEN", "token"),
        ("TOKEN_1", "token"),
        ("API_TOKENS", "token"),
        ("GITHUB_PAT", "token"),
        ("CLIENT_SECRET", "secret"),
        ("SECRET_ID", "secret"),
        ("AWS_CREDENTIALS", "credentials"),
        ("BASIC_AUTH", "credentials"),
        ("NPM_CONFIG__AUTH", "credentials"),
        ("INSTALL_TOKEN", "token"),
        ("INSTALL_PASSWORD", "password"),
        ("INSTALL_SECRET", "secret"),
        ("INSTALL_API_KEY", "API key"),
        ("INSTALL_DB_PASS", "password"),
        ("NPM_INSTALL_TOKEN", "token"),
        ("SSHPASS", "password"),
        ("ALT_PASS", "password"),
        ("ALL_PASS", "password"),
        ("LAST_PASS", "password"),
        ("RENDER_PASS", "password"),
        (":_auth", "credentials"),
    ],
)
def test_names_of_secrets(name: str, kind: str) -> None:
    assert secret_kind(name) == kind


@pytest.mark.parametrize(
    "name",
    "PATH PWD OLDPWD GPG_KEY GPG_KEYS KEY PUBLIC_KEY JWT_PUBLIC_KEY MAX_TOKENS TOKENIZERS_PARALLELISM "
    "TOKENIZER KMS_KEY_ALIAS "
    "PASSWORD_FILE SECRET_PATH TOKEN_URL SECRET_NAME TOKEN_TTL TOKEN_HEADER SECRET_MANAGER PASSWORDLESS "
    "NOPASSWORD KEYCLOAK_HOST "
    "AWS_ACCESS_KEY_ID AUTH_METHOD AUTHOR MONKEY COMPASS BYPASS ASKPASS SSH_ASKPASS KEYRING PASSENGER TOKENS "
    "INPUT_TOKENS INSTALL_SSHPASS alt_pass second-pass LOW_PASS renderPass "
    "DOCKER_AUTH_VERSION OAUTH2_PROXY_VERSION XAUTHORITY SSH_AUTH_SOCK PASSWORD_STDIN KEY_ID PATTERN _ - 1".split(),
)
def test_names_of_other_things(name: str) -> None:
    assert secret_kind(name) == ""


def test_names_are_split_at_marks_and_humps() -> None:
    assert split_name("my-Api.keyV2") == ["MY", "API", "KEY", "V2"]
    assert split_name("HTTP_proxy") == ["HTTP", "PROXY"]


@pytest.mark.parametrize(
    "value", ["postgres", "hunter2", "1234", "pa$$word", "a b c d", "$6$salt$abc", "pass/word", "my-secret-pw"]
)
def test_passwords(value: str) -> None:
    assert is_secret_value(value, "password", "DB_PASSWORD")


@pytest.mark.parametrize(
    "value",
    [
        "xyz",
        "f00dfeed",
        "12345678",
        "/9j4AAQSkZJRgABAQEASABIAAD/2wBDAAMC",
        "wJalrXUtnFEMI",
        '{"a": 1}',
    ],
)
def test_tokens(value: str) -> None:
    assert is_secret_value(value, "token", "API_TOKEN")


@pytest.mark.parametrize(
    "value",
    "changeme CHANGE_ME xxxx xx 000000 <token> [token] {token} %TOKEN% ${TOKEN} $TOKEN $(cat_x) `x` {{x}} "
    "your-token my-token true No 1 12 "
    "none null ... **** test dummy-key example.org /run/secrets/x ./x ~/x ../x C:\\x a/b.key x.pem "
    "sha256:abc https://x/y arn:aws:x "
    "vault:x id=npm file:///x ssh-rsa ecdsa-sha2-x md5:abc API_TOKEN OTHER_API_TOKEN **Random** #{Token}# '' "
    '"" 1.5 -1'.split(),
)
def test_values_that_are_no_secrets(value: str) -> None:
    assert not is_secret_value(value, "token", "API_TOKEN")


@pytest.mark.parametrize(
    "value",
    [
        "A035C8C19219BA821ECEA86B64E628F8D684696D",
        "0xA035C8C19219BA821ECEA86B64E628F8D684696D",
        "D684696D, B64E628F8D684696",
        "A035 C8C1 9219 BA82 1ECE  A86B 64E6 28F8 D684 696D",
    ],
)
def test_fingerprints_are_no_keys(value: str) -> None:
    assert not is_secret_value(value, "secret key", "SIGNING_KEY")
    assert is_secret_value("a035c8c19219ba821ecea86b64e628f8d684696d", "secret key", "SIGNING_KEY")


@pytest.mark.parametrize("value", ["", "   ", "''", "1", "123", "true", "changeme", "$PASSWORD"])
def test_values_that_are_no_passwords(value: str) -> None:
    assert not is_secret_value(value, "password", "DB_PASSWORD")


@pytest.mark.parametrize(
    "path",
    ".env a/.env .env* .env.production prod.env id_rsa .ssh/id_ed25519 deploy_rsa x.ppk ssh_host_rsa_key "
    "x.p12 x.pfx release.jks "
    "x.keystore server.key tls.key certs/x.key etc/ssl/y.key privkey.pem tls-key.pem my_private.pem .npmrc "
    ".pypirc .netrc .aws/credentials "
    ".aws .kube/config kubeconfig dev.kubeconfig .docker/config.json .git-credentials "
    "my-service-account.json x-firebase-adminsdk-1.json "
    "client_secret_1.json credentials.json .htpasswd .vault-token master.key .ssh/ .cargo/credentials.toml "
    "/root/.config/gcloud".split(),
)
def test_secret_files(path: str) -> None:
    assert file_kind(path) is not None


@pytest.mark.parametrize(
    "path",
    ".env.example .env.sample .env.test .env.development x.env .envrc id_rsa.pub x.pem ca.pem cert.pem x.crt "
    "truststore.jks cacerts.jks "
    "debug.keystore release.key nodesource.gpg.key keyrings/server.key snakeoil.key public.pem "
    "public-key.pem secrets.py config.json "
    "credentials.go credentials.yml.enc service-account.yaml key.txt . / ./ npmrc known_hosts "
    "authorized_keys .npmrc.template".split(),
)
def test_other_files(path: str) -> None:
    assert file_kind(path) is None
