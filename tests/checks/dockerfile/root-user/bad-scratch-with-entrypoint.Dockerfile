FROM golang:1.23 AS build
COPY . /src
RUN go build -C /src -o /out/app .

# expect: SGD101
FROM scratch
COPY --from=build /out/app /app
ENTRYPOINT ["/app"]
