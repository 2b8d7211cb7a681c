"""A hosted model to talk to over real HTTP."""

import pytest

from apps.triage.adapters.openai import OpenAIClassifier
from tests.make.hosted import Hosted


@pytest.fixture
def hosted(httpserver) -> Hosted:
    return Hosted(httpserver)


@pytest.fixture
def classifier(httpserver) -> OpenAIClassifier:
    return OpenAIClassifier(
        api_key="sk-test", model="m", base_url=httpserver.url_for("/v1"), timeout=2.0
    )
