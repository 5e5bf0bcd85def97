"""Reports that come in from outside: our own of other machines, and those of other tools. What they say is not trusted."""
