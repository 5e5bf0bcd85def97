FROM debian:12
# expect: SGD302
RUN <<EOF
export API_KEY=4f1ce7ab
./build
EOF
# expect: SGD302, SGD302
COPY <<EOF /etc/app.yml
database:
  password: hunter2
token: "4f1c e7ab"
EOF
# expect: SGD302
RUN cat > /etc/app.ini <<EOF
secret_key = 4f1ce7ab
EOF
