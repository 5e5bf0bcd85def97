"""The symbolic build: what each stage holds at each instruction, and how it came there, without running anything."""
