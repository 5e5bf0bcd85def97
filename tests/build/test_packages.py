"""What package managers install and remove, from their command lines."""

import pytest

from scanguard.build.packages import operations, split_version
from tests.build.builds import command

INSTALL = [
    # apt: https://manpages.debian.org/apt-get
    ("apt-get install gcc make", "apt", ["gcc", "make"]),
    ("apt-get -y install gcc", "apt", ["gcc"]),
    ("apt-get install -y --no-install-recommends gcc", "apt", ["gcc"]),
    ("apt-get -qq -o Dpkg::Use-Pty=0 install gcc", "apt", ["gcc"]),
    ("apt-get -o=Dpkg::Use-Pty=0 install gcc", "apt", ["gcc"]),
    ("apt-get -q=2 install gcc", "apt", ["gcc"]),
    ("apt-get install -t bookworm-backports gcc", "apt", ["gcc"]),
    ("apt-get --target-release sid install gcc", "apt", ["gcc"]),
    ("apt-get install gcc:amd64", "apt", ["gcc"]),
    ("apt-get install gcc/sid", "apt", ["gcc sid"]),
    ("apt-get install gcc=4:12.2.0-3", "apt", ["gcc 4:12.2.0-3"]),
    ("apt-get install gcc=4:12*", "apt", ["gcc 4:12*"]),
    ("apt-get install g++", "apt", ["g++"]),
    ("apt-get install ./local.deb /tmp/other.deb", "apt", []),
    ("apt install gcc", "apt", ["gcc"]),
    ("aptitude install gcc", "apt", ["gcc"]),
    ("apt-get install -- gcc", "apt", ["gcc"]),
    # apk: https://man.archlinux.org/man/apk-add.8
    ("apk add gcc musl-dev", "apk", ["gcc", "musl-dev"]),
    ("apk add --no-cache gcc", "apk", ["gcc"]),
    ("apk --no-cache --update add gcc", "apk", ["gcc"]),
    ("apk add -U gcc", "apk", ["gcc"]),
    ("apk add --repository https://example.com/main gcc", "apk", ["gcc"]),
    ("apk -X https://example.com/main add gcc", "apk", ["gcc"]),
    ("apk add gcc=13.2.1-r0", "apk", ["gcc 13.2.1-r0"]),
    ("apk add 'gcc>13'", "apk", ["gcc 13"]),
    ("apk add 'gcc~=13'", "apk", ["gcc 13"]),
    ("apk add gcc@edge", "apk", ["gcc edge"]),
    # dnf and its kin: https://dnf.readthedocs.io/
    ("dnf install -y gcc", "dnf", ["gcc"]),
    ("dnf -y --setopt=install_weak_deps=False install gcc", "dnf", ["gcc"]),
    ("dnf --setopt install_weak_deps=False install gcc", "dnf", ["gcc"]),
    ("dnf --enablerepo crb install gcc", "dnf", ["gcc"]),
    ("dnf install --nodocs gcc", "dnf", ["gcc"]),
    ("dnf groupinstall -y 'Development Tools'", "dnf", ["Development Tools"]),
    ("dnf group install 'Development Tools'", "dnf", ["Development Tools"]),
    ("dnf install @development-tools", "dnf", ["@development-tools"]),
    ("dnf5 install gcc", "dnf", ["gcc"]),
    ("tdnf install gcc", "dnf", ["gcc"]),
    ("dnf install https://example.com/a.rpm", "dnf", []),
    ("microdnf install --nodocs gcc", "microdnf", ["gcc"]),
    ("yum install -y gcc", "yum", ["gcc"]),
    ("yum -y groupinstall 'Development Tools'", "yum", ["Development Tools"]),
    ("yum localinstall gcc", "yum", ["gcc"]),
    # zypper, pacman
    ("zypper --non-interactive install gcc", "zypper", ["gcc"]),
    ("zypper -n in -t pattern devel_basis", "zypper", ["devel_basis"]),
    ("zypper in 'gcc>=13'", "zypper", ["gcc 13"]),
    ("pacman -S gcc", "pacman", ["gcc"]),
    ("pacman -Syu --noconfirm gcc make", "pacman", ["gcc", "make"]),
    ("pacman --noconfirm --sync gcc", "pacman", ["gcc"]),
    ("pacman --ignore linux -S gcc", "pacman", ["gcc"]),
    ("pacman -r /mnt -Sy gcc", "pacman", ["gcc"]),
    # Python
    ("pip install cmake", "pip", ["cmake"]),
    ("pip3 install --no-cache-dir cmake", "pip", ["cmake"]),
    ("pip3.11 install cmake", "pip", ["cmake"]),
    ("pip install cmake==3.30.1", "pip", ["cmake 3.30.1"]),
    ("pip install 'cmake>=3,<4'", "pip", ["cmake 3,<4"]),
    ("pip install 'uvicorn[standard]==0.30'", "pip", ["uvicorn 0.30"]),
    ("pip install -r requirements.txt", "pip", []),
    ("pip install -e .", "pip", []),
    ("pip install . ..", "pip", []),
    ("pip install ./wheel.whl /wheels/a.whl", "pip", []),
    ("pip install git+https://example.com/a.git", "pip", []),
    ("pip install --index-url https://example.com/simple cmake", "pip", ["cmake"]),
    ("pip install -i https://example.com/simple cmake", "pip", ["cmake"]),
    ("pip install --target /opt cmake", "pip", ["cmake"]),
    ("pip --no-input install cmake", "pip", ["cmake"]),
    ("python -m pip install cmake", "pip", ["cmake"]),
    ("python3 -m pip install --upgrade pip", "pip", ["pip"]),
    ("python3.12 -m pip install cmake", "pip", ["cmake"]),
    ("uv pip install --system cmake", "uv", ["cmake"]),
    ("uv tool install ruff", "uv", ["ruff"]),
    ("uv add --group dev cmake", "uv", ["cmake"]),
    ("pipx install cmake==3.30", "pipx", ["cmake 3.30"]),
    ("pipx inject poetry cmake", "pipx", ["poetry", "cmake"]),
    ("poetry add --group dev cmake", "poetry", ["cmake"]),
    ("poetry add cmake@^3.30", "poetry", ["cmake ^3.30"]),
    ("conda install -y -c conda-forge gcc", "conda", ["gcc"]),
    ("conda install -n base gcc=13", "conda", ["gcc 13"]),
    ("conda create -n env python=3.11", "conda", ["python 3.11"]),
    ("mamba install -y gxx_linux-64", "mamba", ["gxx_linux-64"]),
    ("micromamba install -y -n base compilers", "mamba", ["compilers"]),
    # JavaScript
    ("npm install -g typescript", "npm", ["typescript"]),
    ("npm i --global typescript@5.4", "npm", ["typescript 5.4"]),
    ("npm install -g @angular/cli@17 yarn", "npm", ["@angular/cli 17", "yarn"]),
    ("npm install -g @angular/cli", "npm", ["@angular/cli"]),
    ("npm install", "npm", []),
    ("npm --prefix web install webpack", "npm", ["webpack"]),
    ("yarn add webpack", "yarn", ["webpack"]),
    ("yarn global add webpack@5", "yarn", ["webpack 5"]),
    ("yarn install", "yarn", []),
    ("pnpm add -g webpack", "pnpm", ["webpack"]),
    ("pnpm install --frozen-lockfile", "pnpm", []),
    ("bun add typescript", "bun", ["typescript"]),
    # Ruby, Rust, Go
    ("gem install bundler", "gem", ["bundler"]),
    ("gem install rake -v 13.0", "gem", ["rake"]),
    ("gem install rake:13.0 --no-document", "gem", ["rake 13.0"]),
    ("cargo install ripgrep", "cargo", ["ripgrep"]),
    ("cargo install --locked ripgrep@14.1.0", "cargo", ["ripgrep 14.1.0"]),
    ("cargo install --version 14.1.0 ripgrep", "cargo", ["ripgrep"]),
    ("cargo install --path .", "cargo", []),
    ("rustup toolchain install nightly", "rustup", ["nightly"]),
    ("rustup toolchain install --profile minimal stable", "rustup", ["stable"]),
    ("rustup install stable", "rustup", ["stable"]),
    ("rustup component add clippy", "rustup", ["clippy"]),
    ("rustup target add wasm32-wasi", "rustup", ["wasm32-wasi"]),
    ("rustup default stable", "rustup", ["stable"]),
    ("go install golang.org/x/tools/gopls@v0.16.1", "go", ["golang.org/x/tools/gopls v0.16.1"]),
    ("go get -u github.com/a/b", "go", ["github.com/a/b"]),
    ("go install -tags netgo github.com/a/b@latest", "go", ["github.com/a/b latest"]),
    ("go install ./cmd/...", "go", []),
]

REMOVE = [
    ("apt-get remove -y gcc", "apt", ["gcc"]),
    ("apt-get purge --auto-remove gcc make", "apt", ["gcc", "make"]),
    ("apt-get autoremove -y gcc", "apt", ["gcc"]),
    ("apt-get autopurge gcc", "apt", ["gcc"]),
    ("apt-get purge 'gcc*'", "apt", ["gcc*"]),
    ("apk del .build", "apk", [".build"]),
    ("apk --no-cache del --purge gcc", "apk", ["gcc"]),
    ("dnf remove -y gcc", "dnf", ["gcc"]),
    ("dnf groupremove 'Development Tools'", "dnf", ["Development Tools"]),
    ("microdnf remove gcc", "microdnf", ["gcc"]),
    ("yum -y erase gcc", "yum", ["gcc"]),
    ("yum autoremove gcc", "yum", ["gcc"]),
    ("zypper rm -u gcc", "zypper", ["gcc"]),
    ("pacman -Rns --noconfirm gcc", "pacman", ["gcc"]),
    ("pacman --remove gcc", "pacman", ["gcc"]),
    ("pip uninstall -y cmake", "pip", ["cmake"]),
    ("python3 -m pip uninstall -y cmake", "pip", ["cmake"]),
    ("uv pip uninstall cmake", "uv", ["cmake"]),
    ("uv remove cmake", "uv", ["cmake"]),
    ("pipx uninstall cmake", "pipx", ["cmake"]),
    ("poetry remove cmake", "poetry", ["cmake"]),
    ("conda remove -y gcc", "conda", ["gcc"]),
    ("mamba uninstall gcc", "mamba", ["gcc"]),
    ("npm uninstall -g typescript", "npm", ["typescript"]),
    ("npm rm -g typescript", "npm", ["typescript"]),
    ("yarn global remove webpack", "yarn", ["webpack"]),
    ("pnpm remove -g webpack", "pnpm", ["webpack"]),
    ("gem uninstall rake", "gem", ["rake"]),
    ("cargo uninstall ripgrep", "cargo", ["ripgrep"]),
    ("rustup toolchain uninstall nightly", "rustup", ["nightly"]),
    ("rustup component remove rust-docs", "rustup", ["rust-docs"]),
]

NOTHING = [
    "apt-get update",
    "apt-get",
    "apt-get install",
    "apt-get install --dry-run gcc",
    "apt-get install --simulate gcc",
    "apt-get -s install gcc",
    "apt-get install --just-print gcc",
    "apt-get install --download-only gcc",
    "apt-get -d install gcc",
    "apt-get download gcc",
    "apt-get clean",
    "apt-cache policy gcc",
    "apt-mark hold gcc",
    "apk info gcc",
    "apk add --simulate gcc",
    "apk add -s gcc",
    "apk update",
    "dnf clean all",
    "dnf repolist install",
    "dnf install --downloadonly gcc",
    "dnf group list",
    "zypper refresh",
    "zypper install --dry-run gcc",
    "pacman -Q gcc",
    "pacman -Sy",
    "pacman -Si gcc",
    "pacman -Ss gcc",
    "pacman -Sw gcc",
    "pacman --sync --search gcc",
    "pacman -S",
    "pacman gcc",
    "pip download gcc",
    "pip freeze",
    "pip install --dry-run cmake",
    "pip wheel cmake",
    "python -m venv pip install",
    "python setup.py install",
    "python",
    "uv sync",
    "uv run pip install cmake",
    "uv",
    "npm ci",
    "npm run install",
    "npm install --dry-run typescript",
    "conda clean -afy",
    "gem list",
    "cargo build --release",
    "go build ./...",
    "go mod download",
    "rustup update",
    "rustup default",
    "gcc install make",
    "echo apt-get install gcc",
]


def listed(line: str) -> list[tuple[str, str, str]]:
    """Kind, manager, and the name with the version behind a blank."""
    return [(one.kind, one.manager, f"{one.name} {one.version}".strip()) for one in operations(command(line))]


@pytest.mark.parametrize(("line", "manager", "names"), INSTALL, ids=[case[0] for case in INSTALL])
def test_install(line: str, manager: str, names: list[str]) -> None:
    assert listed(line) == [("install", manager, name) for name in names]


@pytest.mark.parametrize(("line", "manager", "names"), REMOVE, ids=[case[0] for case in REMOVE])
def test_remove(line: str, manager: str, names: list[str]) -> None:
    assert listed(line) == [("remove", manager, name) for name in names]


@pytest.mark.parametrize("line", NOTHING)
def test_nothing(line: str) -> None:
    assert operations(command(line)) == []


@pytest.mark.parametrize(
    "line",
    [
        "apk add --virtual .build gcc make",
        "apk add -t .build gcc make",
        "apk add --virtual=.build gcc make",
        "apk add --no-cache --virtual .build gcc make",
        "apk add gcc make --virtual .build",
    ],
)
def test_virtual_packages(line: str) -> None:
    found = [(one.kind, one.name, one.group) for one in operations(command(line))]
    assert found == [("install", "gcc", ".build"), ("install", "make", ".build")]


def test_operations_keep_their_argument() -> None:
    line = command("apt-get install gcc=12 $EXTRA")
    found = operations(line)
    assert [one.argument for one in found] == list(line.arguments[1:])
    assert [one.argument.known for one in found] == [True, False]


@pytest.mark.parametrize(
    ("manager", "text", "parts"),
    [
        ("apt", "gcc", ("gcc", "")),
        ("apt", "gcc-", ("gcc", "")),
        ("apt", "gcc+", ("gcc", "")),
        ("apt", "g++", ("g++", "")),
        ("apt", "libstdc++6", ("libstdc++6", "")),
        ("dnf", "gcc-13.2", ("gcc-13.2", "")),
        ("npm", "@scope/name", ("@scope/name", "")),
        ("npm", "@scope/name@1", ("@scope/name", "1")),
        ("npm", "name@^1.2", ("name", "^1.2")),
        ("go", "example.com/a@v1", ("example.com/a", "v1")),
        ("pip", "a ; python_version<'3'", ("a", "; python_version<'3'")),
        ("pip", "a[b,c]>=1", ("a", "1")),
        ("pip", "a[b]", ("a", "")),
        ("unheard-of", "a=1", ("a=1", "")),
        ("apt", "=1", ("=1", "")),
    ],
)
def test_split_version(manager: str, text: str, parts: tuple[str, str]) -> None:
    assert split_version(manager, text) == parts
