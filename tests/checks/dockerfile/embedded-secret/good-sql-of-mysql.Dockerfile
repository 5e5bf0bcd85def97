FROM mariadb:11
# Identified by 'somebody' else: no SQL.
RUN mysql -uroot -e "CREATE USER 'app'@'localhost' IDENTIFIED VIA unix_socket; CREATE USER 'web' IDENTIFIED BY '';"
RUN --mount=type=secret,id=db mysql -uroot -e "CREATE USER 'app' IDENTIFIED BY '$(cat /run/secrets/db)'"
RUN python3 -c "import getpass; value = getpass.unix_getpass('Name:')"
RUN echo "the user is identified by 'name' and by nothing else"
