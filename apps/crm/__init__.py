"""Contacts and notes kept in step with a CRM."""
