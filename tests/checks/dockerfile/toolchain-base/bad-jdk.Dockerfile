# expect: SGD404
FROM eclipse-temurin:21-jdk
USER 1000
