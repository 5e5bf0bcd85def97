"""`python -m scanguard`."""

from scanguard.cli import console

if __name__ == "__main__":
    console()
