"""The extension Commercial Data: orders of items of collections that are not free of charge."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from mock_backend.api.models import Endpoint
from mock_backend.api.models.processes import Items
from mock_backend.api.parameters import Depends
from mock_backend.api.register import KeepingRegister, Part
from mock_backend.api.request_checks import refusing
from mock_backend.api.urls import current_base
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.catalog import CollectionsRegister
from mock_backend.errors import OpenEOError, PaymentRequired, RequestInvalid

_KIND = "orders"
_ORDER = "/orders/{order_id}"

#: Price of an item in credits.
_PRICE = 10.0
#: Delivery time of the provider.
_DELIVERY = timedelta(minutes=10)


class OrderRequest(BaseModel):
    """Request body of an order of items."""

    source_collection_id: str
    items: Annotated[list[str], Field(min_length=1)]
    parameters: dict[str, Any]


class DataOrder(BaseModel):
    """An order: the facts that are stored about it."""

    model_config = ConfigDict(extra="forbid")

    id: str
    created: datetime
    collection: str
    items: Items[str]
    parameters: dict[str, Any]
    confirmed: datetime | None = None

    @property
    def costs(self) -> float:
        """Price in credits."""
        return _PRICE * len(self.items)


class OrdersRegister(KeepingRegister):
    """Serve ``/orders``."""

    #: The collections, of which those with ``"order:status": "orderable"`` can be ordered from.
    catalogue = Part(CollectionsRegister)

    served = (
        Endpoint(path="/orders", methods=("GET",), handler="list_orders"),
        Endpoint(path="/orders", methods=("POST",), handler="create_order"),
        Endpoint(path=_ORDER, methods=("GET",), handler="get_order"),
        Endpoint(path=_ORDER, methods=("POST",), handler="confirm_order"),
        Endpoint(path=_ORDER, methods=("DELETE",), handler="delete_order"),
    )

    def list_orders(
        self,
        limit: int | None = None,
        user: User = Depends(Authenticator.validate),
        *,
        after: str | None = None,
        before: str | None = None,
    ) -> dict[str, Any]:
        """List the user's orders (``GET /orders``)."""
        found, links = self._page(_KIND, "/orders", user.user_id, limit, after=after, before=before)
        return {
            "orders": [self._summary(DataOrder.model_validate(each)) for _, each in found],
            "links": [link.model_dump(exclude_none=True) for link in links],
        }

    def create_order(self, body: OrderRequest, user: User = Depends(Authenticator.validate)) -> Response:
        """Create an order (``POST /orders``), to be confirmed; answers 201 with its URL and id."""
        if self.catalogue.known(body.source_collection_id).metadata.get("order:status") != "orderable":
            raise RequestInvalid(f"The collection {body.source_collection_id!r} has no data to order.")
        with self.lock, refusing():
            order = DataOrder(
                id=f"order-{self._next_number('order'):03d}",
                created=self.clock.now(),
                collection=body.source_collection_id,
                items=body.items,
                parameters=body.parameters,
            )
            self._save(order, user)
        return self._created("/orders", order.id)

    def get_order(self, order_id: str, user: User = Depends(Authenticator.validate)) -> dict[str, Any]:
        """Describe an order (``GET /orders/{order_id}``)."""
        order = self._own(order_id, user)
        items = f"{current_base(self.settings.url)}/collections/{order.collection}/items"
        links = [
            {"rel": "item", "href": f"{items}/{each}", "type": "application/geo+json"} for each in order.items
        ]
        return self._summary(order) | {"parameters": order.parameters, "items": order.items, "links": links}

    def confirm_order(self, order_id: str, user: User = Depends(Authenticator.validate)) -> Response:
        """Confirm and pay an order (``POST /orders/{order_id}``); does nothing the second time."""
        with self.lock:
            order = self._own(order_id, user)
            if order.confirmed is None:
                if user.budget is not None and user.budget < order.costs:
                    raise PaymentRequired(
                        f"The order costs {order.costs:g}, and the user has {user.budget:g} left."
                    )
                if user.budget is not None:
                    user.budget -= order.costs
                self._save(order.model_copy(update={"confirmed": self.clock.now()}), user)
        return Response(status_code=202)

    def delete_order(self, order_id: str, user: User = Depends(Authenticator.validate)) -> Response:
        """Delete an order (``DELETE /orders/{order_id}``)."""
        with self.lock:
            self.store.resources.remove(_KIND, user.user_id, self._own(order_id, user).id)
        return Response(status_code=204)

    def _own(self, order_id: str, user: User) -> DataOrder:
        document = self.store.resources.get(_KIND, user.user_id, order_id)
        if document is None:
            raise OpenEOError(f"The order {order_id!r} does not exist.", code="OrderNotFound", status=404)
        return DataOrder.model_validate(document)

    def _save(self, order: DataOrder, user: User) -> None:
        # What the client sent goes in as it is.
        own = {"parameters": order.parameters}
        document = order.model_dump(mode="json", exclude_none=True, exclude={"parameters"}) | own
        self.store.resources.put(_KIND, user.user_id, order.id, document)

    def _summary(self, order: DataOrder) -> dict[str, Any]:
        if order.confirmed is None:
            status = "orderable"
        else:
            status = "succeeded" if self.clock.now() - order.confirmed >= _DELIVERY else "ordered"
        return {
            "id": order.id,
            "order:status": status,
            "order:date": (order.confirmed or order.created).isoformat(),
            "source_collection_id": order.collection,
            "target_collection_id": order.collection,
            "costs": order.costs,
        }
