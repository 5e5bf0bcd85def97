FROM almalinux:9
RUN yum install -y gcc && make && yum clean all && yum history -y undo last
