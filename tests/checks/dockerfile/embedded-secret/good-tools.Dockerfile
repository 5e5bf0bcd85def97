FROM debian:12
RUN echo $PASSWORD | passwd --stdin root
RUN echo root:$PASSWORD | chpasswd && echo 'root:' | chpasswd
RUN passwd -l root && passwd -d app
RUN mysql -p && mysql -P 3306 -u "$USER" -p"$PASSWORD"
RUN curl -u deploy https://x/ && curl -u "deploy:" https://x/
RUN echo token | tee /etc/motd
RUN cat /etc/password.conf > /x
RUN [ "$PASSWORD" = "hunter2" ] && export PATH=/x PASSWORD
RUN make TOKEN= && ./x --token= --password '' --secret --verbose
