"""Mail as files in a folder: what a desk without a mail server would have sent."""

import os
import re
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class OutboxBackend(BaseEmailBackend):
    """Writes each mail as one ``.eml`` that any mail program opens.

    The name is made of the mail's own date and Message-ID, so a mail written twice is one file.
    """

    def __init__(self, file_path: str | Path | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.folder = Path(file_path or settings.EMAIL_FILE_PATH)  # type: ignore[misc]

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write mails, each whole or not at all. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for mail in email_messages:
            self.write(mail)
        return len(email_messages)

    def write(self, mail: EmailMessage) -> None:
        built = mail.message()
        at = parsedate_to_datetime(str(built["Date"]))
        identifier = re.sub(r"[^A-Za-z0-9.-]", "", str(built["Message-ID"]).partition("@")[0])
        name = f"{at:%Y%m%dT%H%M%S}-{identifier[:100]}.eml"
        draft = self.folder / f".{name}.{os.getpid()}"
        with draft.open("wb") as file:
            file.write(built.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / name)
