"""By what customers are listed."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from apps.core.api.filters import WordsFilter
from apps.customers.models import Customer
from apps.customers.queries import matching
from apps.customers.rules import normal_identity
from apps.customers.states import IdentityKind, Tier


class CustomerFilters(filters.FilterSet):
    q = WordsFilter(method="by_words", help_text="Part of a name, an address, a number.")
    email = WordsFilter(method="by_name", help_text="Exactly this address.")
    phone = WordsFilter(method="by_name", help_text="Exactly this number.")
    tier = filters.ChoiceFilter(choices=Tier)
    updated_since = filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = Customer
        fields: list[str] = []

    def by_words(self, customers: QuerySet[Customer], name: str, words: str) -> QuerySet[Customer]:
        """Customers with these words in a name."""
        return matching(customers, words)

    def by_name(self, customers: QuerySet[Customer], name: str, value: str) -> QuerySet[Customer]:
        """The customer known by exactly this."""
        spelled = normal_identity(IdentityKind(name), value)
        return customers.filter(identities__kind=name, identities__value=spelled)
