"""Addresses under /support/."""

from django.urls import path

from .support import after, choose, debit, elsewhere, kept, leave, paying, remind

app_name = "support"
urlpatterns = [
    path("<slug:slug>/", choose.choose, name="choose"),
    path("<slug:slug>/card/", paying.card, name="card"),
    path("<slug:slug>/how/", elsewhere.how, name="how"),
    path("<slug:slug>/approve/", elsewhere.approve, name="approve"),
    path("<slug:slug>/pay/", paying.pay_now, name="pay"),
    path("<slug:slug>/sign/", debit.sign_now, name="sign"),
    path("<slug:slug>/warned/", paying.warned, name="warned"),
    path("<slug:slug>/refused/", paying.refused, name="refused"),
    path("<slug:slug>/ways/", paying.ways, name="ways"),
    path("<slug:slug>/traces/", leave.traces, name="traces"),
    path("<slug:slug>/kept/", kept.kept, name="kept"),
    path("<slug:slug>/leave/", leave.leave, name="leave"),
    path("<slug:slug>/return/", after.back, name="return"),
    path("<slug:slug>/status/", after.status, name="status"),
    path("<slug:slug>/thanks/", after.thanks, name="thanks"),
    path("<slug:slug>/receipt/", after.receipt, name="receipt"),
    path("<slug:slug>/dates.ics", after.dates, name="dates"),
    path("<slug:slug>/remind/", remind.remind, name="remind"),
    path("<slug:slug>/reminder.ics", remind.reminder_file, name="reminder_file"),
]
