"""Mail that other programs sealed: signed, encrypted, or packed by Outlook.

S/MIME (RFC 8551), OpenPGP (RFC 3156, and its armour in plain text), TNEF ([MS-OXTNEF]). Nothing
is opened here; the files stay under names their programs know, and people are told.
"""

from collections.abc import Sequence

from apps.channels.parsing.structure import Part, Walk, parameter

ENCRYPTED = "the mail is encrypted and cannot be read here"
SIGNED = "the mail is signed; the signature was not checked"
HIDDEN = "the text is wrapped in a signature and cannot be read here"
PACKED = "the mail came packed as winmail.dat, which only Outlook opens"
SEALS = {ENCRYPTED, SIGNED, HIDDEN, PACKED}
SMIME = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}
SIGNATURES = {
    "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature",
}  # fmt: skip
NAMES = {
    "text/calendar": "invitation.ics",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "version.asc",
} | dict.fromkeys(SMIME, "smime.p7m") | dict.fromkeys(TNEF, "winmail.dat")  # fmt: skip
ARMOUR = {
    "-----BEGIN PGP MESSAGE-----": ENCRYPTED,
    "-----BEGIN PGP SIGNED MESSAGE-----": SIGNED,
}


def name_of(part: Part) -> str:
    """Name a part that brought no name as the programs that read it would."""
    if part.parent == "multipart/encrypted" and part.content_type == "application/octet-stream":
        return "encrypted.asc"
    return NAMES.get(part.content_type, "")


def note_seals(walk: Walk, parts: Sequence[Part], text: str) -> None:
    """Tell what keeps the mail, or a part of it, from being read or trusted as it stands."""
    for part in parts:
        if said := _seal(part):
            walk.note(said)
    for armour, said in ARMOUR.items():
        if text.startswith(armour) or f"\n{armour}" in text:
            walk.note(said)


def _seal(part: Part) -> str:
    if part.content_type in SMIME:
        return HIDDEN if "signed" in parameter(part.message, "smime-type").lower() else ENCRYPTED
    if part.content_type == "application/pgp-encrypted" or part.parent == "multipart/encrypted":
        return ENCRYPTED
    if part.content_type in SIGNATURES:
        return SIGNED
    named = (
        parameter(part.message, "filename", "content-disposition"),
        parameter(part.message, "name"),
    )
    is_packed = part.content_type in TNEF or "winmail.dat" in map(str.lower, named)
    return PACKED if is_packed else ""
