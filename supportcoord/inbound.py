"""The mail providers whose webhooks are known, as settings name them."""

KEEPERS = ("brevo", "mailtrap", "resend")
"""Those that tell of a mail and keep it, or its files, until somebody fetches it."""

WEBHOOKS = (
    *KEEPERS,
    "mailersend",
    "mailgun",
    "mailjet",
    "mandrill",
    "postal",
    "postmark",
    "sendgrid",
    "ses",
    "sparkpost",
)
