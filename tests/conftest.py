"""The judge must say the same twice: under CI generated examples are the same in every run; elsewhere they are new each time."""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, print_blob=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
