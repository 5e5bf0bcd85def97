FROM jenkins/jenkins:lts
COPY . /app
