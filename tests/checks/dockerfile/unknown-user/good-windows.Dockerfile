# escape=`
ARG REPO=mcr.microsoft.com/dotnet/aspnet
FROM $REPO:8.0-nanoserver-ltsc2022
USER ContainerAdministrator
RUN setx /M PATH "%PATH%;C:\Program Files\tool"
USER ContainerUser
