FROM debian:12
# expect: SGD302
RUN export API_KEY=4f1ce7ab && ./build
# expect: SGD302
RUN DB_PASSWORD=hunter2 ./migrate
# expect: SGD302
RUN ./migrate --password=hunter2
# expect: SGD302
RUN ./migrate --db-password hunter2 --verbose
# expect: SGD302
RUN curl -u deploy:hunter2 -O https://files.internal/app.tar
# expect: SGD302
RUN curl --user=deploy:hunter2 -O https://files.internal/app.tar
# expect: SGD302
RUN echo 'password=hunter2' > /etc/app.conf
# expect: SGD302
RUN echo 'root:toor' | chpasswd
# expect: SGD302
RUN wget --user=me --password=hunter2 https://files.internal/app.tar
# expect: SGD302
RUN mysql -uroot -phunter2 -e 'select 1'
# expect: SGD302
RUN curl -H "X-Api-Key: 4f1ce7ab00" https://api.internal/
# expect: SGD302
RUN sudo env API_TOKEN=4f1ce7ab ./build
# expect: SGD302
RUN sh -c 'export DB_PASSWORD=hunter2; ./migrate'
