FROM debian:12
# expect: SGD301
LABEL com.example.api-key="7c9e6679f7ab" version=1
