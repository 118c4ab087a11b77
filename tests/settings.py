"""The product's settings with what tests need: a cache and a broker of their own, quick hashes, strict templates."""

from engagement.settings import *  # noqa: F403
from engagement.settings import CELERY_BROKER_TRANSPORT_OPTIONS, DATABASES, TEMPLATES, VAR_DIR
from tests.plugins.undefined import RecordsUndefined

# One cache for each test process, emptied before every test, so that query counts are the same on every database.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# `delay_on_commit` publishes into this process and nobody consumes: tests call tasks themselves.
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {**CELERY_BROKER_TRANSPORT_OPTIONS, "polling_interval": 0.02}
# An existing folder, since the built one exists only after `collectstatic`.
STATIC_ROOT = VAR_DIR
# Not a weakness: no real password passes through a test.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = RecordsUndefined("%s")
# Tests send at any hour and as often as they like; those about hours and limits set their own.
SENDING_HOURS, MESSAGES_A_WEEK, MESSAGES_A_DAY = None, 0, 0
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file and not memory: concurrent tests then meet the locks that the product meets.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = DATABASES["default"]["OPTIONS"]["init_command"].replace(
        "synchronous=FULL", "synchronous=OFF"
    )
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
