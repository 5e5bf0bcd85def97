"""The judge must say the same twice: under CI generated examples are the same in every run; elsewhere they are new each time.

What ScanGuard keeps for its next run goes to a directory of the tests, not to that of whoever runs them.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# Neither a deadline for one example nor a limit for making some: they would measure what else the machine does.
settings.register_profile("plain", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("plain"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "plain")


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
