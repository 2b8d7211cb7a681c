"""Addresses of tickets."""

from django.urls import path

from apps.tickets.api.messages import (
    AttachmentContent,
    MessageDetail,
    MessageList,
    MessageWithdrawal,
)
from apps.tickets.api.views import TicketDetail, TicketList, Timeline

urlpatterns = [
    path("tickets/", TicketList.as_view()),
    path("tickets/<int:ticket_id>/", TicketDetail.as_view()),
    path("tickets/<int:ticket_id>/messages/", MessageList.as_view()),
    path("tickets/<int:ticket_id>/messages/<int:message_id>/", MessageDetail.as_view()),
    path("messages/<int:message_id>/withdraw/", MessageWithdrawal.as_view()),
    path("tickets/<int:ticket_id>/attachments/<int:attachment_id>/", AttachmentContent.as_view()),
    path("tickets/<int:ticket_id>/timeline/", Timeline.as_view()),
]
