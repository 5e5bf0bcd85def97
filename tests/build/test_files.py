"""What commands do to files, from their command lines; the working directory is /work."""

import pytest

from scanguard.build.files import deleted, downloads, written
from scanguard.build.model import Deleted, Download, Written
from tests.build.builds import argument, command, run_step

STEP = run_step()


def paths(line: str, **fields: object) -> list[str]:
    return [one.path for one in written(command(line, **fields), STEP)]


@pytest.mark.parametrize("operator", [">", ">>", ">|", "&>", "&>>"])
def test_redirections(operator: str) -> None:
    target = argument("out.txt", 9)
    call = command("echo hello world", redirects=((operator, target),))
    assert written(call, STEP) == [Written("/work/out.txt", "echo", target.span, STEP, "hello world")]


@pytest.mark.parametrize(
    ("operator", "target"),
    [("<", "in.txt"), ("<<<", "text"), (">&", "2"), ("2>&1", "1"), (">", "/dev/null"), (">>", "/dev/stderr")],
)
def test_what_writes_no_file(operator: str, target: str) -> None:
    assert paths("echo hello", redirects=((operator, argument(target)),)) == []


@pytest.mark.parametrize(
    ("line", "content"),
    [
        ("echo a b", "a b"),
        ("echo -e 'a\\nb'", "a\\nb"),
        ("echo -n a", "a"),
        ("echo -ne a", "a"),
        ("printf '%s' a", "%s a"),
        ("cat other", None),
        ("make-it", None),
    ],
)
def test_content(line: str, content: str | None) -> None:
    call = command(line, redirects=((">", argument("/a")),))
    assert [(one.path, one.content) for one in written(call, STEP)] == [("/a", content)]


def test_content_of_a_heredoc() -> None:
    call = command("cat", redirects=((">", argument("/a")),), text=argument("body\n"))
    assert [(one.path, one.content) for one in written(call, STEP)] == [("/a", "body\n")]


def test_content_through_a_pipe() -> None:
    call = command("tee -a /a b", input=command("echo hello"))
    assert [(one.path, one.how, one.content) for one in written(call, STEP)] == [
        ("/a", "tee", "hello"),
        ("/work/b", "tee", "hello"),
    ]
    through = command("cat", input=command("echo hello"), redirects=((">", argument("/a")),))
    assert [one.content for one in written(through, STEP)] == ["hello"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("cp a b", ["/work/b"]),
        ("cp -r a b /opt/c", ["/opt/c"]),
        ("cp a", []),
        ("mv a /b", ["/b"]),
        ("ln -s /a /b", ["/b"]),
        ("install -m 755 a /usr/bin/b", ["/usr/bin/b"]),
        ("rsync -a a/ /b/", ["/b"]),
        ("touch a b", ["/work/a", "/work/b"]),
        ("mkdir -p /a/b c", ["/a/b", "/work/c"]),
        ("tee a", ["/work/a"]),
        ("truncate --size=0 a", ["/work/a"]),
        ("tar -xzf a.tar.gz -C /opt", ["/opt"]),
        ("tar xzf a.tar.gz --directory=/opt", ["/opt"]),
        ("tar --directory /opt -xf a.tar", ["/opt"]),
        ("tar -xzC /opt -f a.tar", ["/opt"]),
        ("bsdtar -xf a -C /opt", ["/opt"]),
        ("unzip a.zip -d /opt", ["/opt"]),
        ("curl -o a https://example.com/x", ["/work/a"]),
        ("curl -fsSLo /a https://example.com/x", ["/a"]),
        ("curl --output /a https://example.com/x", ["/a"]),
        ("curl --output=/a https://example.com/x", ["/a"]),
        ("curl -o/a https://example.com/x", ["/a"]),
        ("curl -o - https://example.com/x", []),
        ("wget -O /a https://example.com/x", ["/a"]),
        ("wget -qO /a https://example.com/x", ["/a"]),
        ("wget -qO- https://example.com/x", []),
        ("wget --output-document=/a https://example.com/x", ["/a"]),
        ("aria2c -o a https://example.com/x", ["/work/a"]),
        ("openssl req -keyout k.pem -out c.pem", ["/work/c.pem", "/work/k.pem"]),
        ("ssh-keygen -t ed25519 -f /id", ["/id"]),
        ("go build -o /app ./cmd", ["/app"]),
        ("gcc -o a a.c", ["/work/a"]),
        ("gcc -fno-omit-frame-pointer a.c", []),
        ("git clone https://example.com/a/b.git", ["/work/b"]),
        ("git clone https://example.com/a/b /src", ["/src"]),
        ("git clone --depth 1 https://example.com/a/b/", ["/work/b"]),
        ("git clone git@example.com:a/b.git", ["/work/b"]),
        ("git clone -b main ssh://git@example.com/a/b.git src", ["/work/src"]),
        ("git clone", []),
        ("git clone local", []),
        ("git pull https://example.com/a/b", []),
        ("cat a", []),
    ],
)
def test_written(line: str, expected: list[str]) -> None:
    assert paths(line) == expected


def test_a_path_in_an_unknown_directory_is_not_told() -> None:
    assert written(command("touch a /b", directory=None), STEP) == [
        Written("/b", "touch", command("touch a /b").arguments[1].span, STEP)
    ]
    assert deleted(command("rm a", directory=None), STEP) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("rm -rf /a b", ["/a", "/work/b"]),
        ("rm -rf /var/lib/apt/lists/*", ["/var/lib/apt/lists/*"]),
        ("rm", []),
        ("unlink a", ["/work/a"]),
        ("rmdir /a", ["/a"]),
        ("shred -u /a", ["/a"]),
        ("mv a /b", ["/work/a"]),
        ("mv a b /c", ["/work/a", "/work/b"]),
        ("cp a b", []),
    ],
)
def test_deleted(line: str, expected: list[str]) -> None:
    assert [one.path for one in deleted(command(line), STEP)] == expected


def test_deleted_is_placed() -> None:
    call = command("rm -f /a")
    assert deleted(call, STEP) == [Deleted("/a", call.arguments[1].span, STEP)]


URL = "https://example.com/d/x.tgz"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"curl {URL}", [(URL, None)]),
        (f"curl -fsSL {URL} -o /a", [(URL, "/a")]),
        (f"curl -o a {URL}", [(URL, "/work/a")]),
        (f"curl -o - {URL}", [(URL, None)]),
        (f"curl -O {URL}", [(URL, "/work/x.tgz")]),
        (f"curl -fsSLO {URL}", [(URL, "/work/x.tgz")]),
        (f"curl --remote-name {URL}", [(URL, "/work/x.tgz")]),
        (f"curl -H 'Referer: https://other.example.com/' {URL}", [(URL, None)]),
        (f"curl --proxy http://proxy:1 {URL}", [(URL, None)]),
        (f"wget {URL}", [(URL, "/work/x.tgz")]),
        (f"wget -q {URL}?a=1/2", [(f"{URL}?a=1/2", "/work/x.tgz")]),
        (f"wget -O /a {URL}", [(URL, "/a")]),
        (f"wget -O- {URL}", [(URL, None)]),
        (f"wget -qO- {URL}", [(URL, None)]),
        (f"wget -O - {URL}", [(URL, None)]),
        (f"wget -P /opt {URL}", [(URL, "/opt/x.tgz")]),
        (f"wget --directory-prefix=/opt {URL}", [(URL, "/opt/x.tgz")]),
        (f"wget {URL} {URL}.sha256", [(URL, "/work/x.tgz"), (f"{URL}.sha256", "/work/x.tgz.sha256")]),
        (f"wget -c {URL}", [(URL, "/work/x.tgz")]),
        (f"wget -nc -x {URL}", [(URL, "/work/x.tgz")]),
        (f"curl -O --output-dir /opt {URL}", [(URL, "/opt/x.tgz")]),
        (f"aria2c -o a {URL}", [(URL, "/work/a")]),
        (f"aria2c -x 16 -d /opt {URL}", [(URL, "/opt/x.tgz")]),
        ("curl $URL", [("$URL", None)]),
        ("curl --version", []),
        (f"echo {URL}", []),
    ],
)
def test_downloads(line: str, expected: list[tuple[str, str | None]]) -> None:
    assert [(one.url, one.destination) for one in downloads(command(line), STEP)] == expected


def test_a_download_is_placed_and_says_whether_it_is_known() -> None:
    call = command(f"wget {URL} $OTHER")
    assert downloads(call, STEP) == [
        Download(URL, True, "/work/x.tgz", call.arguments[0].span, STEP),
        Download("$OTHER", False, "/work/$OTHER", call.arguments[1].span, STEP),
    ]
