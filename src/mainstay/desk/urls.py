"""Addresses under /desk/."""

from django.urls import URLPattern, path

from . import (
    account,
    audit_log,
    contributions,
    lost_codes,
    message,
    message_preview,
    newsroom_settings,
    refunds,
    sign_in,
    staff,
    till,
    today,
)

app_name = "desk"
urlpatterns: list[URLPattern] = [
    path("", today.front, name="front"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("account/", account.account, name="account"),
    path("account/language/", account.change_language, name="change_language"),
    path("account/password/", account.change_password, name="change_password"),
    path("account/newsroom/", account.choose_newsroom, name="choose_newsroom"),
    path("today/", today.today, name="today"),
    path("contributions/", contributions.contributions, name="contributions"),
    path("contributions/by-code/", contributions.by_code, name="by_code"),
    path("contributions/<uuid:contribution_id>/", contributions.contribution, name="contribution"),
    path("contributions/<uuid:contribution_id>/stop/", contributions.stop, name="stop"),
    path("payments/<uuid:payment_id>/refund/", refunds.refund, name="refund"),
    path("lost-codes/", lost_codes.lost_codes, name="lost_codes"),
    path("lost-codes/<uuid:report_id>/close/", lost_codes.close_lost, name="close_lost"),
    path("lost-codes/<uuid:report_id>/stop/<uuid:contribution_id>/", lost_codes.stop_lost, name="stop_lost"),
    path("till/", till.till, name="till"),
    path("till/<slug:name>/", till.turn, name="turn"),
    path("staff/", staff.staff, name="staff"),
    path("staff/<uuid:staff_id>/", staff.change_staff, name="change_staff"),
    path("settings/", newsroom_settings.newsroom_settings, name="settings"),
    path("message/", message.message, name="message"),
    path("message/begin/", message.begin, name="message_begin"),
    path("message/history/", message.history, name="message_history"),
    path("message/undo/", message.undo, name="message_undo"),
    path("message/switch/", message.switch, name="message_switch"),
    path("message/preview/", message_preview.preview, name="preview"),
    path("message/preview/keep/", message_preview.keep_preview, name="keep_preview"),
    path("log/", audit_log.audit_log, name="log"),
]
