FROM debian:12
# expect: SGD302
ENV DATABASE_URL=postgres://app:hunter2@db.internal:5432/app
# expect: SGD302
RUN pip install --index-url https://deploy:@secret:password@@pypi.internal/simple app
# expect: SGD302
ARG HTTP_PROXY=http://user7:s3cr3t@proxy.internal:3128
# expect: SGD302
ADD https://me:hunter2@files.internal/app.tar /srv/
