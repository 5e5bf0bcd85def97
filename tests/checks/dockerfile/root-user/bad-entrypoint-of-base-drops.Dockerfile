# expect: SGD101
FROM neo4j:5
COPY apoc.jar /plugins/
