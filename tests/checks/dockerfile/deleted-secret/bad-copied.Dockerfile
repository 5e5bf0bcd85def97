FROM golang:1.25
# expect: SGD305
COPY id_rsa /root/.ssh/id_rsa
RUN git clone git@example.org:a/b.git
RUN rm /root/.ssh/id_rsa
