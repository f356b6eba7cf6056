"""All devices that wait for their codes to be confirmed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mock_backend.auth.oidc.clients import Client
from mock_backend.auth.oidc.errors import OAuthError
from mock_backend.auth.oidc.flows.device import Device, DeviceScript, same_code, steps_by_itself
from mock_backend.auth.oidc.flows.pkce import Challenge
from mock_backend.auth.oidc.tokens import Login
from mock_backend.cache import forget_oldest
from mock_backend.control.orders import OrderBook

if TYPE_CHECKING:
    from mock_backend.auth.oidc.issuer import Issuer

#: Maximum number of devices to remember.
_MOST = 1000


class Devices:
    """The devices of a provider, and the scripts by which their log-ins go."""

    def __init__(self, provider: "Issuer") -> None:
        self._provider = provider
        self._scripts: OrderBook[DeviceScript] = OrderBook()
        self._by_code: dict[str, Device] = {}
        self.order = self._scripts.add

    def add(self, client: Client, scope: tuple[str, ...], challenge: Challenge, issuer: str) -> Device:
        """Return a new device."""
        provider = self._provider
        script = self._scripts.hit(reversed(self._scripts.active()), lambda _: True)
        if script is not None:
            steps: list[str] | None = list(script.steps)
        else:
            steps = None if provider.interactive else steps_by_itself()
        now = provider.now()
        device = Device(
            client=client,
            scope=scope,
            challenge=challenge,
            issuer=issuer,
            expires=now + provider.device_code_ttl,
            steps=steps,
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
        if "device_code" not in form:
            raise OAuthError("invalid_request", "The device_code is missing.")
        device = self._by_code.get(form["device_code"])
        if device is None or device.client.id != client.id:
            raise OAuthError("invalid_grant", "This is not a device code of this client.")
        # Before the poll counts: who cannot prove that it is the device learns nothing.
        device.challenge.check(form.get("code_verifier"))
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
        code, now = same_code(user_code), self._provider.now()
        return next(
            (
                device
                for device in self._by_code.values()
                if device.user_code == code
                and not (device.is_over or device.decision)
                and device.expires > now
            ),
            None,
        )

    def decide(self, user_code: str, decision: str, user: str | None) -> None:
        """Note the decision about a device; raise ``ValueError`` if none is waiting with this code."""
        device = self.waiting(user_code)
        if device is None:
            raise ValueError(f"No device is waiting with the code {user_code!r}.")
        device.decide(decision, user)
