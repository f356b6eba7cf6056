"""Errors about who asks and what it costs."""

from mock_backend.errors.base import OpenEOError


class AuthenticationRequired(OpenEOError, status=401, template="Unauthorized."):
    """The request carries no credentials."""


class AuthenticationSchemeInvalid(OpenEOError, status=403, template="Authentication method not supported."):
    """The Authorization header uses a scheme that is not offered here."""


class TokenInvalid(OpenEOError, status=403):
    """The bearer token is unknown, expired or revoked."""

    template = "Authorization token has expired or is invalid. Please authenticate again."


class CredentialsInvalid(OpenEOError, status=403, template="Credentials are not correct."):
    """User name and password do not match an account."""


class PermissionsInsufficient(OpenEOError, status=403):
    """The account, or a signature, does not allow this."""

    template = (
        "Forbidden. The permissions of the authenticated account do not allow to request the "
        "requested resource."
    )


class BudgetInvalid(OpenEOError, status=400, template="The specified budget is too low."):
    """The budget is not positive."""


class PaymentRequired(OpenEOError, status=402):
    """The budget does not cover the estimated costs."""

    template = "The budget required to fulfil the request is not sufficient. A payment is required first."


class BillingPlanInvalid(OpenEOError, status=400, template="The billing plan is invalid."):
    """No billing plan has this name."""


class BillingPlanMissing(OpenEOError, status=400, template="A billing plan must be specified."):
    """The user has no default plan and named none."""
