"""Fresh environments for tests that install: a venv that borrows the libraries of the running one, but not ScanGuard."""

import subprocess
import sys
import venv
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def run(*words: str | Path, cwd: Path | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a program and return what it printed; with `check` a failure shows its output."""
    done = subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, text=True, timeout=300)
    if check and done.returncode:
        raise AssertionError(f"{words} returned {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


class FreshEnvironment:
    """A venv of its own in `home`, with the third-party libraries of the running interpreter linked in."""

    def __init__(self, home: Path) -> None:
        venv.create(home, with_pip=find_spec("pip") is None)
        self.bin = home / "bin"
        self.site = next((home / "lib").glob("python*")) / "site-packages"
        source = Path(next(path for path in sys.path if path.endswith("site-packages")))
        for entry in source.iterdir():
            name = entry.name.lower()
            if not name.startswith(("scanguard", "__editable__", "_scanguard", "pip-", "setuptools", "__pycache__")):
                target = self.site / entry.name
                if not target.exists():
                    target.symlink_to(entry)

    def install(self, *what: str | Path) -> None:
        """Install without dependencies and without a network: they are linked in already."""
        run(self.bin / "python", "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", *what)

    def scanguard(self, *words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run the installed command; the caller looks at the exit code."""
        return run(self.bin / "scanguard", *words, cwd=cwd, check=False)
