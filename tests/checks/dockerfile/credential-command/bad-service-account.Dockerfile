FROM google/cloud-sdk:slim
# expect: SGD306
RUN gcloud auth activate-service-account --key-file=/app/sa.json
