# What cannot be pulled has no user: malformed-digest tells it.
FROM REPLACE-ME
RUN true
