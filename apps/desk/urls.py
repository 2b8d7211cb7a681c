"""Addresses of the desk."""

from django.urls import path

from apps.desk.views import (
    acting,
    deciding,
    files,
    following,
    layouts,
    listing,
    preferring,
    ticket,
)

app_name = "desk"
TICKET = "tickets/<int:number>/"
MESSAGE = f"{TICKET}messages/<int:message_id>/"

urlpatterns = [
    path("", listing.ticket_list, name="list"),
    path("preferences/", preferring.preferences, name="preferences"),
    path(TICKET, ticket.ticket_page, name="ticket"),
    path(f"{TICKET}live/", ticket.live_ticket, name="live"),
    path(f"{TICKET}write/", acting.write_message, name="write"),
    path(f"{TICKET}change/", acting.change, name="change"),
    path(f"{TICKET}followers/", following.change_followers, name="followers"),
    path(f"{TICKET}attachments/<int:attachment_id>/", files.attachment, name="attachment"),
    path(f"{MESSAGE}undo/", deciding.take_back, name="undo"),
    path(f"{MESSAGE}arrived/", deciding.arrived, name="arrived"),
    path(f"{MESSAGE}again/", deciding.again, name="again"),
    path(f"{MESSAGE}original/", files.original, name="original"),
    path(f"{MESSAGE}original/mail/", files.original_mail, name="original_mail"),
    path(f"{MESSAGE}original/layout/", layouts.layout, name="layout"),
    path(f"{MESSAGE}original/body/", layouts.original_body, name="original_body"),
]
