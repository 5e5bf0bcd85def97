FROM debian:12
# expect: SGD301
ENV A=1 \
    # the password of the test system
    DB_PASSWORD=hunter2 \

    B=2
