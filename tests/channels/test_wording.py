"""What stands in a reply: read back from its bytes, as a mail program would."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from apps.channels.services.composing import NotAReply, compose_reply
from apps.customers.models import Customer
from apps.tickets.models import Message, Ticket
from tests.make.mails import inbox, mail
from tests.make.replies import reply
from tests.make.tickets import person

pytestmark = pytest.mark.django_db


def read(written):
    """The mail as it leaves, and whom the mail server is told."""
    composed = compose_reply(Message.objects.get(pk=written.pk))
    raw = composed.message().as_bytes()
    return message_from_bytes(raw, policy=policy.default), composed.recipients()


def said(letter, kind):
    return letter.get_body((kind,)).get_content()


def quoting(quoted, **fields):
    """A reply that quotes the first message of its ticket."""
    written = reply(**fields)
    first = written.ticket.messages.earliest("pk")
    at = datetime(2026, 11, 2, 9, 15, tzinfo=UTC)
    Message.objects.filter(pk=first.pk).update(visible=quoted, created_at=at)
    Message.objects.filter(pk=written.pk).update(quotes=first)
    return written


def test_a_reply_says_the_same_twice():
    letter, _ = read(reply(text="Hello Ada,\n\nit is at https://shop.example/a?b=1&c=2.\nBye"))

    assert letter.get_content_type() == "multipart/alternative"
    assert said(letter, "plain") == (
        "Hello Ada,\n\nit is at https://shop.example/a?b=1&c=2.\nBye\n"
    )
    assert said(letter, "html") == (
        "<!DOCTYPE html>\n<html><body>\n<p>Hello Ada,</p>\n<p>it is at "
        '<a href="https://shop.example/a?b=1&amp;c=2">https://shop.example/a?b=1&amp;c=2</a>.'
        "<br>\nBye</p>\n</body></html>\n"
    )


def test_what_it_quotes_stands_below_both_signatures():
    inbox("help@desk.example", signature="Ada's Shop\nMon-Fri")
    written = quoting("Where is it?\n\nAda", by=person(signature="Grace"))
    Customer.objects.update(name="Ada")

    letter, _ = read(written)

    assert said(letter, "plain") == (
        "It is on its way.\n\n-- \nGrace\nAda's Shop\nMon-Fri\n\n"
        "On 02 Nov 2026 at 09:15 UTC, Ada wrote:\n> Where is it?\n>\n> Ada\n"
    )
    assert said(letter, "html").endswith(
        "<p>-- <br>\nGrace<br>\nAda&#x27;s Shop<br>\nMon-Fri</p>\n"
        "<p>On 02 Nov 2026 at 09:15 UTC, Ada wrote:</p>\n"
        '<blockquote type="cite">\n<p>Where is it?</p>\n<p>Ada</p>\n</blockquote>\n'
        "</body></html>\n"
    )


def test_nobody_smuggles_html_or_headers_into_it():
    written = quoting('<script>x</script> https://x.example/"onclick="y', text="<b>hi</b>")
    Customer.objects.update(name="Eve\r\nBcc: all@x.example <img src=x>")
    Ticket.objects.update(subject="Hi\nBcc: all@x.example")

    letter, recipients = read(written)

    html = said(letter, "html")
    assert not [tag for tag in ("<script", "<img", "<b>") if tag in html]
    assert '<a href="https://x.example/">https://x.example/</a>&quot;onclick=&quot;y' in html
    assert (letter["Bcc"], recipients) == (None, ["ada@example.org"])


def test_copies_go_to_everybody_and_unseen_ones_stand_nowhere():
    written = reply(cc=["boss@x.example", "cfo@x.example"], bcc=["audit@y.example"])

    letter, recipients = read(written)

    assert letter["Cc"] == "boss@x.example, cfo@x.example"
    assert recipients[1:] == ["boss@x.example", "cfo@x.example", "audit@y.example"]
    assert b"audit" not in letter.as_bytes()


def test_it_comes_from_the_address_that_the_inbox_names_and_never_goes_to_ourselves():
    inbox("help@desk.example", from_name="Shop", reply_from="news@shop.example")
    written = reply(mail(to="help@desk.example"), cc=["a@x.example"])
    Message.objects.filter(pk=written.pk).update(cc="News@shop.example,a@x.example")
    written.refresh_from_db()

    letter, recipients = read(written)

    assert letter["From"] == "Shop <news@shop.example>"
    assert letter["Reply-To"].addresses[0].domain == "desk.example"
    assert recipients == ["ada@example.org", "a@x.example"]
    Message.objects.filter(pk=written.pk).update(to="help@desk.example")
    with pytest.raises(NotAReply):
        read(written)


def test_an_automatic_reply_says_so():
    written = reply()
    Message.objects.filter(pk=written.pk).update(is_automatic=True)

    letter, _ = read(written)

    assert letter["Auto-Submitted"] == "auto-replied"
