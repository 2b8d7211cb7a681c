"""The mail drill: mails in by IMAP and LMTP, replies out, while everything is killed."""
