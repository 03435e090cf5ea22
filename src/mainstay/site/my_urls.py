"""Addresses under /my/."""

from django.urls import URLPattern, path

from . import my, my_card, my_page, my_papers, my_send

urlpatterns: list[URLPattern] = [
    path("", my.newsrooms, name="my-newsrooms"),
    path("unsubscribe/<uuid:reminder_id>/", my.unsubscribe, name="my-unsubscribe"),
    path("unsubscribed/", my.unsubscribed, name="my-unsubscribed"),
    path("link/<str:token>/", my.neutral_link, name="my-neutral-link"),
    path("next/", my.next_time, name="my-next"),
    path("<slug:slug>/", my.entry, name="my-entry"),
    path("<slug:slug>/link/", my.ask, name="my-ask"),
    path("<slug:slug>/link/sent/", my.asked, name="my-asked"),
    path("<slug:slug>/link/<str:token>/", my.link, name="my-link"),
    path("<slug:slug>/lost/", my.lost, name="my-lost"),
    path("<slug:slug>/lost/told/", my.told, name="my-told"),
    path("<slug:slug>/leave/", my.leave, name="my-leave"),
    path("<slug:slug>/forgotten/", my_page.forgotten, name="my-forgotten"),
    path("<slug:slug>/page/", my_page.pages, name="my-pages"),
    path("<slug:slug>/page/<uuid:page_id>/", my_page.page, name="my-page"),
    path("<slug:slug>/page/<uuid:page_id>/card/", my_card.card, name="my-card"),
    path("<slug:slug>/page/<uuid:page_id>/confirm/", my_card.confirm, name="my-confirm"),
    path("<slug:slug>/page/<uuid:page_id>/send/", my_send.send, name="my-send"),
    path("<slug:slug>/page/<uuid:page_id>/data.json", my_papers.data, name="my-data"),
    path("<slug:slug>/page/<uuid:page_id>/<int:year>.txt", my_papers.statement, name="my-statement"),
    path(
        "<slug:slug>/page/<uuid:page_id>/receipt/<uuid:payment_id>.txt", my_papers.receipt, name="my-receipt"
    ),
    path("<slug:slug>/page/<uuid:page_id>/<str:what>/", my_page.act, name="my-act"),
    path("<slug:slug>/bank/", my_card.back_from_bank, name="my-bank"),
]
