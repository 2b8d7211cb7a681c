"""The form of a rule: conditions as text that is checked, with an example beside it."""

import json
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from apps.core.errors import DomainError
from apps.routing.models import Rule
from apps.routing.rules import FIELDS, OPERATORS
from apps.routing.services.writing import checked, draft_of

EXAMPLE = """{
  "all": [
    {"field": "label", "operator": "is", "value": "refund"},
    {"field": "confidence", "operator": "at_least", "value": 0.8},
    {"any": [
      {"field": "order_delayed", "operator": "is", "value": true},
      {"field": "words", "operator": "contains_any", "value": ["invoic*", "money back"]}
    ]},
    {"not": {"field": "customer_tier", "operator": "is", "value": "vip"}}
  ]
}"""

LONGEST_TREE = 20_000


def asked_of_each_field() -> list[tuple[str, str]]:
    """Each field with the operators that fit it, for the help beside the form."""
    return [(field, ", ".join(OPERATORS[kind])) for field, kind in FIELDS.items()]


class ConditionsField(forms.CharField):
    """A tree of conditions as JSON in a text box; empty means always."""

    widget = forms.Textarea(attrs={"rows": 14, "cols": 80, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        """Show a stored tree over several lines, and what was typed as it was typed."""
        if isinstance(value, str):
            return value
        return json.dumps(value, indent=2, ensure_ascii=False) if value else ""

    def to_python(self, value: Any) -> Any:
        """Read the text, or say where it is no JSON."""
        text = super().to_python(value) or ""
        if not text.strip():
            return {}
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            problem = f"This is not JSON: {error.msg} in line {error.lineno}, place {error.colno}."
            raise ValidationError(problem) from error
        except (ValueError, RecursionError) as error:
            raise ValidationError("This is not JSON that can be read.") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare trees, not their spelling."""
        try:
            return bool((initial or {}) != self.to_python(data))
        except ValidationError:
            return True


class RuleForm(forms.ModelForm):
    """A rule as an admin writes it; refused with a sentence, and when it is out of date."""

    conditions = ConditionsField(required=False, max_length=LONGEST_TREE)
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Rule
        fields: ClassVar = [
            "name",
            "position",
            "is_active",
            "conditions",
            "team",
            "priority",
            "tags",
            "stop",
        ]

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        if self.instance.pk and "seen_version" in self.fields:
            self.fields["seen_version"].initial = self.instance.version

    def clean(self) -> dict[str, Any]:
        """Refuse to overwrite what somebody else has saved meanwhile."""
        data = super().clean() or {}
        seen = data.get("seen_version")
        if self.instance.pk and seen is not None and seen != self.instance.version:
            raise ValidationError(
                "Somebody else has saved this rule meanwhile. Open it again, see what changed, "
                "and make your change there."
            )
        return data

    def _post_clean(self) -> None:
        """Check the whole rule, once its parts are right."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            checked(draft_of(self.instance))
        except DomainError as error:
            field = "conditions" if error.code == "bad_condition" else None
            self.add_error(field, str(error))
