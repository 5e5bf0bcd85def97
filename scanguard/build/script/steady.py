"""Whether a variable keeps the value that the build gave it throughout a RUN.

Told from the text alone, and only where nothing in it could set the variable otherwise: not following a branch that runs
after all would miss what ships. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
"""

from collections.abc import Mapping
from functools import lru_cache

from scanguard.dockerfile.nodes import Instruction
from scanguard.model.lazily import finder

_MAX_TEXT = 100_000
_SHELLS = frozenset({"sh", "bash", "dash", "ash"})
_WORD = r"(?<![\w.-])(?:{})(?![\w./=-])"
_NAME = "[A-Za-z_][A-Za-z0-9_]*"
_CONSTANT = r"""(?:[\w.,:/+@%=-]|"[^"$`\\]*"|'[^']*')*"""
_BLANK = "[ \t]+"
_OPTION = "(?:[euxc]+|[euxc]*o[ \t]+pipefail)"
_CHANGES = finder(
    "|".join(
        (
            # What leaves a loop or function, reads, evaluates, renames commands, or becomes somebody else.
            _WORD.format(
                "break|continue|return|function|eval|source|read|readarray|mapfile|getopts|let|unset|select|shopt|alias|"
                "enable|coproc|posix|sudo|su|su-exec|runuser|doas|gosu|chroot|declare|typeset|local"
            ),
            r"\([ \t\n]*\)",
            r"(?<!\w)(?:BASH_ENV|ENV|IFS)=",
            _WORD.format("printf") + rf"{_BLANK}-v",
            _WORD.format("wait") + rf"{_BLANK}-[a-z]*p",
            # `. file` where a command may begin.
            r"""(?:^|[\n;&|(){!`"'\\]|=\S{0,99}|\b(?:if|then|elif|else|while|until|do|time|command|builtin))[ \t]*\\?\.[ \t]""",
            # Declarations and environments of anything but constants.
            _WORD.format("export|readonly")
            + rf"(?!(?:{_BLANK}{_NAME}(?:={_CONSTANT})?){{0,50}}[ \t]*(?:$|[\n;&|)}}]))",
            _WORD.format("env")
            + rf"(?!(?:{_BLANK}{_NAME}={_CONSTANT}){{0,50}}{_BLANK}[A-Za-z/][\w./-]*(?:$|[\s;&|)]))",
            # Shells that read files first or take words otherwise.
            rf"(?<![\w.-])(?:z|k|mk|c|tc|fi|rba)sh{_BLANK}[-<]",
            rf"(?<![\w.-])(?:ba|da|a)?sh(?:{_BLANK}-{_OPTION}){{0,50}}{_BLANK}[-+](?!{_OPTION}(?:$|\s))",
        )
    )
)

_MENTIONS = finder(rf"(?<![\w$])(?<!\$\{{)({_NAME})|\$\{{({_NAME})(?!\w|[}}#%/+-]|:[-+0-9])")


def keeps(
    names: frozenset[str], instruction: Instruction, variables: Mapping[str, str], shell: tuple[str, ...]
) -> bool:
    """Whether all the names stay what `variables` has, whatever of the instruction runs."""
    text = _text(instruction)
    if len(text) > _MAX_TEXT or _reads_files(variables) or _secret_in_environment(instruction):
        return False
    if not names.isdisjoint(_mentioned(text)):
        return False
    if instruction.json:
        return not _changes(text)
    plain = bool(shell) and shell[0].rpartition("/")[2] in _SHELLS
    return plain and not _changes(f"{' '.join(shell)}\n{text}")


def _text(instruction: Instruction) -> str:
    if instruction.json:
        return " ".join([word.text for word in instruction.words])
    return "\n".join([instruction.body.text, *[heredoc.content for heredoc in instruction.heredocs]])


@lru_cache(maxsize=1)
def _changes(text: str) -> bool:
    """Whether a command may set whatever variable, or make other commands of the words."""
    return any(_CHANGES(text))


@lru_cache(maxsize=1)
def _mentioned(text: str) -> frozenset[str]:
    """The names that stand anywhere but in `$name` and in a `${name}` that assigns nothing."""
    return frozenset(match[1] or match[2] for match in _MENTIONS(text))


def _reads_files(variables: Mapping[str, str]) -> bool:
    """Whether a shell reads a file first, or has other options, because of its environment."""
    return "/" in variables.get("ENV", "") or any(name.startswith(("BASH", "SHELLOPTS")) for name in variables)


def _secret_in_environment(instruction: Instruction) -> bool:
    """`--mount=type=secret,…,env=X`; a mount that a variable describes may be one."""
    mounts = [flag.value.text.lower() for flag in instruction.flags if flag.name == "mount" and flag.value]
    return any("$" in mount or ("secret" in mount and "env" in mount) for mount in mounts)
