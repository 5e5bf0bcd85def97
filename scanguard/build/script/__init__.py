"""What a shell script runs: its tree walked in the order of execution, words expanded, wrappers taken off."""
