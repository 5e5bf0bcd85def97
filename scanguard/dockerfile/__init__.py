"""The Dockerfile as BuildKit reads it: lexer, parser, heredocs, expansion, and the shell inside RUN."""
