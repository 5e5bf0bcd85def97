FROM postgres:17
# expect: SGD302
RUN psql --command "CREATE USER docker WITH SUPERUSER PASSWORD 'docker';"
# expect: SGD302
RUN echo "ALTER USER postgres WITH PASSWORD 'hunter2'" | psql
# expect: SGD302
RUN psql <<EOF
CREATE USER app PASSWORD 'hunter2';
EOF
