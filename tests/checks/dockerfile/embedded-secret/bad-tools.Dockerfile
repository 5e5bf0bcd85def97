FROM debian:12
# expect: SGD302
RUN curl -udeploy:hunter2 https://files.internal/
# expect: SGD302
RUN redis-cli -a hunter2 ping
# expect: SGD302
RUN sshpass -phunter2 ssh host true
# expect: SGD302
RUN useradd --create-home -p hunter2 app
# expect: SGD302
RUN echo hunter2 | passwd --stdin root
# expect: SGD302, SGD302
RUN chpasswd <<EOF
root:hunter2
app:hunter3
EOF
# expect: SGD302
RUN echo "db_password: hunter2" | tee /etc/app.yml
# expect: SGD302
RUN tee /etc/app.yml <<EOF
db_password: hunter2
EOF
# expect: SGD302
RUN cat <<EOF | tee /etc/app.yml
db_password: hunter2
EOF
# expect: SGD302
RUN java -jar app.jar -Dapi.token=f00dfeed
# expect: SGD302
RUN keytool -genkey -storepass hunter2 -keystore /k
# expect: SGD302
RUN docker run -e DB_PASSWORD=hunter2 app
# expect: SGD302
RUN curl 'https://api.internal/?access_token=f00dfeed'
# expect: SGD302
RUN ldapadd -w hunter2 -f x.ldif
