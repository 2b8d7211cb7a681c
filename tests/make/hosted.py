"""A hosted model for tests: a real HTTP server that speaks the protocol."""

import json
import re

from werkzeug import Request, Response

PATH = "/v1/chat/completions"


class Hosted:
    """A server that speaks the protocol: keeps what it was asked, says what it is told to."""

    def __init__(self, server) -> None:
        self.asked: list[dict] = []
        self.fields: dict = {}
        self.says: object = {"evidence": "money back", "needs_person": False}
        self.label = "Refund"
        server.expect_request(PATH, method="POST").respond_with_handler(self.handle)

    def handle(self, request: Request) -> Response:
        self.asked.append(request.get_json())
        self.authorization = request.headers["Authorization"]
        content = self.says
        if isinstance(content, dict):
            content = json.dumps({"category": self.id_of(self.label)} | content)
        message = {"role": "assistant", "content": content, "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": "stop"} | self.fields
        body = {"id": "1", "object": "chat.completion", "model": "m", "choices": [choice]}
        return Response(json.dumps(body), content_type="application/json")

    def id_of(self, name: str) -> str:
        found = re.search(rf"^(q\d\d): {name} - ", self.asked[-1]["messages"][0]["content"], re.M)
        return found[1] if found else name
