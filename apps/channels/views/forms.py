"""The web form of an inbox: what may be typed, and the brakes."""

from uuid import uuid4

from django import forms
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from apps.channels.types import MEGABYTE

SALT = "channels.form"
QUICKEST, OLDEST = 2, 24 * 3600
MOST_FILES, MOST_FILE_BYTES = 5, 10 * MEGABYTE
HOUR = 3600
MOST_OF_ADDRESS, MOST_OF_NETWORK = 5, 30


class ContactForm(forms.Form):
    """One message. `website` is seen by machines alone."""

    name = forms.CharField(max_length=80, required=False, label="Your name")
    address = forms.EmailField(max_length=254, label="Your mail address")
    subject = forms.CharField(max_length=200, label="Subject")
    text = forms.CharField(max_length=20_000, strip=False, label="Message")
    website = forms.CharField(max_length=200, required=False)

    def clean_text(self) -> str:
        """Ask for more than spaces."""
        text: str = self.cleaned_data["text"]
        if not text.strip():
            raise forms.ValidationError("Write what it is about.")
        return text

    def clean_address(self) -> str:
        """Take only what a mail's head can carry."""
        address: str = self.cleaned_data["address"]
        if not address.isascii() or '"' in address:
            raise forms.ValidationError("Enter a plain mail address.")
        return address


def new_stamp(slug: str, at: float) -> str:
    """What a form carries to say which one it is, and since when it is open."""
    return signing.dumps([uuid4().hex, slug, int(at)], salt=SALT)


def key_of(stamp: str, slug: str, at: float) -> tuple[str, str]:
    """The form's key, and what is wrong with the moment it comes at."""
    try:
        key, of, opened = signing.loads(stamp, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return "", "This form is not from here. Please send it once more."
    if of != slug or at - opened > OLDEST:
        return "", "This form was open for too long. Please send it once more."
    if at - opened < QUICKEST:
        return key, "That was very quick. Please send it once more."
    return key, ""


def why_not_files(files: list[UploadedFile]) -> str:
    """What is wrong with the files, in a sentence."""
    if len(files) > MOST_FILES:
        return f"Send at most {MOST_FILES} files."
    if sum(file.size or 0 for file in files) > MOST_FILE_BYTES:
        return f"The files are larger than {MOST_FILE_BYTES // MEGABYTE} MB together."
    return ""


def why_braked(request: HttpRequest, address: str) -> str:
    """Count this try; says so once an address or a network had too many of an hour.

    While the cache is away nobody is counted, and everybody is let in.
    """
    counted = (
        (f"form:address:{signing.Signer(salt=SALT).signature(address.lower())}", MOST_OF_ADDRESS),
        (f"form:network:{network_of(request)}", MOST_OF_NETWORK),
    )
    if all(_count(key) <= most for key, most in counted):
        return ""
    return "Too many messages came from you. Please try again in an hour, or write a mail."


def network_of(request: HttpRequest) -> str:
    """The neighbourhood of whoever asks; a proxy adds its caller at the end."""
    heard: str = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_TLS:
        heard = request.headers.get("X-Forwarded-For", heard).rpartition(",")[2].strip()
    is_six = ":" in heard
    pieces = heard.split(":" if is_six else ".")
    return "-".join(piece[:4] for piece in pieces[:3])


def _count(key: str) -> int:
    """The number of this try within an hour of the first. Tries at once have different ones."""
    cache.add(key, 0, HOUR)
    try:
        return cache.incr(key)
    except ValueError:
        return 0
