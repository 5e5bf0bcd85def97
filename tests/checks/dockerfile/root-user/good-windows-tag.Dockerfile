FROM python:3.12-windowsservercore-ltsc2022
RUN echo hi
