"""By what runs are listed."""

from django_filters import rest_framework as filters

from apps.coordination.models import Run
from apps.coordination.states import RunState
from apps.core.api.filters import WordsFilter


class RunFilters(filters.FilterSet):
    key = WordsFilter(field_name="serial_key", help_text="Such as `ticket:42`.")
    state = filters.MultipleChoiceFilter(choices=RunState, help_text="May be repeated.")
    flow = WordsFilter(field_name="flow")

    class Meta:
        model = Run
        fields: list[str] = []
