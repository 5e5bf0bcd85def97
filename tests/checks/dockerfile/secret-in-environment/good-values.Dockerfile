FROM debian:12
ENV TLS_KEY=/etc/ssl/private/app.key SSL_KEY=certs/server.key CLIENT_KEY=./client.pem
ENV GOOGLE_APPLICATION_CREDENTIALS=/var/run/gcp.json AWS_CREDENTIALS=~/.aws/credentials
ENV NGROK_SERVER_KEY assets/server/tls/snakeoil.key
ENV API_KEY_REQUIRED=true ACCESS_TOKEN=true SESSION_SECRET=false
ENV TOKEN=sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
ENV AUTH_TOKEN=https://example.org/token
ENV API_KEY=12 LICENSE_KEY=0
