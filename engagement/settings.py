"""The one settings file. Everything that differs between installations comes from the environment.

Each variable is explained above its line and listed in `.env.example`; a wrong value stops the start and
names itself (see `engagement.environment`).
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from engagement.core import logs
from engagement.environment import Environment
from engagement.schedule import beat_schedule

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = Environment()

# Where the site keeps what it makes: the embedded database, uploads, exports, the worker's files.
VAR_DIR = Path(ENV.text("VAR_DIR", str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)

# --- identity -------------------------------------------------------------------------------------------

# The name in the head of every page and message.
SITE_NAME = ENV.text("SITE_NAME", "Soundings")
# Who runs this installation; stands in the foot, in messages and in the privacy notice.
ORGANISATION_NAME = ENV.text("ORGANISATION_NAME", "North East Local Enterprise Partnership")
# The address of the site as people see it. Links in messages come from here, never from a request.
SITE_URL = ENV.address("SITE_URL", "http://127.0.0.1:8000", ("http", "https")).rstrip("/")
# Where a person who needs help writes to.
CONTACT_EMAIL = ENV.text("CONTACT_EMAIL", "engagement@soundings.example")
# Where answers on paper are sent, commas between its lines. Empty: printed surveys name the e-mail address only.
POSTAL_ADDRESS = ENV.words("POSTAL_ADDRESS", "")

# --- safety ---------------------------------------------------------------------------------------------

# Show error details in the browser. Never on a machine that others can reach.
DEBUG = ENV.yes("DEBUG", "no")


def _own_secret() -> str:
    """A secret made once and kept in VAR_DIR, so that the embedded default needs no configuration."""
    path = VAR_DIR / "secret-key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(secrets.token_urlsafe(50))
    return path.read_text(encoding="ascii").strip()


# Signs sessions and links. Empty: one is made and kept in VAR_DIR.
SECRET_KEY = ENV.text("SECRET_KEY", "") or _own_secret()
# Earlier secrets, still accepted while one is being replaced.
SECRET_KEY_FALLBACKS = ENV.words("SECRET_KEY_FALLBACKS", "")
# Host names under which the site answers, with commas between. The host of SITE_URL is always among them.
ALLOWED_HOSTS = [*ENV.words("ALLOWED_HOSTS", "127.0.0.1,localhost"), urlsplit(SITE_URL).hostname or ""]
# Origins that may post forms besides the site's own, e.g. https://consult.example.org
CSRF_TRUSTED_ORIGINS = ENV.words("CSRF_TRUSTED_ORIGINS", "")
# How many proxies stand in front and set X-Forwarded-For and X-Forwarded-Proto; 0 means none is believed.
TRUSTED_PROXY_COUNT = ENV.whole_number("TRUSTED_PROXY_COUNT", "0")

SECURE = SITE_URL.startswith("https:")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Hours without a request after which a person has to sign in again.
SESSION_COOKIE_AGE = ENV.whole_number("SESSION_HOURS", "20", least=1) * 3600
SESSION_SAVE_EVERY_REQUEST = False
SECURE_SSL_REDIRECT = SECURE and ENV.yes("REDIRECT_TO_HTTPS", "yes")
# Who asks for health stands on this side of the proxy.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "engagement.core.errorpages.csrf_failure"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# The largest file that may be uploaded, in megabytes.
UPLOAD_MEGABYTES = ENV.whole_number("UPLOAD_MEGABYTES", "20", least=1)
# All files of one page together, in megabytes.
UPLOAD_TOGETHER_MEGABYTES = ENV.whole_number("UPLOAD_TOGETHER_MEGABYTES", "100", least=1)
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "engagement.core.uploading.LimitedFileUploadHandler",
]
# The virus scanner (clamd) that every uploaded file is shown to; empty where there is none.
CLAMD = ENV.address("CLAMD", "", ("tcp", "unix"))

# --- the house ------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "engagement.core",
    "engagement.audit",
    "engagement.messaging",
    "engagement.accounts",
    "engagement.plans",
    "engagement.stakeholders",
    "engagement.events",
    "consultations.programme",
    "consultations.surveys",
    "consultations.invitations",
    "consultations.submissions",
    "consultations.evidence",
    "consultations.notices",
    "consultations.analysis",
    "consultations.summaries",
    "consultations.exports",
    "consultations.dashboards",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.forms",  # its widgets' templates, for TemplatesSetting
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "anymail",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "engagement.core.middleware.LanguageMiddleware",
    "engagement.core.middleware.PrivatePagesMiddleware",
    "engagement.core.middleware.WholeAddressesMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "engagement.urls"
WSGI_APPLICATION = "engagement.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "engagement.core.context.site",
            ],
            "builtins": ["engagement.core.templatetags.ui"],
        },
    }
]
# Our own pack: templates/crispy/.
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "crispy"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- data -----------------------------------------------------------------------------------------------

# The database. PostgreSQL for real work; the default is an SQLite file in VAR_DIR.
DATABASES = {"default": ENV.database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'soundings.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at BEGIN, so that read-then-write never fails half way with "locked";
    # FULL makes an acknowledged write survive a power cut, as PostgreSQL's default does.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
        "PRAGMA foreign_keys=ON;PRAGMA mmap_size=134217728;",
    }
else:
    # Seconds a connection is kept for the next request; checked before use, so a restarted server is no error.
    DATABASES["default"]["CONN_MAX_AGE"] = ENV.whole_number("DATABASE_KEEP_SECONDS", "60")
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Let PostgreSQL plan a statement once for each connection and not each time it is asked. Choose "no" behind a
    # pooler that hands its connections from transaction to transaction and cannot keep prepared statements.
    if ENV.yes("DATABASE_PREPARED", "yes"):
        DATABASES["default"]["OPTIONS"] = {"server_side_binding": True, "prepare_threshold": 3}

# The broker of Celery and the shared cache. Empty: the `demo` command starts one of its own, and everything
# else keeps its cache in the database.
REDIS_URL = ENV.address("REDIS_URL", "", ("redis", "rediss", "redis+socket", "unix"))
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL.replace("redis+socket://", "unix://"),
            "KEY_PREFIX": "soundings",
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
SESSION_ENGINE = "engagement.accounts.sessions"

MEDIA_ROOT = VAR_DIR / "files"
# Uploads are never served by address: a view checks who asks and sends the file.
MEDIA_URL = ""
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static-built"
# With the manifest each file's name carries its hash; needs `collectstatic`, which the image build runs.
STATIC_MANIFEST = ENV.yes("STATIC_MANIFEST", "no")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not STATIC_MANIFEST

# --- language and time ----------------------------------------------------------------------------------

# The language that everything is written in; staff pages always are.
LANGUAGE_CODE = "en-gb"
# The languages of the pages for partners and the public: en, cy. English is always among them; with nothing else
# there is no switch.
LANGUAGES_OFFERED = ENV.some_of("LANGUAGES_OFFERED", "en,cy", ("en", "cy"))
LANGUAGES = [
    found for found in (("en-gb", "English"), ("cy", "Cymraeg")) if found[0].partition("-")[0] in LANGUAGES_OFFERED
]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SECURE, LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SAMESITE = SECURE, True, "Lax"
USE_I18N = True
USE_TZ = True
# The zone in which people read times; instants are stored in UTC.
TIME_ZONE = ENV.zone("DISPLAY_TIME_ZONE", "Europe/London")
# "Friday 8 February 2019, 11:59pm" comes from the `moment` filter; these serve Django's own widgets.
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d %b %Y"]

# --- people ---------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["engagement.accounts.backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboards:home"
LOGOUT_REDIRECT_URL = "dashboards:front"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "engagement.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "engagement.accounts.forms.SignInForm",
    "signup": "engagement.accounts.forms.SignUpForm",
    "add_email": "engagement.accounts.forms.AddressForm",
    "reset_password": "engagement.accounts.forms.ForgottenPasswordForm",
}
# Mail may be slow: a code is good for a quarter of an hour and can be sent again; the sign-in itself waits longer.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_TIMEOUT = 20 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# People hear by mail when their password, address or second step changes, and prove themselves before changing them.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_GET = False
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
MFA_ADAPTER = "engagement.accounts.adapter.SecondStepAdapter"

# --- messages -------------------------------------------------------------------------------------------

# Where mail goes: smtp://user:password@host:port, smtps:// or smtp+tls://; provider: hands it to MAIL_PROVIDER; empty
# writes it to the console.
_mail = urlsplit(ENV.address("EMAIL_URL", "", ("smtp", "smtps", "smtp+tls", "console", "memory", "provider")))
# The service that mail goes through, where it is one of these: it reports what came back. Empty: none of them.
MAIL_PROVIDER = ENV.one_of("MAIL_PROVIDER", "", ("", "POSTMARK", "MAILGUN", "SENDGRID", "BREVO", "SPARKPOST")).lower()
# The key that the provider gave for sending, and the one that signs its reports (Mailgun only).
MAIL_PROVIDER_KEY = ENV.text("MAIL_PROVIDER_KEY", "")
MAIL_PROVIDER_SIGNING_KEY = ENV.text("MAIL_PROVIDER_SIGNING_KEY", "")
# user:password of the address that the provider reports to: https://user:password@the.site/messages/reports/
MAIL_REPORT_SECRET = ENV.text("MAIL_REPORT_SECRET", "")
_key_names = {"postmark": "POSTMARK_SERVER_TOKEN"}
ANYMAIL = {
    _key_names.get(MAIL_PROVIDER, f"{MAIL_PROVIDER}_API_KEY".upper()): MAIL_PROVIDER_KEY,
    **({"MAILGUN_WEBHOOK_SIGNING_KEY": MAIL_PROVIDER_SIGNING_KEY} if MAIL_PROVIDER_SIGNING_KEY else {}),
    "WEBHOOK_SECRET": MAIL_REPORT_SECRET,
    "IGNORE_UNSUPPORTED_FEATURES": True,
}
EMAIL_BACKEND = {
    "": "django.core.mail.backends.console.EmailBackend",
    "console": "django.core.mail.backends.console.EmailBackend",
    "memory": "django.core.mail.backends.locmem.EmailBackend",
    "provider": f"anymail.backends.{MAIL_PROVIDER}.EmailBackend",
}.get(_mail.scheme, "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = _mail.hostname or "127.0.0.1"
EMAIL_PORT = _mail.port or 25
EMAIL_HOST_USER = _mail.username or ""
EMAIL_HOST_PASSWORD = _mail.password or ""
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
EMAIL_TIMEOUT = 20
# Show the messages that the `demo` command caught at /mail/, to everybody. Never on a machine that others can reach.
MAIL_CATCHER = ENV.yes("MAIL_CATCHER", "no")
# The sender of every message.
DEFAULT_FROM_EMAIL = ENV.text("DEFAULT_FROM_EMAIL", "Soundings <noreply@soundings.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# The mailbox that returned messages arrive in: imaps://user:password@host/INBOX, maildir:/path or mbox:/path. Empty:
# none.
BOUNCE_MAILBOX = ENV.address("BOUNCE_MAILBOX", "", ("imaps", "imap", "maildir", "mbox"))
# When messages that can wait may leave, on working days; bank holidays of England and Wales are none. Empty: always.
SENDING_HOURS = ENV.hours("SENDING_HOURS", "08:00-18:00")
# The most messages that one person gets within seven days without having caused them, and within a day of any kind;
# 0 means no limit.
MESSAGES_A_WEEK = ENV.whole_number("MESSAGES_A_WEEK", "2")
MESSAGES_A_DAY = ENV.whole_number("MESSAGES_A_DAY", "20")
# A trial site writes only to these addresses and domains (anna@partner.example, @partner.example). Empty: to everybody.
MESSAGES_ONLY_TO = ENV.words("MESSAGES_ONLY_TO", "")
# Stands before the subject of every message, so that nobody takes a trial for the real thing: [TRIAL]
SUBJECT_PREFIX = ENV.text("SUBJECT_PREFIX", "")
# Months after which the text of a message is deleted; that it was sent, to whom and when, stays.
MESSAGE_MONTHS = ENV.whole_number("MESSAGE_MONTHS", "12", least=1)

# --- what apps add to each other ------------------------------------------------------------------------

# Functions by their dotted names, so that what stands below learns from what stands above without importing it.
from engagement.hooks import *  # noqa: E402, F403 - every name in there is a setting

# --- tasks ----------------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1}
CELERY_TASK_SERIALIZER, CELERY_ACCEPT_CONTENT = "json", ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_TASK_SOFT_TIME_LIMIT = 1800
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_PUBLISH_RETRY = False
# Seconds between two sweeps of what is due: messages, lifecycles by the clock, jobs whose task was lost.
TICK_SECONDS = ENV.whole_number("TICK_SECONDS", "15", least=1)
CELERY_BEAT_SCHEDULE = beat_schedule(TICK_SECONDS)

# --- the product's own rules ----------------------------------------------------------------------------

# Days before closing on which partners who have not answered are reminded, for a new consultation.
REMINDER_DAYS = ENV.whole_numbers("REMINDER_DAYS", "14,3")
# A cell of a published table with fewer than this many is not shown. Five is the floor.
SMALL_NUMBER = ENV.whole_number("SMALL_NUMBER", "5", least=5)
# Days for which a built export can be downloaded.
EXPORT_DAYS = ENV.whole_number("EXPORT_DAYS", "7", least=1)
# More askings of one organisation in 90 days than this are pointed out to staff.
ASKED_OFTEN = ENV.whole_number("ASKED_OFTEN", "3", least=1)
# Responses without an account that one consultation takes on one day, against floods of them.
OPEN_STARTS_A_DAY = ENV.whole_number("OPEN_STARTS_A_DAY", "2000", least=1)

# --- logs -----------------------------------------------------------------------------------------------

# How much is logged: DEBUG, INFO, WARNING or ERROR.
LOG_LEVEL = ENV.one_of("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = logs.for_level(LOG_LEVEL)
