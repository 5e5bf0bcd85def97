"""The policies that come with ScanGuard: `policies/` of the repository, `scanguard/_policies` once installed."""

import os
import pkgutil

import scanguard


def packaged_policy(name: str) -> bytes | None:
    """The YAML text of a policy by its name, from a wheel (zipped or not) or from a source tree; None for no such one."""
    if not name.replace("-", "").isalnum():
        return None
    folder = _source_folder()
    try:
        if folder is None:
            return pkgutil.get_data("scanguard", f"_policies/{name}.yaml")
        with open(os.path.join(folder, f"{name}.yaml"), "rb") as file:
            return file.read()
    except OSError:
        return None


def packaged_names() -> list[str]:
    """The names of these policies, sorted."""
    folder = _source_folder() or os.path.join(_package(), "_policies")
    try:
        files = os.listdir(folder)
    except OSError:
        return ["default", "strict"]
    return sorted(file.removesuffix(".yaml") for file in files if file.endswith(".yaml"))


def _package() -> str:
    return os.path.dirname(os.path.abspath(scanguard.__file__))


def _source_folder() -> str | None:
    """`policies/` beside the package in a source tree, which its `pyproject.toml` tells; None where it is installed."""
    package = _package()
    tree = os.path.dirname(package)
    installed = os.path.isdir(os.path.join(package, "_policies"))
    folder = os.path.join(tree, "policies")
    if installed or not os.path.isfile(os.path.join(tree, "pyproject.toml")) or not os.path.isdir(folder):
        return None
    return folder
