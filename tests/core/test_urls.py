"""Where people may send us."""

import socket
from ipaddress import ip_address

import pytest
from django.core.exceptions import ValidationError

from apps.core.urls import ForbiddenAddress, addresses_of, check_base_url, is_public, web_address


@pytest.mark.parametrize("text", ["https://shop.example/a?b=c#d", "http://shop.example:8080"])
def test_web_addresses_are_kept(text):
    assert web_address(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "javascript:alert(1)",
        "JaVaScRiPt://shop.example/%0aalert(1)",
        "data:text/html,x",
        "ftp://shop.example",
        "//shop.example",
        "https://",
        "https://user:pw@shop.example",
        "https://shop.example/a b",
        "https://shop.example/\u202e",
        "https://shop.example:99999999",
        "http://[::1",
        "https://shop.example/" + "x" * 500,
    ],
)
def test_everything_else_is_nothing(text):
    assert web_address(text) == ""


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:0:53aa:64c::",
    ],
)
def test_addresses_off_the_public_net_are_seen_through_every_disguise(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14"])
def test_public_addresses_are_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f.1", "[::1]"])
def test_this_machine_is_refused_however_it_is_spelled(host):
    with pytest.raises(ForbiddenAddress):
        addresses_of(host.strip("[]"), 80)


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    found = [(2, 1, 6, "", ("93.184.215.14", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    with pytest.raises(ForbiddenAddress, match=r"shop.example leads to 10\.0\.0\.1"):
        addresses_of("shop.example", 80)


def test_a_host_allowed_by_name_may_be_private(settings):
    settings.SUPPORTCOORD_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]

    assert addresses_of("127.0.0.1", 80) == ["127.0.0.1"]


def test_an_administrator_is_told_what_is_wrong_with_an_address():
    for text in ("", "shop.example", "https://shop.example/?a=b", "http://10.0.0.8/api"):
        with pytest.raises(ValidationError):
            check_base_url(text)

    check_base_url("https://shop.example/api")
