FROM centos:7
# expect: SGD401
RUN yum -y install gcc-c++ make openssl-devel
