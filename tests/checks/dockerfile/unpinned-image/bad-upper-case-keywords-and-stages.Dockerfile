# expect: SGD201
from debian:12 as Base
from base as final
copy --from=BASE /a /a
