"""Hands mails over to the product's LMTP door, or the same bytes to the bare view.

`python -m tests.bench.mailman`: connections stay open, as those of a mail server do.
"""

import http.client
import smtplib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from tests.bench.talking import answer

INBOX = "help@bench.example"
QUOTED = "> Line {line} of what was said before, and what is quoted here.\n"
TEXT = """\
Hello,

could you please tell me the status of my order A-{number}? I ordered two weeks ago and have not
heard anything since. When will it be shipped? I would need it before the end of the month.

Kind regards
Ada Lovelace

""" + "".join(QUOTED.format(line=line) for line in range(30))


def mail(number: int) -> bytes:
    """One mail of 2.5 kB, by a customer of its own."""
    return (
        f"From: Ada Lovelace <c{number}@home.example>\r\nTo: {INBOX}\r\n"
        f"Subject: Status of my order A-{number}\r\nMessage-ID: <{number}@home.example>\r\n"
        "Date: Mon, 23 Nov 2026 09:15:00 +0100\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n"
        + TEXT.format(number=number).replace("\n", "\r\n")
    ).encode()


def by_lmtp(port: int, numbers: list[int]) -> None:
    """One connection, one mail after the other; each has its yes before the next one."""
    with smtplib.LMTP("127.0.0.1", port, timeout=60) as client:
        client.ehlo()
        for number in numbers:
            client.mail(f"c{number}@home.example")
            client.rcpt(INBOX)
            code, said = client.data(mail(number))
            assert code == 250, said


def by_http(port: int, numbers: list[int]) -> None:
    """One connection, one request after the other."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as client:
        for number in numbers:
            client.request("POST", "/", body=mail(number))
            said = client.getresponse()
            said.read()
            assert said.status == 201, said.status


def handing(way: Callable[[int, list[int]], None]) -> Callable[..., dict[str, float]]:
    """Hand mails over by several connections at once; when that began, and how long it took."""

    def hand_over(*, port: int, first: int, count: int, clients: int) -> dict[str, float]:
        numbers = range(first, first + count)
        shares = [list(numbers[place::clients]) for place in range(clients)]
        began, clock = time.time(), time.perf_counter()
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(lambda share: way(port, share), shares))
        return {"began": began, "seconds": time.perf_counter() - clock}

    return hand_over


if __name__ == "__main__":
    answer(lmtp=handing(by_lmtp), view=handing(by_http))
