FROM debian:12
# expect: SGD302
ENV VALUE0=@secret:github@
# expect: SGD302
ENV VALUE1=@secret:github-fine@
# expect: SGD302
ENV VALUE2=@secret:github-server@
# expect: SGD302
ENV VALUE3=@secret:gitlab@
# expect: SGD302
ENV VALUE4=@secret:gitlab-runner@
# expect: SGD302
ENV VALUE5=@secret:aws-id@
# expect: SGD302
ENV VALUE6=@secret:google@
# expect: SGD302
ENV VALUE7=@secret:slack@
# expect: SGD302
ENV VALUE8=@secret:stripe@
# expect: SGD302
ENV VALUE9=@secret:openai@
# expect: SGD302
ENV VALUE10=@secret:anthropic@
# expect: SGD302
ENV VALUE11=@secret:hugging-face@
# expect: SGD302
ENV VALUE12=@secret:npm@
# expect: SGD302
ENV VALUE13=@secret:pypi@
# expect: SGD302
ENV VALUE14=@secret:docker@
# expect: SGD302
ENV VALUE15=@secret:sendgrid@
# expect: SGD302
ENV VALUE16=@secret:twilio@
# expect: SGD302
ENV VALUE17=@secret:telegram@
# expect: SGD302
ENV VALUE18=@secret:databricks@
# expect: SGD302
ENV VALUE19=@secret:digitalocean@
# expect: SGD302
ENV VALUE20=@secret:shopify@
# expect: SGD302
ENV VALUE21=@secret:square@
# expect: SGD302
ENV VALUE22=@secret:mailgun@
# expect: SGD302
ENV VALUE23=@secret:newrelic@
# expect: SGD302
ENV VALUE24=@secret:sentry@
# expect: SGD302
ENV VALUE25=@secret:linear@
# expect: SGD302
ENV VALUE26=@secret:notion@
# expect: SGD302
ENV VALUE27=@secret:vault@
# expect: SGD302
ENV VALUE28=@secret:terraform@
# expect: SGD302
ENV VALUE29=@secret:doppler@
# expect: SGD302
ENV VALUE30=@secret:age@
# expect: SGD302
ENV VALUE31=@secret:jwt@
# expect: SGD302
ENV DISCORD=@secret:discord-bot@
