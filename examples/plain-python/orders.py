"""A request and a response with types, and errors that the caller sees."""

from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from enum import Enum


class State(Enum):
    ACCEPTED = "accepted"
    BACKORDER = "backorder"


@dataclass
class Order:
    item: str
    quantity: int
    note: str | None = None


@dataclass
class Receipt:
    order: Order
    state: State
    total: Decimal
    due: datetime


STOCK = {"apple": 10, "pear": 0}
PRICE = {"apple": Decimal("1.10"), "pear": Decimal("2.00")}


def place_order(order: Order) -> Receipt:
    """One argument with a type of its own: the body is checked against it, a wrong one is the caller's 422."""
    if order.item not in STOCK:
        raise KeyError(f"we do not sell {order.item!r}")
    state = State.ACCEPTED if STOCK[order.item] >= order.quantity else State.BACKORDER
    due = datetime(2026, 12, 24, 18, 0, tzinfo=timezone.utc)
    return Receipt(order, state, PRICE[order.item] * order.quantity, due)
