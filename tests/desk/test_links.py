"""Links of strangers: where they lead, whatever they look like."""

import pytest

from apps.channels.parsing.links import host_of, host_to_name, is_public, true_address


@pytest.mark.parametrize(
    ("href", "leads"),
    [
        ("https://shop.example/a?b=1#c", "https://shop.example/a?b=1#c"),
        (" HTTP://shop.example", "http://shop.example"),
        ("ht\ttps://shop.exa\nmple/", "https://shop.example/"),
        ("https:\\\\shop.example\\a", "https://shop.example/a"),
        ("https:/shop.example", "https://shop.example"),
        ("mailto:kim@work.example", "mailto:kim@work.example"),
        ("tel:+4930123", "tel:+4930123"),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("\x01javascript:alert(1)", ""),
        ("data:text/html,<script>", ""),
        ("vbscript:x", ""),
        ("file:///etc/passwd", ""),
        ("/tickets/5/change/", ""),
        ("//shop.example/", ""),
        ("?do=solve", ""),
        ("#m-1", ""),
        ("https://", ""),
        ("https://[::1", ""),
        ("https://a b.example", "https://ab.example"),
        ("https://shop.example/" + "a" * 2000, ""),
        ("", ""),
    ],
)
def test_a_link_leads_to_a_page_or_a_mailbox_and_nowhere_else(href, leads):
    assert true_address(href) == leads


@pytest.mark.parametrize(
    ("href", "host"),
    [
        ("https://bank.example@evil.example/login", "evil.example"),
        ("https://bank.example\\@evil.example/", "bank.example"),
        ("https://b%61nk.example/", "bank.example"),
        ("https://\uff42ank.example/", "bank.example"),
        ("https://b\u0430nk.example/", "xn--bnk-6cd.example"),
        ("https://bank.example:8443/", "bank.example"),
        ("mailto:kim@evil.example?subject=x", "evil.example"),
    ],
)
def test_a_host_is_the_one_a_browser_goes_to(href, host):
    assert host_of(true_address(href)) == host


@pytest.mark.parametrize(
    ("href", "text", "said"),
    [
        ("https://evil.example/", "https://bank.example/login", "evil.example"),
        ("https://evil.example/", "Sign in at bank.example now", "evil.example"),
        ("https://evil.example/", "b\u200bank.exa\u00admple", "evil.example"),
        ("https://evil.example/", "bank\u2024example", "evil.example"),
        ("https://evil.example/", "b\u0430nk.example", "evil.example"),
        ("https://bank.example.evil.example/", "bank.example", "bank.example.evil.example"),
        ("https://notbank.example/", "bank.example", "notbank.example"),
        ("https://b\u0430nk.example/", "Sign in", "xn--bnk-6cd.example"),
        ("https://xn--bnk-6cd.example/", "Sign in", "xn--bnk-6cd.example"),
        ("https://bank.example@evil.example/", "Sign in", "evil.example"),
        ("https://evil.example/", "\u202eelpmaxe.knab", "evil.example"),
        ("mailto:x@evil.example", "help@bank.example", "evil.example"),
        ("https://bank.example/", "https://bank.example/", ""),
        ("https://www.bank.example/a", "bank.example", ""),
        ("https://bank.example/", "login.bank.example", ""),
        ("https://click.bank.example/", "Sign in", ""),
        ("https://shop.example/", "Order 3.5 of A-1027, e.g. now", ""),
        ("mailto:x@bank.example", "x@bank.example", ""),
    ],
)
def test_a_text_that_names_another_host_has_the_true_one_said_beside_it(href, text, said):
    assert host_to_name(true_address(href), text) == said


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("cdn.shop.example", True),
        ("localhost", False),
        ("router", False),
        ("127.0.0.1", False),
        ("2130706433", False),
        ("::1", False),
        ("printer.local", False),
        ("", False),
    ],
)
def test_pictures_are_fetched_from_the_public_net_alone(host, public):
    assert is_public(host) == public
