FROM node:22 AS build
# expect: SGD303
ARG API_TOKEN
RUN ./fetch $API_TOKEN
FROM node:22-slim
COPY --from=build /out /out
