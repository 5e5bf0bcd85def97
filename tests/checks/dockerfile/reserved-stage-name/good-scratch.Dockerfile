FROM scratch AS export
COPY a /a
