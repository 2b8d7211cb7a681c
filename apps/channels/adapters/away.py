"""What every way out raises when nothing was handed over."""

from apps.core.errors import Unavailable


class MailServerAway(Unavailable):
    """Nothing was handed over; later it may be."""

    message = "The mail server takes no mail at the moment: {cause}"
