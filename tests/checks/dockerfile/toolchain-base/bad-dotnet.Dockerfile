# expect: SGD404
FROM mcr.microsoft.com/dotnet/sdk:8.0
USER 1000
