"""Settings of every installation. `live` and `test` and the demo's settings build on this."""

from pathlib import Path

from csp.constants import NONE, SELF

from . import environment as env

PACKAGE = Path(__file__).resolve().parent.parent
STATE = Path(env.text("MAINSTAY_STATE", "var"))

SECRET_KEY = env.text("MAINSTAY_SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS = env.words("MAINSTAY_HOSTS", "localhost,127.0.0.1")
PUBLIC_URL = env.text("MAINSTAY_URL", "http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "mainstay.audit",
    "mainstay.jobs",
    "mainstay.newsrooms",
    "mainstay.guard",
    "mainstay.message",
    "mainstay.contributions",
    "mainstay.ledger",
    "mainstay.letters",
    "mainstay.collection",
    "mainstay.supporters",
    "mainstay.moving",
    "mainstay.alarms",
    "mainstay.site",
    "mainstay.desk",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "mainstay.site.middleware.Headers",
    "mainstay.site.middleware.SmallBodies",
    "mainstay.site.middleware.ReaderLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "mainstay.site.middleware.PlainText",
    "mainstay.desk.middleware.StaffSession",
]
ROOT_URLCONF = "mainstay.site.urls"
WSGI_APPLICATION = "mainstay.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "csp.context_processors.nonce",
                "mainstay.site.context.page",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

DATABASES = {
    "default": env.database(env.text("DATABASE_URL", f"sqlite:///{STATE.absolute()}/mainstay.sqlite3"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "newsrooms.Staff"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "desk"
SESSION_COOKIE_PATH = "/desk/"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "form"
# Until the browser closes: a year on the device would tell who opened the support page.
CSRF_COOKIE_AGE = None
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "mainstay.site.errors.form_expired"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ru", "Русский"), ("ar", "العربية")]
DESK_LANGUAGES = ["en", "ru"]
LOCALE_PATHS = [PACKAGE / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = STATE / "static"
STATICFILES_DIRS = sorted(PACKAGE.glob("processors/*/static"))
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
WHITENOISE_MAX_AGE = 3600

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
# Not "no-referrer": with it a browser sends `Origin: null` on our own forms, and Django refuses them.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("MAINSTAY_SMTP_HOST", "127.0.0.1")
EMAIL_PORT = env.number("MAINSTAY_SMTP_PORT", 25)
EMAIL_HOST_USER = env.text("MAINSTAY_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.text("MAINSTAY_SMTP_PASSWORD", "")
EMAIL_USE_TLS = env.switch("MAINSTAY_SMTP_TLS", default=False)
EMAIL_TIMEOUT = 20

MAINSTAY_PUZZLES = True
MAINSTAY_DKIM_KEY = env.text("MAINSTAY_DKIM_KEY", "")
MAINSTAY_DKIM_SELECTOR = env.text("MAINSTAY_DKIM_SELECTOR", "mainstay")

MAINSTAY_KEYS = env.text("MAINSTAY_KEYS", "")
MAINSTAY_SECRETS_FILE = env.text("MAINSTAY_SECRETS_FILE", "")
MAINSTAY_VAULT_SOCKET = env.text("MAINSTAY_VAULT_SOCKET", str(STATE / "vault.sock"))
MAINSTAY_DESK_SOCKET = env.text("MAINSTAY_DESK_SOCKET", str(STATE / "desk.sock"))
MAINSTAY_MIRRORS_KEY = env.text("MAINSTAY_MIRRORS_KEY", "")
MAINSTAY_ONION = env.text("MAINSTAY_ONION", "").rstrip("/")
MAINSTAY_BACKUP_FOR = env.words("MAINSTAY_BACKUP_FOR", "")
MAINSTAY_LEGAL_HOLD = env.switch("MAINSTAY_LEGAL_HOLD", default=False)
MAINSTAY_LEAVE_URL = env.text("MAINSTAY_LEAVE_URL", "")
MAINSTAY_WORKER_THREADS = env.number("MAINSTAY_WORKER_THREADS", 24)
MAINSTAY_WATCH_TOKEN = env.text("MAINSTAY_WATCH_TOKEN", "")
MAINSTAY_ALARM_MAIL = env.words("MAINSTAY_ALARM_MAIL", "")
MAINSTAY_ALARM_WEBHOOK = env.text("MAINSTAY_ALARM_WEBHOOK", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"event": {"()": "mainstay.core.logs.EventFormatter"}},
    "handlers": {"events": {"class": "logging.StreamHandler", "formatter": "event"}},
    "root": {"handlers": ["events"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["events"], "level": "ERROR", "propagate": False},
        "django.request": {"handlers": ["events"], "level": "ERROR", "propagate": False},
        "mainstay": {"handlers": ["events"], "level": "INFO", "propagate": False},
    },
}
