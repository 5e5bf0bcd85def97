FROM mariadb:11
# expect: SGD302
RUN mysql -uroot -e "UPDATE mysql.user SET password=PASSWORD('hunter2') WHERE User='root';"
# expect: SGD302
RUN mysql -uroot -e "GRANT ALL PRIVILEGES ON *.* TO 'root'@'%' IDENTIFIED BY 'hunter2' WITH GRANT OPTION;"
# expect: SGD302
RUN mysql <<EOF
ALTER USER 'app'@'%' IDENTIFIED WITH mysql_native_password BY 'hunter2';
EOF
