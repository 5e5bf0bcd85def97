# expect: SGD404
FROM maven:3.9-eclipse-temurin-21
USER 1000
