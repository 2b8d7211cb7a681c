"""A parrot on Valkey: sends every hint five times over, and some that nobody ever sent."""

import base64
import json
import random
import threading
import uuid
from contextlib import suppress

import redis

QUEUE = "celery"
TIMES = 5
FORGED = (0, -1, 10**12, "drop table", None, [1], 1)


class Parrot(threading.Thread):
    """Listens to what is pushed on the queue, and says it again."""

    def __init__(self, url: str, *, seed: str) -> None:
        super().__init__(name="parrot", daemon=True)
        self.url, self.luck = url, random.Random(seed)
        self.over = threading.Event()
        self.repeated = 0

    def run(self) -> None:
        """Repeat until told to stop, or Valkey goes away."""
        with suppress(redis.RedisError, OSError):
            ears = redis.Redis.from_url(self.url, socket_timeout=1)
            mouth = redis.Redis.from_url(self.url, socket_timeout=5, single_connection_client=True)
            own = mouth.client_info()["addr"]
            with ears.monitor() as heard:
                while not self.over.is_set():
                    self.listen(heard, mouth, own)

    def listen(self, heard: redis.client.Monitor, mouth: redis.Redis, own: str) -> None:
        """Hear one command, and repeat it when it was a hint."""
        try:
            said = heard.next_command()
        except redis.TimeoutError:
            return
        word, _, rest = said["command"].partition(" ")
        queue, _, hint = rest.partition(" ")
        speaker = f"{said['client_address']}:{said['client_port']}"
        if word.upper() == "LPUSH" and queue == QUEUE and speaker != own:
            hint = hint.encode().decode("unicode_escape") if "\\" in hint else hint
            mouth.lpush(QUEUE, *[hint] * (TIMES - 1), forged(hint, self.luck))
            self.repeated += 1

    def end(self) -> None:
        """Stop repeating."""
        self.over.set()
        self.join(5)


def forged(hint: str, luck: random.Random) -> str:
    """The same envelope with another run in it."""
    message = json.loads(hint)
    message["headers"]["id"] = message["properties"]["correlation_id"] = str(uuid.uuid4())
    message["properties"]["delivery_tag"] = str(uuid.uuid4())
    body = json.loads(base64.b64decode(message["body"]))
    body[0] = [luck.choice((*FORGED, luck.randrange(1, 3000)))]
    message["body"] = base64.b64encode(json.dumps(body).encode()).decode()
    return json.dumps(message)
