FROM jenkins/jenkins:lts
# expect: SGD101
USER root
RUN apt-get update
