FROM selenium/node-chrome:4.27
COPY extension.crx /opt/
