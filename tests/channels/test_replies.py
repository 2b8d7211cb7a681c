"""The new text of a reply is found in what mail programs send, and never lost."""

import pytest

from apps.channels.parsing.quotes import split_reply

HISTORY = "> Dear Ada,\n> it is on its way.\n>\n> Bob"
OUTLOOK = "-----Original Message-----\nFrom: Help\nTo: Ada\nSubject: Parcel"

ANNOUNCED = [
    "On Mon, 2 Nov 2026 at 09:15, Help <help@desk.example> wrote:",
    "On 2 Nov 2026, at 9:15, Help wrote:",
    "On Mon, 2 Nov 2026 at 09:15, Help\n<help@desk.example>\nwrote:",
    "Am 02.11.26 um 09:15 schrieb Help <help@desk.example>:",
    "Am Montag, 2. November 2026 schrieb Help:",
    "Le lun. 2 nov. 2026 à 09:15, Help <help@desk.example> a écrit :",
    "El lun, 2 nov 2026 a las 9:15, Help (<help@desk.example>) escribió:",
    "Il giorno lun 2 nov 2026 alle ore 09:15 Help <help@desk.example> ha scritto:",
    "Em seg., 2 de nov. de 2026 às 09:15, Help <help@desk.example> escreveu:",
    "Op ma 2 nov. 2026 om 09:15 schreef Help <help@desk.example>:",
    "Den mån 2 nov. 2026 kl 09:15 skrev Help <help@desk.example>:",
    "W dniu 2.11.2026 o 09:15, Help pisze:",
    "02.11.2026 09:15 пользователь Help <help@desk.example> написал:",
    "2026年11月2日(月) 9:15 Help <help@desk.example>のメッセージ:",
    "在 2026年11月2日，09:15，Help <help@desk.example> 写道：",  # noqa: RUF001
    "Mon, 02 Nov 2026 09:15:00 +0300 от Help <help@desk.example>:",
    "--- On Mon, 2/11/26, Help <help@desk.example> wrote:",
]


@pytest.mark.parametrize("announced", ANNOUNCED)
def test_history_under_an_attribution_is_left_out(announced):
    reply = split_reply(f"Thanks, got it.\n\n{announced}\n\n{HISTORY}\n")

    assert (reply.visible, reply.because) == ("Thanks, got it.", "attribution")


@pytest.mark.parametrize(
    "header",
    [
        "-----Original Message-----\nFrom: Help\nTo: Ada\nSubject: Parcel",
        "________________________________\nFrom: Help <h@x>\nSent: Monday\nSubject: Parcel",
        "*From:* Help [mailto:h@x]\n*Sent:* Monday\n*To:* Ada\n*Subject:* Parcel",
        "Von: Help <h@x>\nGesendet: Montag\nAn: Ada\nBetreff: Paket",
        "De : Help\nEnvoyé : lundi\nÀ : Ada\nObjet : colis",
        "---------- Forwarded message ---------\nFrom: Help",
    ],
)
def test_history_under_a_header_block_is_left_out(header):
    reply = split_reply(f"Thanks, got it.\n\n{header}\n\nDear Ada,\nit is on its way.\n")

    assert (reply.visible, reply.because) == ("Thanks, got it.", "header")


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote: nothing came.\nStill nothing.",
        "On 3 May he wrote: I will come.\nHe did not.",
        "From: Berlin\nI ordered three chairs.",
        "I pay 10 > 5 euros",
        "Sent from my desk, which is easier than my phone.",
        "Order\n______________________\nA-1042\n______________________\nplease send it",
        "Questions:\nto: you\ncc: me",
        "A -- B\nC",
    ],
)
def test_ordinary_words_are_never_taken_for_history(text):
    assert split_reply(text).visible == text


def test_an_answer_below_the_quote_is_found():
    text = f"On 2 Nov 2026, at 9:15, Help wrote:\n{HISTORY}\n\nIt came.\nThanks!\n\n-- \nAda"

    assert split_reply(text).visible == "It came.\nThanks!"


def test_answers_between_quotes_keep_what_they_answer():
    text = "On 2 Nov 2026, at 9:15, Help wrote:\n> Red?\nYes.\n> Or blue?\nNo.\n> Bye"

    assert split_reply(text).visible == (
        "On 2 Nov 2026, at 9:15, Help wrote:\n> Red?\nYes.\n> Or blue?\nNo."
    )


def test_a_wrapped_quote_is_no_answer():
    long = "> it is a very long line that some mail server wrapped at its eightieth"
    text = f"Thanks.\n\nOn 2 Nov 2026, at 9:15, Help wrote:\n{long}\ncolumn\n> and on.\n"

    assert split_reply(text).visible == "Thanks."


@pytest.mark.parametrize(
    "ending",
    [
        "-- \nAda Lovelace\n+44 1",
        "—\nAda",
        "Sent from my iPhone",
        "Get Outlook for iOS",
        "Von meinem iPhone gesendet",
        "______________________________\nshoppers mailing list\nhttp://lists.example.org",
    ],
)
def test_a_signature_is_left_out(ending):
    assert split_reply(f"Where is it?\n\n{ending}\n").visible == "Where is it?"


def test_a_mail_that_only_quotes_says_nothing_new():
    text = f"On 2 Nov 2026, at 9:15, Help wrote:\n{HISTORY}"

    assert (split_reply(text).visible, split_reply(HISTORY).visible) == ("", "")


@pytest.mark.parametrize(
    "text",
    [
        "-----Original Message-----\nFrom: Help\nSubject: x\n\nDear Ada",
        "--\nAda",
        "Sent from my iPhone",
        "On 2 Nov 2026 at 9:15, Help <h@x> wrote:\nnot quoted",
    ],
)
def test_what_would_leave_nothing_is_kept_whole(text):
    assert split_reply(text).visible == text.strip()


def test_nothing_says_nothing():
    assert split_reply("").visible == ""


@pytest.mark.parametrize(
    "announced",
    [
        "Dan Brickley wrote:",
        "Robin Frank <robin@desk.example> writes:",
        "Hans Müller schrieb:",
        "Jean de la Tour a écrit :",
        "[Tim Peters]",
        "On 06 September 2002, Tim Peters said:",
        "Once upon a time, Julian wrote :",
        "-----Original Message-----\nFrom: Help\nTo: Ada\nSubject: Parcel\n",
        '>>>>> "H" == Help Desk <help@desk.example> writes:\n\n    H> Dear Ada,',
        "",
    ],
)
def test_a_quotation_above_all_words_goes_with_what_announces_it(announced):
    assert split_reply(f"{announced}\n{HISTORY}\n\nIt came.").visible == "It came."


@pytest.mark.parametrize(
    "text",
    [
        "The error said:\n> Error 42\nPlease help.",
        "I read what your colleague from the warehouse in the south wrote:\n> Soon.\nWhen?",
        "It fails. Help wrote:\n> Soon.\nWhen?",
        "It fails with this message:\n> Error 42: disk full",
        "It fails when I call\n>>> parcel.track()",
        "Please look\n>From the beginning it was broken.",
        "Wysłane z magazynu wczoraj",
        "I want to go\nFrom: Berlin\nTo: Paris\nDate: 3 May\nPlease book.",
        "Nothing came.\nOn 3 May at 10:15 your colleague wrote:\nI will come.\nHe did not.",
        "First order\n--\nSecond order\n--\nThird order\n--\nPlease send all.",
        "It stops here:\nBEGIN\n  --\n  INSERT INTO test VALUES (x);\nEND;",
        "Where is it?\nSent via DHL yesterday",
        "Totals\n----------------------------------------\n42 euros, see http://shop.example",
    ],
)
def test_what_a_person_quotes_or_types_is_kept(text):
    assert split_reply(text).visible == text


def test_a_quotation_between_a_greeting_and_the_answer_goes_when_it_is_announced():
    text = f"Hi,\n\nOn 2 Nov 2026, at 9:15, Help wrote:\n\n{HISTORY}\n\nIt came."

    assert split_reply(text).visible == "Hi,\n\nIt came."
    assert split_reply("Hi,\n> Error 42\nHelp!").visible == "Hi,\n> Error 42\nHelp!"


def test_answers_below_an_old_header_are_found():
    text = f"See below.\n\n{OUTLOOK}\n\n> Red?\nYes.\n> Or blue?\nNo."

    assert split_reply(text).visible == text


def test_a_signed_text_is_read_without_its_wrapper():
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nOn 2 Nov 2026, at 9:15, Help wrote:\n"
        f"{HISTORY}\n\nIt came.\n- - in time\n\n- -- \nAda\n-----BEGIN PGP SIGNATURE-----\n"
        "Version: GnuPG\n\niD8DBQE9\n-----END PGP SIGNATURE-----\n"
    )

    assert split_reply(text).visible == "It came.\n- in time"


def test_a_wrapper_that_is_not_whole_stays():
    text = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nIt came.\n- --\nAda"

    assert split_reply(text).visible == text


def test_an_advertisement_goes_with_the_footer_of_a_list():
    rule = "-" * 55
    text = f"It came.\n\n{rule}\nRead http://geek.example\n{'_' * 47}\nhttp://lists.example/x"

    assert split_reply(text).visible == "It came."
