FROM debian:12
ARG INSTALL_SSHPASS=false
RUN if [ ${INSTALL_SSHPASS} = true ]; then apt-get update && apt-get install -y sshpass; fi
