FROM debian:12
# ENV AWS_SECRET_KEY=xyz
ENV A=1 \
    # DB_PASSWORD=hunter2
    B=2
