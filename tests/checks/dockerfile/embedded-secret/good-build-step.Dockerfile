FROM ruby:3.4
RUN SECRET_KEY_BASE=pickasecuretoken bundle exec rails assets:precompile
RUN SECRET_KEY=only4build python manage.py collectstatic --noinput
RUN DATABASE_URL=postgres://user:pass@127.0.0.1/dbname bundle exec rake assets:precompile
