"""Customers over HTTP: check the input, call a service or query, shape the output."""

from typing import ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.states import Scope
from apps.coordination.api.idempotency import once
from apps.customers.api.filters import CustomerFilters
from apps.customers.api.serializers import (
    CustomerChange,
    CustomerIn,
    CustomerOut,
    IdentityIn,
    IdentityOut,
)
from apps.customers.models import Customer
from apps.customers.queries import customer_numbered, whole_customers
from apps.customers.services import add_identity, change_customer, create_customer

SCOPES = {
    "GET": Scope.CUSTOMERS_READ,
    "POST": Scope.CUSTOMERS_WRITE,
    "PATCH": Scope.CUSTOMERS_WRITE,
}


class CustomerList(ListAPIView):
    """Customers, the newest first."""

    required_scopes: ClassVar = SCOPES
    located = True
    serializer_class = CustomerOut
    filterset_class = CustomerFilters
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Customer]:
        """Customers with their names."""
        return whole_customers()

    @extend_schema(request=CustomerIn, responses={201: CustomerOut})
    @once
    def post(self, request: Request) -> Response:
        """Make a customer; refused when one of the names is another customer's."""
        given = CustomerIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked = dict(given.validated_data)
        names = [(name["kind"], name["value"]) for name in asked.pop("identities")]
        customer = create_customer(identities=names, **asked)
        return Response(
            CustomerOut(customer).data,
            status=201,
            headers={"Location": f"/api/v1/customers/{customer.pk}/"},
        )


class CustomerDetail(APIView):
    required_scopes: ClassVar = SCOPES

    @extend_schema(responses=CustomerOut)
    def get(self, request: Request, customer_id: int) -> Response:
        """Read a customer with all names."""
        return Response(CustomerOut(customer_numbered(customer_id)).data)

    @extend_schema(request=CustomerChange, responses=CustomerOut)
    def patch(self, request: Request, customer_id: int) -> Response:
        """Change a customer's name, company, tier or language."""
        change = CustomerChange(data=request.data)
        change.is_valid(raise_exception=True)
        change_customer(customer_id=customer_id, **change.validated_data)
        return Response(CustomerOut(customer_numbered(customer_id)).data)


class IdentityList(APIView):
    required_scopes: ClassVar = SCOPES

    @extend_schema(request=IdentityIn, responses={201: IdentityOut})
    @once
    def post(self, request: Request, customer_id: int) -> Response:
        """Let a customer be found by one more name; the same again changes nothing."""
        given = IdentityIn(data=request.data)
        given.is_valid(raise_exception=True)
        identity = add_identity(customer_id=customer_id, **given.validated_data)
        return Response(IdentityOut(identity).data, status=201)
