"""The WSGI application. ASGI is not offered: it cost Django 9 to 12 times the processor time per request, measured."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstay.settings.live")

application = get_wsgi_application()
