FROM debian:12
ENV MYSQL_PASS=**Random** POSTGRES_PASSWORD=**None** DB_PASSWORD="#{DbPassword}#"
ENV API_KEY="set this at runtime" SECRET_KEY="{My Key}" TOKEN=my-token ACCESS_KEY=YourAccessKey
ENV JWT_SECRET=test-secret APP_KEY=dummy-secret-key-for-build
ENV NEXT_PUBLIC_API_KEY=f00dfeed GIT_ASKPASS=/bin/echo SSH_ASKPASS=echo
