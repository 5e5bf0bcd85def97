FROM debian:12
# expect: SGD302
RUN curl -H "Authorization: Bearer @secret:github@" https://api.github.com/user
# expect: SGD302
RUN TOKEN=@secret:gitlab@ ./fetch
# expect: SGD302
RUN ["./fetch", "--token", "@secret:slack@"]
# expect: SGD302
RUN curl -H 'Authorization: Basic @secret:basic@' https://example.org
# expect: SGD302
RUN curl -X POST @secret:slack-webhook@ -d built
