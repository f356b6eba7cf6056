"""The FastAPI dependency that turns a request's token into a user."""

from fastapi import Request

from mock_backend.auth.users import User


class Authenticator:
    """Authenticate requests; ``Depends(Authenticator.validate)`` asks for a user."""

    @staticmethod
    async def validate(request: Request) -> User:
        """Return the user a request is made by.

        Raises:
            AuthenticationRequired: Without credentials.
            TokenInvalid: If the token is not one of this back-end's.
        """
        user: User = request.scope["mock_backend"].users.by_authorization(
            request.headers.get("authorization")
        )
        return user

    @staticmethod
    async def validate_if_given(request: Request) -> User | None:
        """Return the user a request is made by; None if it carries no credentials.

        Raises:
            TokenInvalid: If the token is not one of this back-end's.
        """
        if request.headers.get("authorization") is None:
            return None
        return await Authenticator.validate(request)
