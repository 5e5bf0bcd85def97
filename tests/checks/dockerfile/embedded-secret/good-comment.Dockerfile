FROM debian:12
# ENV AWS_SECRET_KEY=xyz
# curl -u deploy:hunter2 https://me:hunter2@files.internal/
# export API_KEY=abcdef0123 and Authorization: Bearer abcdefghijklmnop
RUN true
