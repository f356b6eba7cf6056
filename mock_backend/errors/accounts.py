"""Errors about who asks and what it costs."""

from mock_backend.errors.base import OpenEOError


class AuthenticationRequired(OpenEOError):
    """The request carries no credentials."""

    code, status, template = "AuthenticationRequired", 401, "Unauthorized."


class AuthenticationSchemeInvalid(OpenEOError):
    """The Authorization header uses a scheme that is not offered here."""

    code, status, template = "AuthenticationSchemeInvalid", 403, "Authentication method not supported."


class TokenInvalid(OpenEOError):
    """The bearer token is unknown, expired or revoked."""

    code, status = "TokenInvalid", 403
    template = "Authorization token has expired or is invalid. Please authenticate again."


class CredentialsInvalid(OpenEOError):
    """User name and password do not match an account."""

    code, status, template = "CredentialsInvalid", 403, "Credentials are not correct."


class PermissionsInsufficient(OpenEOError):
    """The account, or a signature, does not allow this."""

    code, status = "PermissionsInsufficient", 403
    template = (
        "Forbidden. The permissions of the authenticated account do not allow to request the "
        "requested resource."
    )


class BudgetInvalid(OpenEOError):
    """The budget is not positive."""

    code, status, template = "BudgetInvalid", 400, "The specified budget is too low."


class PaymentRequired(OpenEOError):
    """The budget does not cover the estimated costs."""

    code, status = "PaymentRequired", 402
    template = "The budget required to fulfil the request is not sufficient. A payment is required first."


class BillingPlanInvalid(OpenEOError):
    """No billing plan has this name."""

    code, status, template = "BillingPlanInvalid", 400, "The billing plan is invalid."


class BillingPlanMissing(OpenEOError):
    """The user has no default plan and named none."""

    code, status, template = "BillingPlanMissing", 400, "A billing plan must be specified."
