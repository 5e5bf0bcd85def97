FROM debian:12
RUN apt-get install -y libgcc-s1 gcc-12-base libc6 make-guile-doc google-cloud-cli
