"""A model behind any OpenAI-compatible address; every way it can fail is met here."""

import contextlib
import secrets
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field, ValidationError

from apps.triage.ports import ModelUnavailable
from apps.triage.prompt import BadAnswer, Question, ask, read
from apps.triage.types import LabelInfo, RawAnswer

if TYPE_CHECKING:
    from openai import OpenAI

TIMEOUT = 12.0
CONNECT_TIMEOUT = 3.0
MOST_BYTES = 1_000_000
MOST_TOKENS = 1_000
FAILURES, WINDOW, PAUSE = 5, 60.0, 300.0


class Message(BaseModel):
    """What the model said, or that it refused."""

    content: str | None = None
    refusal: str | None = None


class Choice(BaseModel):
    """One answer, and why it ended."""

    message: Message
    finish_reason: str | None = None


class Completion(BaseModel):
    """As much of a chat completion as is needed."""

    choices: list[Choice] = Field(min_length=1)


class Fuse:
    """After five failures within a minute nothing is asked for five minutes."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.failures: deque[float] = deque(maxlen=FAILURES)
        self.closed_until = 0.0

    def blown(self) -> bool:
        """Whether the model should be left alone."""
        return time.monotonic() < self.closed_until

    def note(self, *, failed: bool) -> None:
        """Remember how a request went."""
        with self.lock:
            if not failed:
                self.failures.clear()
                return
            self.failures.append(time.monotonic())
            if len(self.failures) == FAILURES and self.failures[-1] - self.failures[0] < WINDOW:
                self.closed_until = self.failures[-1] + PAUSE
                self.failures.clear()


class OpenAIClassifier:
    """Asks a hosted model. Its answer carries no confidence: it is checked against another."""

    def __init__(
        self, *, api_key: str, model: str, base_url: str | None = None, timeout: float = TIMEOUT
    ) -> None:
        self.api_key, self.model, self.base_url, self.timeout = api_key, model, base_url, timeout
        self.fuse = Fuse()
        self.rung = 0

    @property
    def name(self) -> str:
        """How verdicts call it."""
        return f"hosted {self.model}"

    def classify(self, text: str, labels: Sequence[LabelInfo]) -> RawAnswer:
        """Ask once, within ``timeout`` seconds; an answer that fails a check names no label."""
        if self.fuse.blown():
            raise ModelUnavailable(model=self.model, problem="it failed too often just now")
        active = [info for info in labels if info.is_active]
        question = ask(text, active, nonce=secrets.token_hex(8))
        try:
            label, evidence, needs_person = read(self.answer(question), question)
        except BadAnswer as error:
            return RawAnswer(label=None, confidence=0.0, model=self.name, doubts=(str(error),))
        doubts = ("The hosted model wants a person to look.",) if needs_person else ()
        return RawAnswer(
            label=label,
            confidence=0.0,
            model=self.name,
            evidence=(evidence,) if evidence else (),
            doubts=doubts,
        )

    def answer(self, question: Question) -> str:
        """The text of the model's answer. Raises ModelUnavailable or BadAnswer."""
        import openai  # noqa: PLC0415 - takes seconds to import, and most desks never need it

        until = time.monotonic() + self.timeout
        try:
            body = self.climb_down(question, until)
        except openai.OpenAIError as error:
            self.fuse.note(failed=True)
            problem = f"{type(error).__name__}: {str(error)[:200]}"
            raise ModelUnavailable(model=self.model, problem=problem) from error
        except (OSError, ValueError, RuntimeError) as error:
            self.fuse.note(failed=True)
            raise ModelUnavailable(model=self.model, problem=type(error).__name__) from error
        self.fuse.note(failed=False)
        return said(body)

    def climb_down(self, question: Question, until: float) -> bytes:
        """Ask in the strictest form the server knows, and remember which one worked."""
        import openai  # noqa: PLC0415 - see answer

        rungs = forms(question)
        for rung in range(self.rung, len(rungs)):
            try:
                body = self.request(question, rungs[rung], until)
            except openai.APIStatusError as error:
                if rung + 1 == len(rungs) or not knows_less(error.status_code, str(error)):
                    raise
            else:
                self.rung = rung
                return body
        raise AssertionError(self.rung)

    def request(self, question: Question, form: Mapping[str, Any], until: float) -> bytes:
        """One request, its body read within the time and size it may have."""
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        create = self.client.chat.completions.with_streaming_response.create
        body = b""
        with create(
            model=self.model,
            messages=list(question.messages),  # type: ignore[arg-type] # plain dicts are read too
            timeout=left,
            extra_body=dict(form),
        ) as response, contextlib.closing(response):  # fmt: skip
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > MOST_BYTES or time.monotonic() > until:
                    raise TimeoutError
        return body

    @cached_property
    def client(self) -> "OpenAI":
        """The connection, made at the first question."""
        import openai  # noqa: PLC0415 - see answer

        return openai.OpenAI(
            api_key=self.api_key,
            base_url=self.base_url or "https://api.openai.com/v1",
            max_retries=0,
            timeout=openai.Timeout(self.timeout, connect=CONNECT_TIMEOUT),
        )


def forms(question: Question) -> list[dict[str, Any]]:
    """From an enforced schema to no help at all: what a server may know of structured output."""
    schema = {"name": "triage", "strict": True, "schema": question.schema}
    limits = {"temperature": 0, "max_completion_tokens": MOST_TOKENS}
    return [
        {"response_format": {"type": "json_schema", "json_schema": schema}} | limits,
        {"response_format": {"type": "json_object", "schema": question.schema}} | limits,
        {"response_format": {"type": "json_object"}},
        {},
    ]


def knows_less(status: int, problem: str) -> bool:
    """Whether a refusal may mean that the server does not know this form."""
    return status in {400, 422} or (
        status >= 500 and any(word in problem for word in ("response_format", "json_object"))
    )


def said(body: bytes) -> str:
    """What stands in a completion. Raises BadAnswer for a refusal, a cut or an empty answer."""
    try:
        choice = Completion.model_validate_json(body).choices[0]
    except ValidationError as error:
        problem = "The hosted model's server did not send a completion."
        raise BadAnswer(problem) from error
    if choice.message.refusal or choice.finish_reason == "content_filter":
        problem = "The hosted model refused to answer."
        raise BadAnswer(problem)
    if choice.finish_reason == "length" or not choice.message.content:
        problem = "The hosted model's answer is cut short or empty."
        raise BadAnswer(problem)
    return choice.message.content
