"""Orders over HTTP: shops write them, programs read them."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.states import Scope
from apps.core.errors import NotFound
from apps.orders.api.filters import OrderFilters
from apps.orders.api.serializers import OrderIn, OrderOut
from apps.orders.models import Order
from apps.orders.rules import is_order_number
from apps.orders.services.mirroring import upsert_order

WHERE = [
    OpenApiParameter("source", str, OpenApiParameter.PATH, description="The shop."),
    OpenApiParameter("number", str, OpenApiParameter.PATH, description="Its order number."),
]


class OrderList(ListAPIView):
    """The mirrored orders, latest first."""

    required_scopes: ClassVar = {"GET": Scope.ORDERS_READ}
    queryset = Order.objects.with_parts()
    serializer_class = OrderOut
    filterset_class = OrderFilters
    ordering = ("-id",)


class OrderDetail(APIView):
    """One order of one shop."""

    required_scopes: ClassVar = {"GET": Scope.ORDERS_READ, "PUT": Scope.ORDERS_WRITE}

    @extend_schema(parameters=WHERE, responses={200: OrderOut})
    def get(self, request: Request, source: str, number: str) -> Response:
        """The order as the mirror has it; `fetched_at` tells its age."""
        return Response(OrderOut(found_order(source, number)).data)

    @extend_schema(parameters=WHERE, request=OrderIn, responses={200: OrderOut, 201: OrderOut})
    def put(self, request: Request, source: str, number: str) -> Response:
        """Write the whole order as the shop has it; the same again changes nothing."""
        if not is_order_number(number):
            said = "An order number has 1 to 40 letters, digits, dots or dashes."
            raise ValidationError({"number": [said]})
        given = OrderIn(data=request.data)
        given.is_valid(raise_exception=True)
        facts = given.facts(shop=source, number=number)
        mirrored = upsert_order(facts=facts, at=timezone.now())
        answer: dict[str, Any] = OrderOut(found_order(source, number)).data
        return Response(answer, status=201 if mirrored.created else 200)


def found_order(source: str, number: str) -> Order:
    """The order with its lines. Raises NotFound."""
    order = Order.objects.with_parts().filter(shop__slug=source, number=number).first()
    if order is None:
        raise NotFound(thing="order", key=f"{source}/{number}")
    return order
