FROM debian:12
COPY .env.example .env.sample .env.template .env.dist /app/
COPY .env.example /app/.env
COPY npmrc.template /root/.npmrc
COPY id_rsa.pub ca.pem ca-bundle.pem cert.pem fullchain.pem server.crt /etc/ssl/
COPY authorized_keys known_hosts /root/.ssh/
COPY ssh/config /root/.ssh/config
COPY nodesource.gpg.key docker.key /etc/apt/keyrings/
COPY release.key /tmp/
COPY environment.yml token_utils.py secrets.py credentials.go env.sh keyboard.json truststore.jks cacerts.jks debug.keystore /app/
COPY config.json /etc/docker.json
COPY snakeoil.key test.key /app/tls/
COPY .envrc .env.example.local src/auth/tokens /app/
COPY credentials.yml.enc secrets.enc.yaml /app/
COPY /etc/pki/rpm-gpg/RPM-GPG-KEY.key /etc/pki/rpm-gpg/
