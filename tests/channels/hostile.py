"""Mails nobody sends by accident: each is as large as the desk accepts, or nearly."""

import base64
import random

HEAD = b"From: Mallory <mallory@example.net>\r\nSubject: hello\r\nMIME-Version: 1.0\r\n"
HTML = HEAD + b"Content-Type: text/html\r\n\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
MEGA = 1_000_000


def nested(depth: int) -> bytes:
    heads = (
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(depth)
    )
    return HEAD + b"".join(heads) + b"\r\nhi\r\n" * 100


def many_attributes(count: int) -> bytes:
    tags = b"".join(b'<b id="%d">' % n for n in range(count))
    return HTML + b"<p>" + tags + b"<p>x" * 100_000


def noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


HOSTILE = {
    "nothing": b"",
    "one NUL": b"\0",
    "newlines": b"\n" * 10 * MEGA,
    "only carriage returns": HEAD + b"\r\n" + b"\r" * 10 * MEGA,
    "On On On": HEAD + b"\r\n" + b"On " * 3_400_000,
    "On, a line each": HEAD + b"\r\n" + b"On 1 @\n" * 1_400_000,
    "From: From: From:": HEAD + b"\r\n" + b"From: x\n" * 1_000_000,
    "wrote: wrote: wrote:": HEAD + b"\r\n" + b"wrote: 1 " * 1_000_000,
    "quotes and answers": HEAD + b"\r\nOn 1.1.20 10:00 a@b.c wrote:\n" + b"> a\nb\n" * 1_500_000,
    "flowed": HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"> a \n" * 2_000_000,
    "rules": HEAD + b"\r\n" + b"________________\n" * 500_000,
    "spaces": HEAD + b"\r\n" + b" " * 10 * MEGA,
    "20,000 nested divs": HTML + b"<div>" * 20_000 + b"hi",
    "a million nested divs": HTML + b"<div>" * MEGA,
    "nested quotes": HTML + b"<blockquote>" * 150 + b"hi" * 100_000,
    "alternating quotes": HTML + b"<blockquote>a</blockquote>b" * 200_000,
    "formatting repeated": many_attributes(190),
    "formatting repeated wide": many_attributes(5_000),
    "unclosed tables": HTML + b"<table><tr><td>" * 100_000,
    "misplaced in a table": HTML + b"<table>" + b"<b>x<i>" * 50_000,
    "cells": HTML + b"<table>" + b"<tr>" * 400 + (b"<tr>" + b"<td>x</td>" * 900) * 50,
    "wide cell": HTML + b"<table>" + b"<tr><td>x<td>" + b"y" * 90_000 + b"<tr><td>z" * 900,
    "list items": HTML + b"<ul><li>" * 90 + b"<li>x" * 90_000,
    "angle brackets": HTML + b"<" * 3 * MEGA,
    "open tag": HTML + b"<a " + b'x="y" ' * 800_000,
    "open comment": HTML + b"<!--" * 800_000,
    "entities": HTML + b"&amp;" * 800_000,
    "no-entities": HTML + b"&" * 3 * MEGA,
    "5,000 parts": MIXED + b"--x\r\n\r\nhi\r\n" * 5_000 + b"--x--\r\n",
    "5,000 HTML parts": MIXED + b"--x\r\nContent-Type: text/html\r\n\r\n<b>hi\r\n" * 5_000,
    "empty parts": MIXED + b"--x\n" * 2_000_000,
    "near boundaries": MIXED + b"\n--xy" * 2_000_000,
    "spaces after a boundary": MIXED + (b"\n--x" + b" " * 5_000 + b"y") * 2_000,
    "nested 19": nested(19),
    "nested 3,000": nested(3_000),
    "a header of a megabyte": HEAD + b"X-Long: " + b"a" * MEGA + b"\r\n\r\nhi",
    "To of a megabyte": HEAD + b"To: " + b"a@b.example, " * 80_000 + b"\r\n\r\nhi",
    "300,000 headers": HEAD + b"To: a@b.example\r\n" * 300_000 + b"\r\nhi",
    "300,000 raw headers": HEAD + b"To: \xe9\xff@\xa4\r\n" * 300_000 + b"\r\nhi",
    "comments in From": b"From: " + b"(" * 100_000 + b"\r\n\r\nhi",
    "quotes in From": b"From: " + b'"\\' * 100_000 + b"\r\n\r\nhi",
    "brackets in From": b"From: " + b"<@" * 100_000 + b"\r\n\r\nhi",
    "at signs in From": b"From: " + b"a@" * 100_000 + b"\r\n\r\nhi",
    "encoded words": b"Subject: " + b"=?utf-8?q?" * 100_000 + b"\r\n\r\nhi",
    "many encoded words": b"Subject: " + b"=?utf-8?q?=41?= " * 60_000 + b"\r\n\r\nhi",
    "references": HEAD + b"References: " + b"<a@b> " * 200_000 + b"\r\n\r\nhi",
    "open references": HEAD + b"References: " + b"<" * MEGA + b"\r\n\r\nhi",
    "parameters": HEAD + b"Content-Type: multipart/mixed; " + b'a="b;";' * 100_000 + b"\r\n\r\nhi",
    "continued parameters": HEAD
    + b"Content-Type: text/plain; "
    + b"; ".join(b"name*%d*=%%41" % n for n in range(50_000))
    + b"\r\n\r\nhi",
    "base64 of 18 MB": MIXED
    + b"--x\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(noise(18 * MEGA))
    + b"--x--\r\n",
    "text in base64": HEAD
    + b"Content-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(b"On " * 5 * MEGA),
    "broken base64": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QQ=A" * 5 * MEGA,
    "uuencode": HEAD + b"Content-Transfer-Encoding: uuencode\r\n\r\n" + b"#0V%T\n" * MEGA,
    "quoted-printable": HEAD
    + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    + b"=\n" * 5 * MEGA,
    "punycode": HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-b" * MEGA,
    "utf-7": HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+AGE-" * 3 * MEGA,
    "wrong charset": HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + noise(20 * MEGA),
    "noise": noise(20 * MEGA),
    "noise behind headers": HEAD + b"\r\n" + noise(20 * MEGA),
    "noise as HTML": HTML + noise(20 * MEGA),
    "20 unknown texts": MIXED
    + (b"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + noise(MEGA) + b"\r\n") * 20,
    "NULs": HEAD + b"\r\n" + b"\0" * 20 * MEGA,
    "lone surrogates": HEAD
    + b"Content-Type: text/plain; charset=utf-16-le\r\n\r\n"
    + b"\x00\xd8" * MEGA,
    "surrogates in UTF-8": HEAD + b"\r\n" + b"\xed\xa0\x80" * MEGA,
}  # fmt: skip
