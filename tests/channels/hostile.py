"""Mails nobody sends by accident, each made when it is asked for: together they are large."""

import base64
import random

HEAD = b"From: Mallory <mallory@example.net>\r\nSubject: hello\r\nMIME-Version: 1.0\r\n"
HTML = HEAD + b"Content-Type: text/html\r\n\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
PLAIN = HEAD + b"\r\n"
FLOWED = HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n"
END = b"\r\n\r\nhi"
MEGA = 1_000_000
ROBOT = b"From: MAILER-DAEMON@mx.example\r\nSubject: returned\r\n"
REPORT = ROBOT + b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: "
DELIVERY = REPORT + b"message/delivery-status\r\n\r\n"
WRITTEN = ROBOT + b"\r\n"
PASSED_ON = b"From: Mallory <mallory@example.net>\r\nSubject: Fwd: hello\r\n\r\n"


def charset(name: bytes) -> bytes:
    return HEAD + b"Content-Type: text/plain; charset=" + name + b"\r\n\r\n"


def encoded(name: bytes) -> bytes:
    return HEAD + b"Content-Transfer-Encoding: " + name + b"\r\n\r\n"


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


def same_boundary(levels: int) -> bytes:
    """Every level names the boundary of all: each line of it might end any of them."""
    return HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" * levels + b"hi\r\n"


def tree(depth: int, branches: int) -> bytes:
    """Parts in parts in parts: a few kilobytes that mean thousands of leaves."""
    if depth == 0:
        return b"Content-Type: text/plain\r\n\r\nhi\r\n"
    inner = b"".join(b"--b%d\r\n" % depth + tree(depth - 1, branches) for _ in range(branches))
    return b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n%s--b%d--\r\n" % (
        depth, inner, depth,
    )  # fmt: skip


def levels(deepest: int) -> bytes:
    return b"".join(b">" * depth + b" a\n" for depth in range(deepest))


HOSTILE = {
    "nothing": lambda: b"",
    "one NUL": lambda: b"\0",
    "newlines": lambda: b"\n" * 10 * MEGA,
    "only carriage returns": lambda: PLAIN + b"\r" * 10 * MEGA,
    "On On On": lambda: PLAIN + b"On " * 3_400_000,
    "On, a line each": lambda: PLAIN + b"On 1 @\n" * 1_400_000,
    "From: From: From:": lambda: PLAIN + b"From: x\n" * 1_000_000,
    "wrote: wrote: wrote:": lambda: PLAIN + b"wrote: 1 " * 1_000_000,
    "quotes and answers": lambda: PLAIN + b"On 1.1.20 10:00 a@b.c wrote:" + b"\n> a\nb" * MEGA,
    "flowed": lambda: FLOWED + b"> a \n" * 2_000_000,
    "rules": lambda: PLAIN + b"________________\n" * 500_000,
    "spaces": lambda: PLAIN + b" " * 10 * MEGA,
    "20,000 nested divs": lambda: HTML + b"<div>" * 20_000 + b"hi",
    "a million nested divs": lambda: HTML + b"<div>" * MEGA,
    "nested quotes": lambda: HTML + b"<blockquote>" * 150 + b"hi" * 100_000,
    "alternating quotes": lambda: HTML + b"<blockquote>a</blockquote>b" * 200_000,
    "formatting repeated": lambda: many_attributes(190),
    "formatting repeated wide": lambda: many_attributes(5_000),
    "unclosed tables": lambda: HTML + b"<table><tr><td>" * 100_000,
    "misplaced in a table": lambda: HTML + b"<table>" + b"<b>x<i>" * 50_000,
    "cells": lambda: HTML + b"<table>" + b"<tr>" * 400 + (b"<tr>" + b"<td>x</td>" * 900) * 50,
    "wide cell": lambda: HTML + b"<table>" + b"<tr><td>x<td>" + b"y" * 90_000 + b"<tr><td>z" * 900,
    "list items": lambda: HTML + b"<ul><li>" * 90 + b"<li>x" * 90_000,
    "angle brackets": lambda: HTML + b"<" * 3 * MEGA,
    "open tag": lambda: HTML + b"<a " + b'x="y" ' * 800_000,
    "open comment": lambda: HTML + b"<!--" * 800_000,
    "entities": lambda: HTML + b"&amp;" * 800_000,
    "no-entities": lambda: HTML + b"&" * 3 * MEGA,
    "5,000 parts": lambda: MIXED + b"--x\r\n\r\nhi\r\n" * 5_000 + b"--x--\r\n",
    "5,000 HTML parts": lambda: MIXED + b"--x\r\nContent-Type: text/html\r\n\r\n<b>hi\r\n" * 5_000,
    "empty parts": lambda: MIXED + b"--x\n" * 2_000_000,
    "near boundaries": lambda: MIXED + b"\n--xy" * 2_000_000,
    "spaces after a boundary": lambda: MIXED + (b"\n--x" + b" " * 5_000 + b"y") * 2_000,
    "nested 19": lambda: nested(19),
    "nested 3,000": lambda: nested(3_000),
    "a header of a megabyte": lambda: HEAD + b"X-Long: " + b"a" * MEGA + END,
    "To of a megabyte": lambda: HEAD + b"To: " + b"a@b.example, " * 80_000 + END,
    "300,000 headers": lambda: HEAD + b"To: a@b.example\r\n" * 300_000 + b"\r\nhi",
    "300,000 raw headers": lambda: HEAD + b"To: \xe9\xff@\xa4\r\n" * 300_000 + b"\r\nhi",
    "comments in From": lambda: b"From: " + b"(" * 100_000 + END,
    "quotes in From": lambda: b"From: " + b'"\\' * 100_000 + END,
    "brackets in From": lambda: b"From: " + b"<@" * 100_000 + END,
    "at signs in From": lambda: b"From: " + b"a@" * 100_000 + END,
    "encoded words": lambda: b"Subject: " + b"=?utf-8?q?" * 100_000 + END,
    "many encoded words": lambda: b"Subject: " + b"=?utf-8?q?=41?= " * 60_000 + END,
    "references": lambda: HEAD + b"References: " + b"<a@b> " * 200_000 + END,
    "open references": lambda: HEAD + b"References: " + b"<" * MEGA + END,
    "parameters": lambda: HEAD + b"Content-Type: multipart/mixed; " + b'a="b;";' * 100_000 + END,
    "continued parameters": lambda: HEAD
    + b"Content-Type: text/plain; "
    + b"; ".join(b"name*%d*=%%41" % n for n in range(50_000))
    + END,
    "base64 of 18 MB": lambda: MIXED
    + b"--x\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(noise(18 * MEGA))
    + b"--x--\r\n",
    "text in base64": lambda: encoded(b"base64")
    + base64.encodebytes(b"On " * 5 * MEGA),
    "broken base64": lambda: encoded(b"base64") + b"QQ=A" * 5 * MEGA,
    "uuencode": lambda: encoded(b"uuencode") + b"#0V%T\n" * MEGA,
    "quoted-printable": lambda: encoded(b"quoted-printable")
    + b"=\n" * 5 * MEGA,
    "punycode": lambda: charset(b"punycode") + b"a-b" * MEGA,
    "utf-7": lambda: charset(b"utf-7") + b"+AGE-" * 3 * MEGA,
    "wrong charset": lambda: charset(b"utf-8") + noise(20 * MEGA),
    "noise": lambda: noise(20 * MEGA),
    "noise behind headers": lambda: PLAIN + noise(20 * MEGA),
    "noise as HTML": lambda: HTML + noise(20 * MEGA),
    "20 unknown texts": lambda: MIXED
    + (b"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + noise(MEGA) + b"\r\n") * 20,
    "NULs": lambda: PLAIN + b"\0" * 20 * MEGA,
    "lone surrogates": lambda: charset(b"utf-16-le")
    + b"\x00\xd8" * MEGA,
    "recipients": lambda: DELIVERY + b"Final-Recipient: rfc822; a@b.example\n\n" * 200_000,
    "a long recipient": lambda: DELIVERY + b"Final-Recipient: " + b"a@" * MEGA,
    "a folded diagnostic": lambda: DELIVERY + b"Diagnostic-Code: x\n" + b" a\n" * 3 * MEGA,
    "20 reports": lambda: DELIVERY
    + b"Final-Recipient: rfc822; a@b.example\n\n--x\nContent-Type: message/delivery-status\n\n"
    * 490,
    "a report on noise": lambda: REPORT + b"message/rfc822\r\n\r\n" + noise(20 * MEGA),
    "written recipients": lambda: WRITTEN + b"<a@b.example>: no\n" * 500_000,
    "different written recipients": lambda: WRITTEN
    + b"".join(b"<a%d@b.example>: no\n" % n for n in range(200_000)),
    "at signs in a report": lambda: WRITTEN + b"<a@" * 3 * MEGA,
    "open Message-IDs in a report": lambda: WRITTEN + b"Message-ID: <" * 800_000,
    "blank Message-IDs in a report": lambda: WRITTEN + b"Message-ID:" + b" " * MEGA,
    "blanks in a report": lambda: WRITTEN + b"> " * 3 * MEGA,
    "passed on, passed on": lambda: PASSED_ON
    + b"---- Forwarded message ----\n" * 350_000,
    "passed on From": lambda: PASSED_ON + b"From: a\n" * MEGA,
    "passed on by nobody": lambda: PASSED_ON
    + b"Forwarded message\nFrom: " + b"a@" * 3 * MEGA,
    "passed on folded": lambda: PASSED_ON
    + b"Forwarded message\nFrom: a\n" + b"b" * 100 + b"\nb" * 3 * MEGA,
    "noise attached": lambda: MIXED
    + b"--x\r\nContent-Type: message/rfc822\r\n\r\n" + HEAD + b"\r\n" + noise(20 * MEGA),
    "HTML attached": lambda: MIXED
    + b"--x\r\nContent-Type: message/rfc822\r\n\r\n" + many_attributes(190),
    "attached in attached": lambda: MIXED
    + (b"--x\nContent-Type: message/rfc822\n\n" + MIXED) * 10_000,
    "styles": lambda: HTML + b'<p style="color:red">' * 15_000,
    "styles repeated": lambda: HTML
    + b"".join(b'<b style="color:#%06d;padding:1px 2px 3px 4px">' % n for n in range(190))
    + b"<p>x" * 70_000,
    "one style of a megabyte": lambda: HTML + b'<p style="' + b"color:red;" * 29_000 + b'">x',
    "colours in a style": lambda: HTML
    + (b'<p style="color:' + b"rgb(1" * 90 + b'">x') * 600,
    "semicolons in a verdict": lambda: HEAD
    + b"X-Forefront-Antispam-Report: " + b"; " * 100_000 + END,
    "armour": lambda: PLAIN + b"-----BEGIN PGP MESSAGE-----\n" * 300_000,
    "surrogates in UTF-8": lambda: PLAIN + b"\xed\xa0\x80" * MEGA,
    "4,000 levels of quotes": lambda: PLAIN + levels(4_000),
    "levels up and down": lambda: PLAIN + (levels(100) + b"b\n") * 1_500,
    "4,000 levels, flowed": lambda: FLOWED + levels(4_000),
    "lines of 100,000 characters": lambda: PLAIN + (b"a " * 50_000 + b"\n") * 100,
    "quoted lines of 100,000": lambda: PLAIN + (b"> " + b"On " * 33_000 + b"\n") * 100,
    "attributions of 100,000": lambda: PLAIN + (b"On 1.1.20 " * 10_000 + b"a@b wrote:\n") * 100,
    "one line of ten megabytes, marked": lambda: PLAIN + b">" * 10 * MEGA,
    "fields of 100,000": lambda: PLAIN + (b"From" + b" " * 100_000 + b": a\n") * 100,
    "nearly wrote": lambda: PLAIN + b"Ada Lovelace wrote:\n" * 500_000,
    "nearly wrote, quoted": lambda: PLAIN + b"Ada wrote:\n> a\nb\n" * 500_000,
    "supercited": lambda: PLAIN
    + b"".join(b'>>>>> "A%d" == Ada writes:\nA%d> a\n' % (n, n) for n in range(200_000)),
    "signed again and again": lambda: PLAIN
    + b"-----BEGIN PGP SIGNED MESSAGE-----\n\n-----BEGIN PGP SIGNATURE-----\n" * 100_000,
    "rules above a footer": lambda: PLAIN + (b"-" * 60 + b"\n") * 150_000 + b"_" * 60 + b"\nhttp://a",
    "a megabyte of folds": lambda: HEAD + b"Subject: a\r\n" + b" b\r\n" * 300_000 + END,
    "a megabyte of different headers": lambda: HEAD
    + b"".join(b"X-%d: a\r\n" % n for n in range(100_000)) + END,
    "a megabyte of Content-Type": lambda: HEAD + b"Content-Type: " + b"a/" * 500_000 + END,
    "a megabyte of boundary": lambda: HEAD
    + b"Content-Type: multipart/mixed; boundary=" + b"x" * MEGA + b"\r\n\r\n--x\r\n\r\nhi",
    "one boundary for 3,000 levels": lambda: same_boundary(3_000),
    "a tree of 10,000 leaves": lambda: HEAD + tree(4, 10),
    "a tree of 60,000 leaves": lambda: HEAD + tree(16, 2),
    "text that says it is base64": lambda: encoded(b"base64") + b"Hello there! " * MEGA,
    "base64 that says it is text": lambda: PLAIN + base64.encodebytes(noise(7 * MEGA)),
    "base64 on one line": lambda: encoded(b"base64") + b"QUJD" * 5 * MEGA,
    "base64 of one letter, spaced": lambda: encoded(b"base64") + b"Q = = \n" * 2 * MEGA,
    "Gmail's frames": lambda: HTML + b'<div class="gmail_quote">' * 190 + b"<blockquote>a" * 9
    + b"</blockquote>b" * 20_000,
    "frames side by side": lambda: HTML
    + b'<div class="gmail_quote">a<blockquote>b</blockquote>c</div>' * 5_000,
    "old from here on, again": lambda: HTML + b'a<div id="appendonsend"></div>' * 10_000,
    "paragraphs moved": lambda: HTML
    + b'<blockquote style="border:none">a</blockquote>' * 6_000,
}  # fmt: skip
