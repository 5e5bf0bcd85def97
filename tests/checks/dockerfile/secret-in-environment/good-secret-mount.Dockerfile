FROM debian:12
RUN --mount=type=secret,id=db_password,env=DB_PASSWORD ./migrate
