FROM debian:12
ENV GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
ENV AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
ENV OPENAI_API_KEY=sk-your-key-here
ENV HF_TOKEN=hf_xxx
RUN curl -H "Authorization: Bearer ${TOKEN}" https://api.example.org
RUN curl -H "Authorization: Bearer $(cat /run/secrets/token)" https://api.example.org
RUN curl -u "$USER:$PASSWORD" https://api.example.org
RUN git clone https://${USER}:${TOKEN}@github.com/a/b.git
ENV DATABASE_URL=postgres://user:password@host:5432/db
ENV PROXY=http://<user>:<password>@proxy:3128
ENV REDIS_URL=redis://redis:6379/0
RUN echo "Authorization: Bearer <token>"
