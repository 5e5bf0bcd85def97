FROM debian:12
# expect: SGD302
ONBUILD RUN ./fetch @secret:npm@
# expect: SGD302
ONBUILD RUN docker login -u me -p hunter2
# expect: SGD302
ONBUILD RUN ./x --password=hunter2
