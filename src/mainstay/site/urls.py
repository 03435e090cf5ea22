"""All addresses of the program, by the folder that they begin with."""

from django.urls import URLPattern, URLResolver, include, path

from . import health, hooks, mirrors

urlpatterns: list[URLPattern | URLResolver] = [
    path("ask/", include("mainstay.site.ask_urls")),
    path("support/", include("mainstay.site.support_urls")),
    path("hooks/<slug:processor>/<uuid:account_id>/", hooks.hook, name="hook"),
    path("addresses/<slug:slug>/", mirrors.addresses, name="addresses"),
    path("addresses/<slug:slug>/list.json", mirrors.signed_list, name="signed_list"),
    path("addresses/<slug:slug>/list.json.minisig", mirrors.signature, name="signature"),
    path("my/", include("mainstay.site.my_urls")),
    path("desk/", include("mainstay.desk.urls")),
    path("healthz", health.healthz),
    path("metrics", health.show_metrics),
]
handler404 = "mainstay.site.errors.not_found"
handler500 = "mainstay.site.errors.failed"
