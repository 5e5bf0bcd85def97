FROM debian:12
# expect: SGD302
RUN <<EOF
cat > /root/.ssh/id <<KEY
@secret:private-key@
KEY
EOF
# expect: SGD302
COPY <<EOF /etc/app/server.pem
@secret:private-key@
EOF
# expect: SGD302
RUN echo "@secret:private-key-line@" > /root/key
# expect: SGD302
ENV SIGNER="@secret:private-key-line@"
