"""`python -m scanguard`."""

from scanguard.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
