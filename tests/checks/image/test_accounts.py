"""Who runs, and which accounts an image has."""

import pytest

from scanguard.checks.image import duplicate_account, empty_password, image_root_user, image_unknown_user
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import Confidence, Severity
from tests.checks.image.scans import DEBIAN, problems, scan
from tests.images import File, removed

USER = ImagePlace(setting="USER")
PASSWD = DEBIAN["etc/passwd"]
SHADOW = DEBIAN["etc/shadow"]


@pytest.mark.parametrize(
    ("user", "message"),
    [
        ("", "A container of the image runs as root: the image sets no USER."),
        ("root", "A container of the image runs as root: USER is 'root'."),
        ("0", "A container of the image runs as root: USER is '0'."),
        ("0:0", "A container of the image runs as root: USER is '0:0'."),
        ("00", "A container of the image runs as root: USER is '00'."),
        ("+0", "A container of the image runs as root: USER is '+0'."),
        ("-0:1", "A container of the image runs as root: USER is '-0:1'."),
        ("root:app", "A container of the image runs as root: USER is 'root:app'."),
        ("toor", "A container of the image runs as root: USER is 'toor', whose uid is 0."),
    ],
)
def test_root(user: str, message: str) -> None:
    looked = scan(DEBIAN, {"etc/passwd": PASSWD + b"toor:x:0:0::/root:/bin/sh\n"}, User=user)
    assert problems(image_root_user.check, looked) == (ImageProblem(message, USER, key=user or "root"),)


def test_no_user_is_not_the_fault_of_the_base() -> None:
    lack = ImagePlace(setting="USER", missing=True)
    for text, user, place in (("", "", lack), ("", "root", lack), ("USER 0\n", "0", USER)):
        history = ("RUN base", "RUN /bin/sh -c make # buildkit", *(["-USER 0"] if text else ()))
        looked = scan(DEBIAN, {"a": b""}, history=history, dockerfile=f"FROM debian:12\nRUN make\n{text}", User=user)
        assert looked.base_layers == 1
        assert [one.place for one in problems(image_root_user.check, looked)] == [place]
    bare = scan({"x": b"1"}, history=("COPY x /x # buildkit",), dockerfile="FROM scratch\nCOPY x /x\n")
    assert [one.place for one in problems(image_root_user.check, bare)] == [lack]


@pytest.mark.parametrize("user", ["1000", "10001:0", "daemon", "nobody"])
def test_no_root(user: str) -> None:
    assert problems(image_root_user.check, scan(DEBIAN, User=user)) == ()


@pytest.mark.parametrize("uid", ["0", "00", "", "x", "0 0", "1000z"])
def test_a_uid_that_is_no_number_is_root(uid: str) -> None:
    line = f"app:x:{uid}:1000::/:/bin/sh\n".encode()
    (found,) = problems(image_root_user.check, scan(DEBIAN, {"etc/passwd": PASSWD + line}, User="app"))
    assert found.message == "A container of the image runs as root: USER is 'app', whose uid is 0."


def test_windows_has_no_root() -> None:
    looked = scan(DEBIAN, platform="windows/amd64", User="")
    assert problems(image_root_user.check, looked) == ()
    assert problems(image_unknown_user.check, looked) == ()
    twice = scan(DEBIAN, {"etc/passwd": PASSWD + b"a::0:0::/:/bin/sh\n"}, platform="windows/amd64")
    assert problems(duplicate_account.check, twice) == ()
    assert problems(empty_password.check, twice) == ()


def test_root_that_may_drop_privileges() -> None:
    said = "A container of the image runs as root: the image sets no USER"
    gosu = scan(DEBIAN, {"usr/local/bin/gosu": File(b"x", 0o755)}, Entrypoint=["/entrypoint.sh"])
    assert problems(image_root_user.check, gosu) == (
        ImageProblem(
            f"{said}; 'gosu' is installed and the entrypoint may drop privileges at start.",
            USER,
            Confidence.LOW,
            key="root",
        ),
    )
    named = scan(DEBIAN, Entrypoint=["/sbin/tini", "--", "/sbin/su-exec", "app"])
    assert problems(image_root_user.check, named) == (
        ImageProblem(f"{said}; 'su-exec' may drop privileges at start.", USER, Confidence.LOW, key="root"),
    )
    without = scan(DEBIAN, {"usr/local/bin/gosu": File(b"x", 0o755)}, Cmd=["app"])
    assert problems(image_root_user.check, without) == (ImageProblem(f"{said}.", USER, key="root"),)


def test_the_dockerfile_may_know_that_privileges_are_dropped() -> None:
    text = "FROM postgres:17\nCOPY init.sql /docker-entrypoint-initdb.d/\n"
    history = ("RUN base # buildkit", "COPY init.sql /docker-entrypoint-initdb.d/ # buildkit")
    looked = scan(DEBIAN, {"docker-entrypoint-initdb.d/init.sql": b"x"}, history=history, dockerfile=text)
    (found,) = problems(image_root_user.check, looked)
    assert found.confidence is Confidence.LOW
    assert found.message.endswith("the entrypoint of 'postgres' may drop privileges at start.")


@pytest.mark.parametrize(
    "user", ["", "root", "0", "+0", "1000", "+1000", "10001:10001", "daemon", "daemon:shadow", "daemon:42"]
)
def test_known_users(user: str) -> None:
    assert problems(image_unknown_user.check, scan(DEBIAN, User=user)) == ()


@pytest.mark.parametrize("user", ["٠", "4294967296", "-1", "0x0"])
def test_what_containers_take_for_no_number_is_an_account(user: str) -> None:
    message = f"USER is '{user}', but /etc/passwd of the image has no account '{user}'."
    looked = scan(DEBIAN, User=user)
    assert problems(image_unknown_user.check, looked) == (ImageProblem(message, USER, key=user),)
    assert problems(image_root_user.check, looked) == ()


def test_unknown_users() -> None:
    assert problems(image_unknown_user.check, scan(DEBIAN, User="app:crew")) == (
        ImageProblem("USER is 'app:crew', but /etc/passwd of the image has no account 'app'.", USER, key="app"),
        ImageProblem("USER is 'app:crew', but /etc/group of the image has no group 'crew'.", USER, key="crew"),
    )
    assert problems(image_unknown_user.check, scan({"app": b"x"}, base=0, User="app")) == (
        ImageProblem("USER is 'app', but the image has no /etc/passwd.", USER, key="app"),
    )


MAKES_USERS = "FROM debian:12\nRUN tar xf /srv/all.tar -C /\nUSER app\n"
TAR = "RUN /bin/sh -c tar xf /srv/all.tar -C / # buildkit"


def test_an_account_that_the_image_has_refutes_the_dockerfile() -> None:
    layers = (DEBIAN, {"etc/passwd": PASSWD + b"app:x:1000:1000::/:/bin/sh\n"})
    looked = scan(*layers, history=("RUN base", TAR, "-USER app"), dockerfile=MAKES_USERS, User="app")
    assert problems(image_unknown_user.check, looked) == (
        ImageProblem(
            "The image has the account 'app', though no instruction of the Dockerfile is known to make it.",
            USER,
            Confidence.MEDIUM,
            Severity.NOTE,
            key="app",
            facts=(("refutes", "unknown-user"),),
        ),
    )
    # An account below all that the Dockerfile does may be that of an image of an older Dockerfile.
    older = scan(*reversed(layers), history=("RUN base", TAR, "-USER app"), dockerfile=MAKES_USERS, User="app")
    assert "app" not in [one.key for one in problems(image_unknown_user.check, older) if one.facts]
    below = scan(layers[1], {"a": b""}, history=("RUN base", TAR, "-USER app"), dockerfile=MAKES_USERS, User="app")
    assert problems(image_unknown_user.check, below) == ()
    made = "FROM debian:12\nRUN useradd app\nUSER app\n"
    told = ("RUN base", "RUN /bin/sh -c useradd app # buildkit", "-USER app")
    assert problems(image_unknown_user.check, scan(*layers, history=told, dockerfile=made, User="app")) == ()


@pytest.mark.parametrize("more", ["RUN later\n", "RUN a\nRUN b\nRUN c\nCOPY d /e\n"])
def test_an_image_of_another_dockerfile_refutes_nothing(more: str) -> None:
    layers = (DEBIAN, {"etc/passwd": PASSWD + b"app:x:1000:1000::/:/bin/sh\n"})
    looked = scan(*layers, history=("RUN base", TAR, "-USER app"), dockerfile=MAKES_USERS + more, User="app")
    assert problems(image_unknown_user.check, looked) == ()
    other = scan(*layers, history=("RUN base", TAR), dockerfile=f"FROM own/base:1\nRUN tar xf x\n{more}", User="app")
    assert problems(image_root_user.check, other) == ()


def test_the_user_of_a_base_refutes_root() -> None:
    text, history = "FROM own/base:1\nCOPY a /a\n", ("RUN base", "COPY a /a # buildkit")
    looked = scan(DEBIAN, {"a": b""}, history=history, dockerfile=text, User="1000:1000")
    assert problems(image_root_user.check, looked) == (
        ImageProblem(
            "A container of the image runs as '1000:1000', though the Dockerfile does not say so.",
            ImagePlace(setting="USER", missing=True),
            Confidence.MEDIUM,
            Severity.NOTE,
            key="1000:1000",
            facts=(("refutes", "root-user"),),
        ),
    )
    assert problems(image_root_user.check, looked._replace(build=None, blame=None)) == ()
    unknown = scan(DEBIAN, {"a": b""}, history=history, dockerfile=text, User="nobody")
    assert problems(image_root_user.check, unknown) == ()


@pytest.mark.parametrize(
    ("text", "history"),
    [
        ("FROM own/base:1\n", ("RUN base",)),
        ("FROM debian:12\nCOPY a /a\n", ("RUN base", "COPY a /a # buildkit")),
        ("FROM own/base:1\nUSER root\nCOPY a /a\n", ("RUN base", "-USER root", "COPY a /a # buildkit")),
    ],
)
def test_where_the_dockerfile_tells_who_runs_another_user_is_another_images(
    text: str, history: tuple[str, ...]
) -> None:
    layers = (DEBIAN, {"a": b""})[: len(history)]
    assert problems(image_root_user.check, scan(*layers, history=history, dockerfile=text, User="1000")) == ()


def test_a_removed_database_counts_as_none() -> None:
    looked = scan(DEBIAN, removed("etc/passwd"), User="daemon")
    assert [one.message for one in problems(image_unknown_user.check, looked)] == [
        "USER is 'daemon', but the image has no /etc/passwd."
    ]


def test_a_database_that_nobody_read_tells_nothing() -> None:
    looked = scan(DEBIAN, User="app:crew", wanted=frozenset())
    assert problems(image_unknown_user.check, looked) == ()
    assert problems(image_unknown_user.check, looked._replace(contents=())) == ()


def test_empty_passwords() -> None:
    passwd = (
        PASSWD
        + b"app:x:1000:1000::/home/app:/bin/sh\nold::1001:1001::/:/bin/sh\nsvc:x:1002:1002::/:/usr/sbin/nologin\n"
    )
    shadow = SHADOW + b"app::19700:0:99999:7:::\nold:!:19700::::::\nsvc::19700:0:99999:7:::\n"
    looked = scan(DEBIAN, {"etc/passwd": passwd, "etc/shadow": SHADOW}, {"etc/shadow": shadow})
    assert problems(empty_password.check, looked) == (
        ImageProblem("The password of 'old' is empty in /etc/passwd.", ImagePlace(1, "etc/passwd"), key="old"),
        ImageProblem("The password of 'app' is empty in /etc/shadow.", ImagePlace(2, "etc/shadow"), key="app"),
        ImageProblem(
            "The password of 'svc' is empty in /etc/shadow.",
            ImagePlace(2, "etc/shadow"),
            severity=Severity.LOW,
            key="svc",
        ),
    )


def test_an_empty_password_of_the_base_stays_the_bases() -> None:
    empty = b"root:::0:::::\n"
    looked = scan(DEBIAN | {"etc/shadow": empty}, {"etc/shadow": empty + b"app:!:19700::::::\n"})
    assert [one.place for one in problems(empty_password.check, looked)] == [ImagePlace(0, "etc/shadow")]


@pytest.mark.parametrize("field", [b"*", b"!", b"!!", b"!*", b"x", b"$6$aa$bb"])
def test_passwords_that_are_not_empty(field: bytes) -> None:
    looked = scan(DEBIAN, {"etc/shadow": b"app:" + field + b":19700:0:99999:7:::\n+::::::::\n\n# note\n"})
    assert problems(empty_password.check, looked) == ()


def test_duplicates() -> None:
    passwd = PASSWD + b"admin:x:0:0::/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\napp:x:1001:1001::/:/bin/sh\n"
    group = DEBIAN["etc/group"] + b"crew:x:42:\n"
    looked = scan(DEBIAN, {"etc/passwd": passwd}, {"etc/group": group})
    assert problems(duplicate_account.check, looked) == (
        ImageProblem(
            "'root' and 'admin' both have the uid 0 in /etc/passwd.", ImagePlace(1, "etc/passwd"), key="root,admin"
        ),
        ImageProblem("/etc/passwd has the user 'app' twice.", ImagePlace(1, "etc/passwd"), key="app"),
        ImageProblem(
            "'shadow' and 'crew' both have the gid 42 in /etc/group.", ImagePlace(2, "etc/group"), key="shadow,crew"
        ),
    )


def test_duplicates_of_the_base_are_the_bases() -> None:
    twice = DEBIAN | {"etc/passwd": PASSWD + b"toor:x:0:0::/root:/bin/sh\n"}
    assert problems(duplicate_account.check, scan(twice)) == ()
    own = twice["etc/passwd"] + b"app:x:1000:1000::/:/bin/sh\n"
    assert problems(duplicate_account.check, scan(twice, {"etc/passwd": own})) == ()
    assert len(problems(duplicate_account.check, scan(twice, base=0))) == 1


def test_hostile_databases() -> None:
    looked = scan(DEBIAN, {"etc/passwd": b":::\nx\n\xff:\xfe:9\n" + b"a:x:" + b"9" * 5000 + b":0:::\n+nis\n-nis:::\n"})
    assert problems(duplicate_account.check, looked) == ()
    assert problems(empty_password.check, looked) == ()
