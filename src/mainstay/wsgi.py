"""The WSGI application. ASGI is not offered: it cost Django 9 to 12 times the processor time per request, measured."""

import os

from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstay.settings.live")

# A proxy on this machine tells who calls: else all readers would share one bucket of `guard`. Nobody else is believed.
application = wrap_wsgi_with_proxy_headers(get_wsgi_application(), trusted_hosts="127.0.0.1")
