FROM corp.example/golang:1.2
USER 1000
