"""The rules over what Trivy says of an image, one a module, in the order of their ids."""

from scanguard.trivy.checks import end_of_life_system, forbidden_licence, secret_in_image, vulnerable_package

CHECKS = (
    vulnerable_package.check,
    end_of_life_system.check,
    secret_in_image.check,
    forbidden_licence.check,
)
