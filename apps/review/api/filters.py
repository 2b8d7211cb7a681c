"""By what reviews are listed."""

from django_filters import rest_framework as filters

from apps.core.api.filters import IdFilter, WordsFilter
from apps.review.models import Review
from apps.review.states import ReviewStatus


class ReviewFilters(filters.FilterSet):
    status = filters.MultipleChoiceFilter(choices=ReviewStatus, help_text="May be repeated.")
    ticket = IdFilter("ticket_id")
    team = IdFilter("ticket__team_id")
    suggested = WordsFilter(field_name="suggested")
    decided_label = WordsFilter(field_name="decided_label")

    class Meta:
        model = Review
        fields: list[str] = []
