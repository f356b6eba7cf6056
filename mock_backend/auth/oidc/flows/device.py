"""Log-ins on another device (RFC 8628): a code is shown here and confirmed there."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mock_backend.auth.oidc.clients import Client
from mock_backend.auth.oidc.errors import OAuthError, required
from mock_backend.auth.oidc.flows.pkce import check_verifier
from mock_backend.auth.oidc.tokens import Login
from mock_backend.cache import forget_oldest
from mock_backend.control import Order
from mock_backend.control.orders import OrderBook
from mock_backend.dataclass import dataclass
from mock_backend.errors.suggestions import did_you_mean

if TYPE_CHECKING:
    from mock_backend.auth.oidc.issuer import Issuer


PENDING, SLOW_DOWN, DENIED, EXPIRED, CONFIRMED = "pending", "slow_down", "denied", "expired", "confirmed"
STEPS = (PENDING, SLOW_DOWN, DENIED, EXPIRED, CONFIRMED)

#: Answers where none are ordered and no click is needed.
_BY_ITSELF = (PENDING, CONFIRMED)

#: By so much a client has to slow down (RFC 8628, section 3.5).
_SLOWER = timedelta(seconds=5)

#: Letters that cannot be taken for each other or make up words (RFC 8628, section 6.1).
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


class DeviceScript(Order):
    """An order of what a device's polls are answered, one step each.

    Args:
        steps: ``pending``, ``slow_down``, ``denied``, ``expired``, ``confirmed``. After the last one,
            the device stays pending.
        user: The user who confirms; None for the provider's default user.
        times: The number of devices it is for; None for all.
    """

    def __init__(self, steps: Iterable[str], user: str | None, times: int | None) -> None:
        super().__init__(times)
        self.steps = tuple(steps)
        self.user = user
        for step in self.steps:
            if step not in STEPS:
                raise ValueError(
                    f"There is no answer {step!r} to the poll of a device.{did_you_mean(str(step), STEPS)}"
                )
        for step in self.steps[:-1]:
            if step in (DENIED, EXPIRED, CONFIRMED):
                raise ValueError(f"Nothing comes after {step!r}: the device does not poll any more.")

    def __repr__(self) -> str:
        return f"<device script {', '.join(self.steps) or 'pending for ever'}: {self.hits} hits>"


@dataclass(eq=False)
class Device:
    """Device that waits for its code to be confirmed."""

    client: Client  #: The client on the device
    scope: tuple[str, ...]
    challenge: str | None  #: The proof that the client owes when it polls
    issuer: str  #: The issuer's URL as it knows it
    expires: datetime  #: Until when it may be confirmed
    steps: list[str] | None  #: The answers to its polls; None if they depend on the page
    user: str | None  #: The user who confirms by that
    interval: timedelta  #: The time between polls
    code: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    user_code: str = field(default_factory=lambda: _user_code(secrets.choice(_LETTERS) for _ in range(8)))
    polled: datetime | None = None
    #: Decision at the page: ``confirmed`` or ``denied``.
    decision: str | None = None
    #: True if it has got its tokens, or will get none.
    is_over: bool = False

    def poll(self, now: datetime, paced: datetime) -> None:
        """Note a poll; returns if the device may have its tokens.

        Args:
            paced: The time by which the device waits.

        Raises:
            OAuthError: If it may not, or not yet.
        """
        if self.is_over:
            raise OAuthError("invalid_grant", "This device code has been used or refused before.")
        previous, self.polled = self.polled, paced
        is_fast = previous is not None and paced - previous < self.interval
        if now >= self.expires:
            step = EXPIRED
        elif is_fast:
            step = SLOW_DOWN
        else:
            step = self.decision or (self.steps.pop(0) if self.steps else PENDING)
        if step == PENDING:
            raise OAuthError("authorization_pending", "The user has not confirmed the code yet.")
        if step == SLOW_DOWN:
            self.interval += _SLOWER
            why = "The device polls too fast." if is_fast else "Poll less often."
            seconds = f"{self.interval.total_seconds():g} seconds"
            raise OAuthError("slow_down", f"{why} Wait {seconds} between polls from now on.")
        self.is_over = True
        if step == EXPIRED:
            raise OAuthError("expired_token", "The code has expired. Ask for another one.")
        if step == DENIED:
            raise OAuthError("access_denied", "The user has denied access.")


def _user_code(letters: Iterable[str]) -> str:
    """Return a user code, of letters among which there may be anything else."""
    code = "".join(each for each in letters if each in _LETTERS)
    return f"{code[:4]}-{code[4:]}"


#: Maximum number of devices to remember.
_MOST = 1000


class Devices:
    """The devices of a provider, and the scripts by which their log-ins go."""

    def __init__(self, provider: "Issuer") -> None:
        self._provider = provider
        self._scripts: OrderBook[DeviceScript] = OrderBook()
        self._by_code: dict[str, Device] = {}
        self.order = self._scripts.add

    def add(self, client: Client, scope: tuple[str, ...], challenge: str | None, issuer: str) -> Device:
        """Return a new device."""
        provider = self._provider
        script = self._scripts.hit(lambda _: True)
        steps = None if provider.interactive else list(_BY_ITSELF)
        device = Device(
            client=client,
            scope=scope,
            challenge=challenge,
            issuer=issuer,
            expires=provider.now() + provider.device_code_ttl,
            steps=steps if script is None else list(script.steps),
            user=None if script is None else script.user,
            interval=provider.device_interval,
        )
        self._by_code[device.code] = device
        forget_oldest(self._by_code, _MOST)
        return device

    def redeem(self, client: Client, form: Mapping[str, str]) -> Login:
        """Return the log-in of a device that polls.

        Raises:
            OAuthError: If it is not confirmed, or the code is not good.
        """
        device = self._by_code.get(required(form, "device_code"))
        if device is None or device.client.id != client.id:
            raise OAuthError("invalid_grant", "This is not a device code of this client.")
        # Before the poll counts: who cannot prove that it is the device learns nothing.
        check_verifier(device.challenge, form.get("code_verifier"))
        now = self._provider.now()
        try:
            device.poll(now, self._provider.paced())
        except OAuthError:
            self._provider.note_vain_poll()
            raise
        try:
            user = self._provider.account(device.user)
        except ValueError:
            raise OAuthError("access_denied", "The account that confirmed the code is gone.") from None
        return Login(client, user, device.scope, now, device.issuer)

    def waiting(self, user_code: str) -> Device | None:
        """Return the device that waits for its code to be confirmed; None if there is none."""
        code, now = _user_code(user_code.upper()), self._provider.now()
        for device in self._by_code.values():
            if device.user_code == code and not (device.is_over or device.decision) and device.expires > now:
                return device
        return None

    def decide(self, user_code: str, decision: str, user: str | None) -> None:
        """Note the decision about a device; raise ``ValueError`` if none is waiting with this code."""
        device = self.waiting(user_code)
        if device is None:
            raise ValueError(f"No device is waiting with the code {user_code!r}.")
        # The script does not count any more.
        device.decision, device.user, device.steps = decision, user, None
