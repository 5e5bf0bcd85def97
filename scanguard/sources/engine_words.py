"""What keeps a docker engine from answering, in words for people: what its address or its library's error means."""

import re

from scanguard.model.display import displayable

_START = "start it, or set DOCKER_HOST"
_REASONS = (
    ("Permission denied", "permission denied; join the group of its socket or run as its owner"),
    ("No such file", f"there is no socket; {_START}"),
    ("Connection refused", f"connection refused; {_START}"),
    ("Connection broken", "it broke off in the middle; try again"),
    ("ended prematurely", "it broke off in the middle; try again"),
    ("timed out", "it did not answer in time; look whether it is well"),
    ("NameResolutionError", "no machine has this name; look at DOCKER_HOST"),
    ("paramiko", "addresses with ssh:// need the package paramiko; install it, or forward the engine's socket"),
    ("TLS configuration", "its certificates cannot be used; look at DOCKER_TLS_VERIFY and DOCKER_CERT_PATH"),
    ("only supported on Windows", "npipe:// is an address on Windows; set DOCKER_HOST to one of this system"),
)
_PASSWORD = re.compile(r"//([^/@:]*):[^/@]*@")


def reason(error: Exception) -> str:
    """Why there was no answer, and what to do; the kind of the error where nobody foresaw it."""
    said = str(error)
    return next((told for mark, told in _REASONS if mark in said), type(error).__name__)


def shown(address: str) -> str:
    """An address as it may be printed, without the password in it."""
    return displayable(_PASSWORD.sub(r"//\1:***@", address))


def no_address(address: str) -> str:
    """That an address is none, and what one looks like."""
    known = "unix:///var/run/docker.sock, tcp://HOST:2376 or ssh://USER@HOST"
    return f"DOCKER_HOST is '{shown(address)}', which is no address of a docker daemon; write one such as {known}"
