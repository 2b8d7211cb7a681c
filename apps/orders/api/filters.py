"""What orders can be listed by."""

from django.db.models import QuerySet
from django.db.models.functions import Upper
from django_filters import rest_framework as filters

from apps.core.api.filters import IdFilter, WordsFilter
from apps.customers.rules import normal_identity
from apps.orders.models import Order
from apps.orders.rules import spelled
from apps.orders.states import OrderStatus


class OrderFilters(filters.FilterSet):
    source = WordsFilter(field_name="shop__slug", help_text="The shop.")
    status = filters.ChoiceFilter(choices=OrderStatus)
    number = WordsFilter(method="by_number", help_text="However it is spelled.")
    email = WordsFilter(method="by_email")
    customer = IdFilter("customer_id")

    class Meta:
        model = Order
        fields: list[str] = []

    def by_number(self, orders: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        """Orders of a number in any shop; case and a leading # do not matter."""
        forms = [spelled(value), f"#{spelled(value)}"]
        return orders.annotate(upper=Upper("number")).filter(upper__in=forms)

    def by_email(self, orders: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        """Orders under an address; case does not matter."""
        return orders.filter(email=normal_identity("email", value))
