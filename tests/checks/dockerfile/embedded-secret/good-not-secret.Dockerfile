FROM debian:12
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.org/a.tgz /a.tgz
RUN echo "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  a.tgz" | sha256sum -c -
RUN git checkout 1f3870be274f6c49b3e31a0c6728957f6c49b3e3
RUN gpg --keyserver hkps://keys.openpgp.org --recv-keys 0D96DF4D4110E5C43FBFB17F2D347EA6AA65421D
RUN grep -q 'BEGIN RSA PRIVATE KEY' /etc/ssl/key.pem
RUN apt-key adv --keyserver hkp://p80.pool.sks-keyservers.net:80 --recv-keys 58118E89F3A912897C070ADBF76221572C52609D
RUN pip install git+https://github.com/a/b.git@v1.0 && npm i @scope/pkg@1.2.3
RUN ssh-keyscan github.com >> /root/.ssh/known_hosts
RUN adduser --disabled-password --gecos "" app && adduser --disabled-password app2
RUN echo "$PASSWORD" | docker login --username me --password-stdin
RUN echo "Enter password: secret" && echo "mpd ALL=NOPASSWD: ALL" >> /etc/sudoers
RUN sed -i 's/#PasswordAuthentication yes/PasswordAuthentication no/' /etc/ssh/sshd_config
RUN echo "PermitRootLogin no" >> /etc/ssh/sshd_config && echo "PasswordAuthentication=no" >> /etc/ssh/sshd_config
RUN curl -fsSL https://core.example.org/getProxySecret > proxy-secret
RUN ./server --password-file=/run/secrets/db --token-path /t --secret-name app
RUN ./server --password "" --token=$TOKEN --api-key "${API_KEY}"
RUN --mount=type=secret,id=token curl --header "PRIVATE-TOKEN: $(cat /run/secrets/token)" https://gitlab.example.org
RUN make PASSWORDLESS=1 TOKENIZER=bert KEY=value
RUN echo "SECRET_KEY = '$(head -c 16 /dev/urandom | base64)'" >> settings.py
RUN sed -i 's/password=.*/password=/' /etc/app.conf
RUN find / -name '*token*' -delete && grep -R "api_key=" /src
