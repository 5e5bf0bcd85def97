FROM debian:12
# expect: SGD302, SGD302
ENV AWS_ACCESS_KEY_ID=@secret:aws-id@ \
    AWS_SECRET_ACCESS_KEY=@secret:aws-secret@
