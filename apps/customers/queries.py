"""Finding customers."""

from django.db.models import QuerySet

from apps.core.errors import NotFound
from apps.customers.models import Customer, Identity


def whole_customers() -> QuerySet[Customer]:
    """Customers with their names, in a bounded number of queries."""
    return Customer.objects.prefetch_related("identities")


def customer_numbered(number: int) -> Customer:
    """One customer with their names. Raises NotFound."""
    customer = whole_customers().filter(pk=number).first()
    if customer is None:
        raise NotFound(thing="customer", key=number)
    return customer


def matching(customers: QuerySet[Customer], words: str) -> QuerySet[Customer]:
    """Keep those whose name, or one of whose names elsewhere, contains the words."""
    called = Customer.objects.filter(name__icontains=words).values("pk")
    known = Identity.objects.filter(value__icontains=words).values("customer_id")
    return customers.filter(pk__in=called.union(known))
