"""Which rules run, how grave their findings are, what is excepted, and what fails the build."""
