"""A branch is left out only where nothing in the RUN could set what it tests."""

import pytest

from tests.build.builds import stage

_GUARDED = 'if [ "$N" = 1 ]; then apt-get install -y gcc; fi'


def installed(text: str) -> list[str]:
    return [package.name for package in stage(text).packages]


@pytest.mark.parametrize(
    "before",
    [
        "for f in a b; do if [ -f $f ]; then N=1; break; fi; done;",
        "for f in a b; do if [ -f $f ]; then N=1; continue; fi; done;",
        "for f in a b; do [ -f $f ] && N=1 && break; done;",
        "for f in a b; do case $f in a) N=1; break;; esac; done;",
        "f() { if [ -f a ]; then N=1; return; fi; }; f;",
        "for f in a; do break; done;",
        "f() { true; };",
        "function f { true; };",
        "test() { true; };",
        "export $(cat .env | xargs) &&",
        "export A=$X;",
        "export A=a B=`cat b`;",
        'readonly "$(cat a)";',
        'eval "$(cat vars)";',
        'while read -r l; do export "$l"; done < f;',
        ": $((N+=1));",
        ": ${N:=1};",
        "((N++));",
        "let N=1;",
        "printf -v $x 1;",
        "declare -n r=M; r=1;",
        "typeset x=1;",
        "shopt -s nocasematch;",
        "set -o posix;",
        ". ./vars;",
        "true && . ./vars;",
        "A=b . ./vars;",
        "case $a in b) . ./vars;; esac;",
        "source vars;",
        'export A="$(cat a)";',
        "IFS=0;",
        "alias x=y;",
        "select N in 1 2; do true; done;",
        "N=1;",
        "for N in 1; do true; done;",
        "unset -v $x;",
    ],
)
def test_commands_that_may_set_the_variable(before: str) -> None:
    assert installed(f"FROM debian:12\nARG N=0\nRUN {before} {_GUARDED}\n") == ["gcc"]


@pytest.mark.parametrize(
    "shell",
    [
        "env $(cat .env) sh -c '@'",
        "env -i sh -c '@'",
        "sudo sh -c '@'",
        "su app -c '@'",
        "bash -lc '@'",
        "bash --login -c '@'",
        "bash -O nocasematch -c '@'",
        "zsh -c '@'",
        "BASH_ENV=x bash -c '@'",
    ],
)
def test_shells_that_may_have_another_value(shell: str) -> None:
    run = shell.replace("@", _GUARDED)
    assert installed(f"FROM debian:12\nARG N=0\nRUN {run}\n") == ["gcc"]


@pytest.mark.parametrize(
    ("instructions", "expected"),
    [
        ('SHELL ["/bin/bash","-lc"]\nRUN @', ["gcc"]),
        ('SHELL ["/bin/bash","--login","-c"]\nRUN @', ["gcc"]),
        ('SHELL ["/bin/zsh","-c"]\nRUN @', ["gcc"]),
        ('SHELL ["/bin/bash","-euxo","pipefail","-c"]\nRUN @', []),
        ('SHELL ["/bin/ash","-eo","pipefail","-c"]\nRUN @', []),
        ('SHELL ["bash","-e","-o","pipefail","-c"]\nRUN @', []),
        ("ENV BASH_ENV=/vars\nRUN @", ["gcc"]),
        ("ENV ENV=/vars\nRUN @", ["gcc"]),
        ("ENV ENV=production\nRUN @", []),
        ("RUN --mount=type=secret,id=n,env=N @", ["gcc"]),
        ("ARG M\nRUN --mount=$M @", ["gcc"]),
        ("RUN --mount=type=cache,target=/var/cache/apt @", []),
        ("RUN <<EOF\n@\nEOF", []),
        ("RUN <<EOF\nN=1\n@\nEOF", ["gcc"]),
        ("RUN <<EOF\n. ./vars\n@\nEOF", ["gcc"]),
        ("RUN <<EOF\n#!/bin/bash -l\n@\nEOF", ["gcc"]),
        ("RUN <<EOF\n#!/usr/bin/env bash\n@\nEOF", []),
        ('RUN ["bash", "-lc", "if [ $N = 1 ]; then apt-get install gcc; fi"]', ["gcc"]),
        ('RUN ["bash", "-c", "if [ $N = 1 ]; then apt-get install gcc; fi"]', []),
    ],
)
def test_instructions_that_may_change_the_environment(instructions: str, expected: list[str]) -> None:
    assert installed(f"FROM debian:12\nARG N=0\n{instructions.replace('@', _GUARDED)}\n") == expected


@pytest.mark.parametrize(
    "before",
    [
        "set -eux;",
        "export DEBIAN_FRONTEND=noninteractive A='b c';",
        "env A=b sh -c true;",
        "M=1; for f in a b; do echo $f $N ${N} ${N:-x} ${N%y}; done;",
        "cp -r . /app; (cd /app && make);",
        "cd /opt/source/read/it && ./configure --env=x;",
        "if [ $M = 2 ]; then exit 1; fi;",
    ],
)
def test_commands_that_leave_the_variable_alone(before: str) -> None:
    assert installed(f"FROM debian:12\nARG N=0\nRUN {before} {_GUARDED}\n") == []
