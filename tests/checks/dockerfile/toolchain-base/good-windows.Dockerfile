FROM python:3.12-windowsservercore-ltsc2022
USER 1000
