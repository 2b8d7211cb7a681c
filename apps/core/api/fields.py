"""Fields that several parts of the REST interface have."""

import binascii
from base64 import b64decode
from typing import Any

from django.db.models import IntegerChoices
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


@extend_schema_field({"type": "string", "format": "byte"})
class Base64Field(serializers.CharField):
    """Bytes as base64 text."""

    default_error_messages = {
        "base64": "This is not base64.",
        "too_large": "This is larger than {most} MiB.",
    }

    def __init__(self, *, most_bytes: int, **options: Any) -> None:
        self.most_bytes = most_bytes
        super().__init__(trim_whitespace=False, allow_blank=True, **options)

    def to_internal_value(self, data: Any) -> Any:
        """Decode. Raises ValidationError."""
        text: str = super().to_internal_value(data)
        if len(text) > self.most_bytes * 4 // 3 + 4:
            self.fail("too_large", most=self.most_bytes // 2**20)
        try:
            return b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            self.fail("base64")


class WordField(serializers.ChoiceField):
    """A number inside, a word outside: 4 is ``urgent``."""

    def __init__(self, *, words: type[IntegerChoices], **options: Any) -> None:
        self.words = words
        super().__init__(choices=[(label, label) for label in words.labels], **options)

    def to_internal_value(self, data: Any) -> Any:
        """The number of a word. Raises ValidationError."""
        word = super().to_internal_value(data)
        return int(self.words.values[self.words.labels.index(word)])

    def to_representation(self, value: Any) -> str:
        """The word of a number."""
        return str(self.words(value).label)
