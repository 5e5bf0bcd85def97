"""What is known of public base images."""

import pytest

from scanguard.build import bases
from scanguard.build.bases import Toolchain, base_accounts, base_toolchain, base_user, is_windows
from scanguard.build.model import is_root
from scanguard.model.reference import ImageReference


def user(image: str) -> str | None:
    found = base_user(ImageReference.parse(image))
    return None if found is None else found.name


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("gcr.io/distroless/static:nonroot", "65532"),
        ("gcr.io/distroless/static-debian12:debug-nonroot", "65532"),
        ("gcr.io/distroless/static", "root"),
        ("gcr.io/distroless/static:latest", "root"),
        ("gcr.io/other/distroless:nonroot", None),
        ("cgr.dev/chainguard/python:latest", "65532"),
        ("chainguard/node", "65532"),
        ("nginxinc/nginx-unprivileged:1", "101"),
        ("docker.io/nginxinc/nginx-unprivileged:1", "101"),
        ("quay.io/nginx/nginx-unprivileged", "101"),
        ("public.ecr.aws/nginx/nginx-unprivileged", "101"),
        ("bitnami/redis:7", "1001"),
        ("docker.io/bitnami/redis:7", "1001"),
        ("bitnamilegacy/redis:7", "1001"),
        ("jupyter/base-notebook", "1000"),
        ("quay.io/jupyter/scipy-notebook:2024", "1000"),
        ("jenkins/jenkins:lts", "jenkins"),
        ("selenium/node-chrome:4", "1200"),
        ("kibana:8.15.0", "1000"),
        ("ghcr.io/oracle/oraclelinux:9", "root"),
        ("dhi.io/python:3", "65532"),
        ("dhi.io/python:3-dev", None),
        ("mcr.microsoft.com/dotnet/aspnet:9.0-noble-chiseled", "1654"),
        ("mcr.microsoft.com/dotnet/aspnet:9.0", "root"),
        ("registry.access.redhat.com/ubi9/python-311", "1001"),
        ("ubi8/ruby-33", "1001"),
        ("ubi8/ubi-init", None),
        ("biocontainers/biocontainers:v1.0.0_cv4", "biodocker"),
        ("pangeo/base-image:master", "jovyan"),
        ("redhat/ubi10-minimal:10.0", "root"),
        ("registry.fedoraproject.org/fedora:latest", "root"),
        ("registry.access.redhat.com/ubi9/ubi", "root"),
        ("registry.access.redhat.com/ubi9/ubi-minimal:9", "root"),
        ("debian:12", "root"),
        ("library/debian:12", "root"),
        ("mirror.gcr.io/library/debian:12", "root"),
        ("public.ecr.aws/docker/library/python:3", "root"),
        ("node", "root"),
        ("nginx", "root"),
        ("nvidia/cuda:12.4.1-runtime-ubuntu22.04", "root"),
        ("nvcr.io/nvidia/pytorch:24.05-py3", "root"),
        ("pytorch/pytorch:2.3", "root"),
        ("bitnamis/redis", None),
        ("someone/debian", None),
        ("internal.example.com/debian", None),
        ("internal.example.com/bitnami/redis", None),
    ],
)
def test_users(image: str, name: str | None) -> None:
    assert user(image) == name


GO = "the Go toolchain"
FULL = "gcc, make and development headers (buildpack-deps)"
CUDA = "the CUDA compiler (nvcc), headers and gcc"
JDK = "a JDK (javac)"
ROS = "gcc, make and colcon or catkin"


@pytest.mark.parametrize(
    ("image", "tools"),
    [
        ("golang:1.23", GO),
        ("golang:1.23-alpine", GO),
        ("docker.io/library/golang", GO),
        ("rust:1", "the Rust toolchain and gcc"),
        ("rust:1-slim", "the Rust toolchain and gcc"),
        ("maven:3", "Maven and a JDK"),
        ("gradle:8", "Gradle and a JDK"),
        ("gcc:14", "gcc, g++ and make"),
        ("crystallang/crystal:1.18.2", "the Crystal compiler"),
        ("hseeberger/scala-sbt:8u242_1.3.8_2.13.1", "sbt and a JDK"),
        ("gcr.io/oss-fuzz-base/base-builder-go:ubuntu-24-04", "clang, make and development headers"),
        ("gcr.io/oss-fuzz-base/base-runner", None),
        ("ros", ROS),
        ("ros:jazzy-ros-base-noble", ROS),
        ("ros:kilted-perception", ROS),
        ("ros:jazzy-ros-core", None),
        ("ros:lunar-ros-base-stretch", None),
        ("buildpack-deps:bookworm", "gcc, make and development headers"),
        ("buildpack-deps", "gcc, make and development headers"),
        ("buildpack-deps:bookworm-curl", None),
        ("buildpack-deps:bookworm-scm", None),
        ("buildpack-deps:scm", None),
        ("node:22", FULL),
        ("node:22-bookworm", FULL),
        ("node", FULL),
        ("node:22-slim", None),
        ("node:22-alpine", None),
        ("python:3.12", FULL),
        ("python:3.12-slim-bookworm", None),
        ("python:3.12-alpine", None),
        ("python:3.12-windowsservercore-ltsc2022", None),
        ("ruby:3.3", FULL),
        ("mcr.microsoft.com/dotnet/sdk:9.0", "the .NET SDK"),
        ("mcr.microsoft.com/dotnet/aspnet:9.0", None),
        ("example.com/team/widget-sdk:1", "an SDK (widget-sdk)"),
        ("google/cloud-sdk:slim", None),
        ("widget-sdk", None),
        ("nvidia/cuda:12.4.1-devel-ubuntu22.04", CUDA),
        ("nvidia/cuda:12.4.1-cudnn-devel-ubuntu22.04", CUDA),
        ("nvcr.io/nvidia/cuda:12.4.1-devel-ubi9", CUDA),
        ("nvidia/cuda:12.4.1-runtime-ubuntu22.04", None),
        ("nvidia/cuda:12.4.1-base-ubuntu22.04", None),
        ("pytorch/pytorch:2.3.0-cuda12.1-cudnn8-devel", CUDA),
        ("pytorch/pytorch:2.3.0-cuda12.1-cudnn8-runtime", None),
        ("openjdk:21", JDK),
        ("openjdk:21-jre", None),
        ("eclipse-temurin:21", JDK),
        ("eclipse-temurin:21-jdk-alpine", JDK),
        ("eclipse-temurin:21-jre-alpine", None),
        ("amazoncorretto:21-headless", None),
        ("ibm-semeru-runtimes:open-21-jre", None),
        ("ibm-semeru-runtimes:open-21-jdk", JDK),
        ("debian:12", None),
        ("nginx:1", None),
        ("internal.example.com/python:3.12", None),
    ],
)
def test_toolchains(image: str, tools: str | None) -> None:
    found = base_toolchain(ImageReference.parse(image))
    assert (None if found is None else found.tools) == tools


@pytest.mark.parametrize(
    ("image", "windows"),
    [
        ("mcr.microsoft.com/windows/servercore:ltsc2022", True),
        ("mcr.microsoft.com/windows:ltsc2019", True),
        ("python:3.12-windowsservercore", True),
        ("mcr.microsoft.com/dotnet/aspnet:9.0-nanoserver-ltsc2022", True),
        ("debian:12", False),
        ("team/notwindows:1", False),
    ],
)
def test_windows(image: str, windows: bool) -> None:
    assert is_windows(ImageReference.parse(image)) is windows


def test_accounts() -> None:
    def accounts(image: str) -> frozenset[str] | None:
        return base_accounts(ImageReference.parse(image))

    assert accounts("someone/else") is None
    for image in ("debian:12", "alpine:3", "fedora:41", "node:22", "node:22-alpine", "golang:1", "httpd:2"):
        found = accounts(image)
        assert found is not None
        assert {"root", "nobody"} <= found, image


class TestTables:
    """What must hold of every entry, whoever adds one."""

    def test_no_repository_is_both(self) -> None:
        assert (
            bases._ROOT_REPOSITORIES
            & {name for name, (who, _) in bases._NON_ROOT_REPOSITORIES.items() if not is_root(who)}
            == frozenset()
        )

    def test_non_root_entries_are_not_root_and_have_a_source(self) -> None:
        wrong = {name: entry for name, entry in bases._NON_ROOT_REPOSITORIES.items() if is_root(entry[0])}
        assert wrong == {}
        assert [n for n, (_, source) in bases._NON_ROOT_REPOSITORIES.items() if not source.startswith("https://")] == []

    def test_names_are_what_references_say(self) -> None:
        """An entry that no reference can ever be equal to would be dead."""
        names = [
            *bases._NON_ROOT_REPOSITORIES,
            *bases._ROOT_REPOSITORIES,
            *bases._ACCOUNTS,
            *bases._TOOLCHAINS,
            *bases._FULL_UNLESS_SLIM,
            *bases._JDK_REPOSITORIES,
        ]
        assert [name for name in names if ImageReference.parse(name).familiar != name] == []

    def test_a_reference_finds_its_entry(self) -> None:
        for name, entry in bases._NON_ROOT_REPOSITORIES.items():
            assert base_user(ImageReference.parse(f"{name}:1")) == entry, name
        for name in bases._ROOT_REPOSITORIES:
            assert user(f"{name}:1") == "root", name
        for name, toolchain in bases._TOOLCHAINS.items():
            assert base_toolchain(ImageReference.parse(f"{name}:1")) == toolchain, name

    def test_toolchains_say_what_and_where(self) -> None:
        every: list[Toolchain] = [
            *bases._TOOLCHAINS.values(),
            bases._FULL,
            bases.JDK,
            bases._CUDA,
            bases._ROS,
            bases._OSS_FUZZ,
        ]
        assert [one for one in every if not one.tools or not one.paths] == []
        assert [path for one in every for path in one.paths if not path.startswith("/") or path.endswith("/")] == []
