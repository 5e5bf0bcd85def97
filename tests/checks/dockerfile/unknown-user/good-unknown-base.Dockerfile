FROM somebody/something:1
USER app
