"""What is known of public base images without pulling them: who runs, which accounts exist, which toolchain is inside.

Facts were read from the images' public Dockerfiles; each table names where. Names are `ImageReference.familiar`: Docker Hub's
host and `library/` left out. A base that stands in no table is unknown, which is not the same as root or clean.
"""

from scanguard.model.record import NamedTuple
from scanguard.model.reference import ImageReference


class BaseUser(NamedTuple):
    """The default user of a base image. `name` is as the image's configuration has it; `source` says where that is written."""

    name: str
    source: str


class Toolchain(NamedTuple):
    """A toolchain in a base image: `tools` for the message, `paths` where it lives, for `COPY --from`."""

    tools: str
    paths: tuple[str, ...]


# Repository prefix, default user, source. The longest prefix wins; a prefix ends at a `/` or at the end of the name.
_NON_ROOT_REPOSITORIES: dict[str, tuple[str, str]] = {
    "cgr.dev/chainguard": ("65532", "https://edu.chainguard.dev/chainguard/chainguard-images/overview/"),
    "chainguard": ("65532", "https://edu.chainguard.dev/chainguard/chainguard-images/overview/"),
    "nginxinc/nginx-unprivileged": ("101", "https://github.com/nginx/docker-nginx-unprivileged"),
    "quay.io/nginx/nginx-unprivileged": ("101", "https://github.com/nginx/docker-nginx-unprivileged"),
    "public.ecr.aws/nginx/nginx-unprivileged": ("101", "https://github.com/nginx/docker-nginx-unprivileged"),
    "ghcr.io/nginxinc/nginx-unprivileged": ("101", "https://github.com/nginx/docker-nginx-unprivileged"),
    "bitnami": ("1001", "https://github.com/bitnami/containers"),
    "bitnamilegacy": ("1001", "https://github.com/bitnami/containers"),
    "bitnamisecure": ("1001", "https://github.com/bitnami/containers"),
    "public.ecr.aws/bitnami": ("1001", "https://github.com/bitnami/containers"),
    "jupyter": ("1000", "https://github.com/jupyter/docker-stacks"),
    "quay.io/jupyter": ("1000", "https://github.com/jupyter/docker-stacks"),
    "jenkins/jenkins": ("jenkins", "https://github.com/jenkinsci/docker"),
    "jenkins/inbound-agent": ("jenkins", "https://github.com/jenkinsci/docker-agents"),
    "jenkins/agent": ("jenkins", "https://github.com/jenkinsci/docker-agents"),
    "grafana/grafana": ("472", "https://github.com/grafana/grafana/blob/main/Dockerfile"),
    "grafana/grafana-oss": ("472", "https://github.com/grafana/grafana/blob/main/Dockerfile"),
    "grafana/grafana-enterprise": ("472", "https://github.com/grafana/grafana/blob/main/Dockerfile"),
    "grafana/k6": ("12345", "https://github.com/grafana/k6/blob/master/Dockerfile"),
    "grafana/loki": ("10001", "https://github.com/grafana/loki/blob/main/cmd/loki/Dockerfile"),
    "grafana/tempo": ("10001", "https://github.com/grafana/tempo/blob/main/cmd/tempo/Dockerfile"),
    "prom/prometheus": ("nobody", "https://github.com/prometheus/prometheus/blob/main/Dockerfile"),
    "prom/alertmanager": ("nobody", "https://github.com/prometheus/alertmanager/blob/main/Dockerfile"),
    "prom/node-exporter": ("nobody", "https://github.com/prometheus/node_exporter/blob/master/Dockerfile"),
    "quay.io/prometheus": ("nobody", "https://github.com/prometheus"),
    "solr": ("8983", "https://github.com/apache/solr-docker"),
    "apache/airflow": ("airflow", "https://github.com/apache/airflow/blob/main/Dockerfile"),
    "apache/superset": ("superset", "https://github.com/apache/superset/blob/master/Dockerfile"),
    "apache/spark": ("185", "https://github.com/apache/spark-docker"),
    "spark": ("185", "https://github.com/apache/spark-docker"),
    "elasticsearch": ("1000", "https://github.com/elastic/elasticsearch"),
    "docker.elastic.co/elasticsearch/elasticsearch": ("1000", "https://github.com/elastic/elasticsearch"),
    "docker.elastic.co/kibana/kibana": ("1000", "https://github.com/elastic/kibana"),
    "docker.elastic.co/logstash/logstash": ("1000", "https://github.com/elastic/logstash"),
    "opensearchproject/opensearch": ("1000", "https://github.com/opensearch-project/opensearch-build"),
    "kibana": ("1000", "https://github.com/elastic/kibana"),
    "logstash": ("1000", "https://github.com/elastic/logstash"),
    "biocontainers/biocontainers": ("biodocker", "https://github.com/BioContainers/containers"),
    "pangeo": ("jovyan", "https://github.com/pangeo-data/pangeo-docker-images"),
    "selenium": ("1200", "https://github.com/SeleniumHQ/docker-selenium"),
    "jetbrains/teamcity-server": ("tcuser", "https://github.com/JetBrains/teamcity-docker-images"),
    "public.ecr.aws/sagemaker/sagemaker-distribution": (
        "sagemaker-user",
        "https://github.com/aws/sagemaker-distribution",
    ),
    "curlimages/curl": ("curl_user", "https://github.com/curl/curl-container"),
    "quay.io/keycloak/keycloak": ("1000", "https://github.com/keycloak/keycloak"),
    "keycloak/keycloak": ("1000", "https://github.com/keycloak/keycloak"),
    "registry.access.redhat.com/ubi8/nodejs": ("1001", "https://github.com/sclorg/s2i-nodejs-container"),
    "mcr.microsoft.com/mssql/server": ("mssql", "https://github.com/microsoft/mssql-docker"),
    "browserless/chrome": ("blessuser", "https://github.com/browserless/browserless"),
    "gitpod/workspace-base": ("gitpod", "https://github.com/gitpod-io/workspace-images"),
    "gitpod/workspace-full": ("gitpod", "https://github.com/gitpod-io/workspace-images"),
    "mambaorg/micromamba": ("mambauser", "https://github.com/mamba-org/micromamba-docker"),
    "otel/opentelemetry-collector": ("10001", "https://github.com/open-telemetry/opentelemetry-collector-releases"),
    "otel/opentelemetry-collector-contrib": (
        "10001",
        "https://github.com/open-telemetry/opentelemetry-collector-releases",
    ),
    "renovate/renovate": ("12021", "https://github.com/renovatebot/renovate"),
    "sonarqube": ("1000", "https://github.com/SonarSource/docker-sonarqube"),
    "varnish": ("varnish", "https://github.com/varnish/docker-varnish"),
    "memcached": ("memcache", "https://github.com/docker-library/memcached"),
    "haproxy": ("haproxy", "https://github.com/docker-library/haproxy"),
}
_RED_HAT_S2I = ("nodejs", "python", "ruby", "php", "perl", "go-toolset", "openjdk", "dotnet", "nginx", "httpd")
# Podman takes `ubi9/ruby-33` for Red Hat's, and Docker Hub has nobody of that name.
_RED_HAT = ("registry.access.redhat.com/ubi", "registry.redhat.io/ubi", "ubi8/", "ubi9/", "ubi10/")
_RED_HAT_SOURCE = "https://github.com/sclorg"

# Official images and well-known systems whose default user is root: https://github.com/docker-library/official-images
_ROOT_REPOSITORIES = frozenset(
    "adoptopenjdk almalinux alpine alt amazoncorretto amazonlinux archlinux bash buildpack-deps busybox caddy centos "
    "clearlinux clojure couchdb dart debian docker drupal eclipse-temurin elixir erlang fedora gcc golang gradle groovy "
    "haskell hello-world httpd ibmjava julia mageia maven mariadb mono mongo mysql nginx node openjdk openresty "
    "opensuse/leap opensuse/tumbleweed oraclelinux perl photon php postgres pypy python r-base rabbitmq redis "
    "rockylinux ros ruby rust sapmachine scala sl swift tomcat traefik ubuntu wordpress "
    "flink influxdb minio/minio neo4j rethinkdb telegraf ghcr.io/oracle/oraclelinux quay.io/centos/centos "
    "mcr.microsoft.com/azurelinux/base/core nvcr.io/nvidia/tritonserver rocker/r-ver rocker/rstudio rocker/verse "
    "registry.access.redhat.com/ubi8/ubi-micro registry.access.redhat.com/ubi9/ubi-micro "
    "nvidia/cuda nvcr.io/nvidia/cuda nvcr.io/nvidia/pytorch nvcr.io/nvidia/tensorflow pytorch/pytorch "
    "tensorflow/tensorflow continuumio/miniconda3 continuumio/anaconda3 condaforge/miniforge3 condaforge/mambaforge "
    "oven/bun denoland/deno rocm/pytorch rocm/dev-ubuntu-22.04 redhat/ubi8 redhat/ubi9 "
    "registry.access.redhat.com/ubi8 registry.access.redhat.com/ubi8/ubi registry.access.redhat.com/ubi8/ubi-minimal "
    "registry.access.redhat.com/ubi9 registry.access.redhat.com/ubi9/ubi registry.access.redhat.com/ubi9/ubi-minimal "
    "registry.access.redhat.com/ubi8-minimal registry.access.redhat.com/ubi9-minimal "
    "redhat/ubi8-minimal redhat/ubi9-minimal redhat/ubi10 redhat/ubi10-minimal registry.access.redhat.com/ubi10 "
    "registry.access.redhat.com/ubi10/ubi registry.access.redhat.com/ubi10/ubi-minimal "
    "registry.access.redhat.com/ubi10-minimal registry.fedoraproject.org/fedora registry.fedoraproject.org/fedora-minimal "
    "mcr.microsoft.com/dotnet/sdk mcr.microsoft.com/dotnet/aspnet mcr.microsoft.com/dotnet/runtime "
    "mcr.microsoft.com/dotnet/runtime-deps mcr.microsoft.com/playwright mcr.microsoft.com/playwright/python "
    "public.ecr.aws/amazonlinux/amazonlinux public.ecr.aws/lambda/python public.ecr.aws/lambda/nodejs "
    "amazon/aws-cli google/cloud-sdk hashicorp/terraform tiangolo/uvicorn-gunicorn-fastapi "
    "ghcr.io/astral-sh/uv phusion/baseimage semitechnologies/transformers-inference".split()
)

# Accounts that every image of a family has: Debian's base-passwd, Alpine's alpine-baselayout, Fedora's setup package.
_DEBIAN = frozenset(
    "root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats nobody _apt".split()
)
_ALPINE = frozenset(
    "root bin daemon lp sync shutdown halt mail news uucp cron ftp sshd games ntp guest nobody operator man postmaster "
    "squid xfs cyrus vpopmail smmsp www-data at".split()
)
_FEDORA = frozenset("root bin daemon adm lp sync shutdown halt mail operator games ftp nobody".split())
_DEBIAN_LIKE = frozenset("debian ubuntu buildpack-deps golang rust gcc python pypy perl php ruby haskell swift".split())
_ALPINE_LIKE = frozenset(["alpine"])
_FEDORA_LIKE = frozenset("fedora centos rockylinux almalinux amazonlinux oraclelinux redhat/ubi8 redhat/ubi9".split())

# Further accounts, by repository: their Dockerfiles in https://github.com/docker-library and of the vendors.
_ACCOUNTS: dict[str, frozenset[str]] = {
    "node": frozenset({"node", "1000"}),
    "nginx": frozenset({"nginx", "101"}),
    "httpd": frozenset({"www-data"}),
    "postgres": frozenset({"postgres", "999", "70"}),
    "redis": frozenset({"redis", "999"}),
    "mysql": frozenset({"mysql", "999"}),
    "mariadb": frozenset({"mysql", "999"}),
    "mongo": frozenset({"mongodb", "999"}),
    "rabbitmq": frozenset({"rabbitmq"}),
    "gradle": frozenset({"gradle", "1000"}),
    "maven": frozenset(),
    "elasticsearch": frozenset({"elasticsearch", "1000"}),
    "jenkins/jenkins": frozenset({"jenkins", "1000"}),
    "ubuntu": frozenset({"ubuntu"}),
    "oven/bun": frozenset({"bun", "1000"}),
    "denoland/deno": frozenset({"deno"}),
    "traefik": frozenset(),
    "mcr.microsoft.com/dotnet/aspnet": frozenset({"app", "1654"}),
    "mcr.microsoft.com/dotnet/runtime": frozenset({"app", "1654"}),
    "mcr.microsoft.com/dotnet/runtime-deps": frozenset({"app", "1654"}),
    "mcr.microsoft.com/dotnet/sdk": frozenset({"app", "1654"}),
}

_GO = Toolchain("the Go toolchain", ("/usr/local/go",))
_RUST = Toolchain("the Rust toolchain and gcc", ("/usr/local/cargo", "/usr/local/rustup"))
JDK = Toolchain("a JDK (javac)", ("/opt/java/openjdk", "/usr/lib/jvm", "/usr/java", "/usr/local/openjdk-8"))
_BUILDPACK = ("/usr", "/usr/bin", "/usr/lib", "/usr/include")
_CUDA = Toolchain("the CUDA compiler (nvcc), headers and gcc", ("/usr/local/cuda", *_BUILDPACK))
# `ros-base` installs build-essential and what else stands on it has it too: https://github.com/osrf/docker_images
_ROS = Toolchain("gcc, make and colcon or catkin", _BUILDPACK)
_ROS_WITHOUT_TOOLS = ("ardent", "bouncy", "crystal", "indigo", "jade", "lunar")
# https://github.com/google/oss-fuzz/tree/master/infra/base-images
_OSS_FUZZ = Toolchain("clang, make and development headers", _BUILDPACK)
# Images that are a toolchain whatever their tag: repository, what it holds.
_TOOLCHAINS: dict[str, Toolchain] = {
    "golang": _GO,
    "rust": _RUST,
    "gcc": Toolchain("gcc, g++ and make", ("/usr/local", *_BUILDPACK)),
    "maven": Toolchain("Maven and a JDK", ("/usr/share/maven", *JDK.paths)),
    "gradle": Toolchain("Gradle and a JDK", ("/opt/gradle", *JDK.paths)),
    "haskell": Toolchain("GHC, cabal and stack", ("/opt/ghc",)),
    "dart": Toolchain("the Dart SDK", ("/usr/lib/dart",)),
    "sbtscala/scala-sbt": Toolchain("sbt and a JDK", JDK.paths),
    "hseeberger/scala-sbt": Toolchain("sbt and a JDK", JDK.paths),
    "crystallang/crystal": Toolchain("the Crystal compiler", ("/usr/share/crystal",)),
    "mcr.microsoft.com/dotnet/sdk": Toolchain("the .NET SDK", ("/usr/share/dotnet",)),
    "mcr.microsoft.com/dotnet/core/sdk": Toolchain("the .NET SDK", ("/usr/share/dotnet",)),
    "buildpack-deps": Toolchain("gcc, make and development headers", _BUILDPACK),
    "clux/muslrust": _RUST,
    "messense/rust-musl-cross": _RUST,
    "cirrusci/flutter": Toolchain("the Flutter SDK", ("/sdks/flutter",)),
    "ghcr.io/cirruslabs/flutter": Toolchain("the Flutter SDK", ("/sdks/flutter",)),
    "emscripten/emsdk": Toolchain("the Emscripten SDK", ("/emsdk",)),
}
# Images built on buildpack-deps unless the tag says slim or alpine.
_FULL_UNLESS_SLIM = frozenset("python node ruby perl pypy erlang elixir".split())
_FULL = Toolchain("gcc, make and development headers (buildpack-deps)", _BUILDPACK)
_JDK_REPOSITORIES = frozenset(
    "openjdk eclipse-temurin amazoncorretto sapmachine ibm-semeru-runtimes adoptopenjdk".split()
)
_WINDOWS = ("windowsservercore", "nanoserver", "ltsc20", "win10")
_SMALL = ("slim", "alpine", *_WINDOWS)
# What buildpack-deps is built from holds clients to fetch sources with, but nothing to build them:
# https://github.com/docker-library/buildpack-deps
_ONLY_FETCHING = ("-curl", "-scm")


def is_windows(reference: ImageReference) -> bool:
    """Whether an image is one of Windows, where there is no root."""
    return "/windows" in f"/{reference.repository}" or any(kind in reference.tag for kind in _WINDOWS)


def base_user(reference: ImageReference) -> BaseUser | None:
    """The default user of an image, or None where it is not known."""
    name = reference.familiar
    if "distroless" in name and name.startswith("gcr.io/distroless"):
        non_root = "nonroot" in reference.tag
        return BaseUser("65532" if non_root else "root", "https://github.com/GoogleContainerTools/distroless")
    if name.startswith("dhi.io/") or name.startswith("docker/dhi"):
        return BaseUser("65532", "https://docs.docker.com/dhi/") if "dev" not in reference.tag else None
    found = _NON_ROOT_REPOSITORIES.get(name) or _by_prefix(name)
    if found is not None:
        return BaseUser(*found)
    if name.startswith(_RED_HAT) and any(f"/{kind}" in name for kind in _RED_HAT_S2I):
        return BaseUser("1001", _RED_HAT_SOURCE)
    if name.startswith("mcr.microsoft.com/dotnet/") and "chiseled" in reference.tag:
        return BaseUser("1654", "https://github.com/dotnet/dotnet-docker")
    if name not in _ROOT_REPOSITORIES:
        return None
    return BaseUser("root", "https://github.com/docker-library/official-images")


def _by_prefix(name: str) -> tuple[str, str] | None:
    """The entry of the longest parent path: `bitnami` for `bitnami/redis`."""
    while "/" in name:
        name = name.rpartition("/")[0]
        if name in _NON_ROOT_REPOSITORIES:
            return _NON_ROOT_REPOSITORIES[name]
    return None


def base_accounts(reference: ImageReference) -> frozenset[str] | None:
    """The accounts that an image is known to have, or None where they are not known, as on Windows."""
    if is_windows(reference):
        return None
    name = reference.familiar
    own = _ACCOUNTS.get(name)
    if "alpine" in reference.tag or name in _ALPINE_LIKE:
        return _ALPINE | (own or frozenset())
    if name in _FEDORA_LIKE:
        return _FEDORA
    if own is not None or name in _DEBIAN_LIKE:
        return _DEBIAN | (own or frozenset())
    return None


def base_toolchain(reference: ImageReference) -> Toolchain | None:
    """The build tools that an image is known to hold, or None."""
    name, tag = reference.familiar, reference.tag
    if name == "buildpack-deps" and (tag in ("curl", "scm") or tag.endswith(_ONLY_FETCHING)):
        return None
    if name in _TOOLCHAINS:
        return _TOOLCHAINS[name]
    if name in _FULL_UNLESS_SLIM and not any(small in tag for small in _SMALL):
        return _FULL
    if name in _JDK_REPOSITORIES and not _is_jre(name, tag):
        return JDK
    if name.endswith(("nvidia/cuda", "pytorch/pytorch")) and "devel" in tag:
        return _CUDA
    if name == "ros" and "ros-core" not in tag and not tag.startswith(_ROS_WITHOUT_TOOLS):
        return _ROS
    if name.startswith("gcr.io/oss-fuzz-base/base-builder"):
        return _OSS_FUZZ
    last = name.rpartition("/")[2]
    if last.endswith("-sdk") and name.count("/") and "cloud-sdk" not in last:
        return Toolchain(f"an SDK ({last})", ())
    return None


def _is_jre(name: str, tag: str) -> bool:
    return "jre" in tag or "headless" in tag or (name == "ibm-semeru-runtimes" and "jdk" not in tag)
