"""By what tickets are listed."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from apps.core.api.filters import IdFilter, WordsFilter
from apps.customers.models import Identity
from apps.customers.rules import normal_identity
from apps.tickets.models import Ticket
from apps.tickets.queries import matching
from apps.tickets.states import Priority, TicketStatus

PRIORITIES = {str(label): value for value, label in Priority.choices}


class TicketFilters(filters.FilterSet):
    status = filters.MultipleChoiceFilter(choices=TicketStatus, help_text="May be repeated.")
    priority = filters.MultipleChoiceFilter(
        choices=[(word, word) for word in PRIORITIES],
        method="by_priority",
        help_text="May be repeated.",
    )
    team = IdFilter("team_id")
    owner = IdFilter("owner_id")
    unowned = filters.BooleanFilter(field_name="owner_id", lookup_expr="isnull")
    customer = IdFilter("customer_id")
    email = WordsFilter(method="by_email", help_text="An address of the customer.")
    label = WordsFilter(field_name="label")
    tag = WordsFilter(method="by_tag")
    channel = WordsFilter(field_name="channel")
    is_spam = filters.BooleanFilter(field_name="is_spam", help_text="Without it, both.")
    q = WordsFilter(method="by_words", help_text="Words of subject, texts, customer; a number.")
    updated_since = filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = Ticket
        fields: list[str] = []

    def by_priority(
        self, tickets: QuerySet[Ticket], name: str, words: list[str]
    ) -> QuerySet[Ticket]:
        """Tickets of any of these priorities."""
        return tickets.filter(priority__in=[PRIORITIES[word] for word in words])

    def by_email(self, tickets: QuerySet[Ticket], name: str, address: str) -> QuerySet[Ticket]:
        """Tickets of the customer with this address."""
        value = normal_identity("email", address)
        named = Identity.objects.filter(kind="email", value=value)
        return tickets.filter(customer__in=named.values("customer"))

    def by_tag(self, tickets: QuerySet[Ticket], name: str, tag: str) -> QuerySet[Ticket]:
        """Tickets with this tag."""
        return tickets.filter(tags__name=tag.casefold())

    def by_words(self, tickets: QuerySet[Ticket], name: str, words: str) -> QuerySet[Ticket]:
        """Tickets that have these words somewhere."""
        return matching(tickets, words)
