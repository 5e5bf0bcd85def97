# expect: SGD101
FROM debian:12
RUN apt-get install -y gosu
ENTRYPOINT ["gosu", "app", "/srv"]
