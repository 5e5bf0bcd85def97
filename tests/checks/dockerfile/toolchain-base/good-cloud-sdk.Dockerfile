FROM google/cloud-sdk:500.0.0
USER 1000
