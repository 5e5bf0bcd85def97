FROM mysql:8.4
# expect: SGD301
ENV MYSQL_ROOT_PASSWORD=my-secret-pw
# expect: SGD301
ENV JWT_SECRET NeverShareYourSecret
# expect: SGD301
ENV JWT_SECRET=supersecretjwtkey_123456789
# expect: SGD301
LABEL "registry.token"="4f1ce7ab00"
