"""The door for a web server.

Whatever every request needs is made before the first one comes: `gunicorn --preload` then makes it once for all of its
processes, and nobody waits for it.
"""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.template.loader import get_template
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engagement.settings")


def _warm() -> None:
    """Read every template of ours and the table of addresses; afterwards the collector leaves all of that alone."""
    folder = settings.BASE_DIR / "templates"
    for path in sorted(folder.rglob("*.html")):
        get_template(path.relative_to(folder).as_posix())
    reverse(settings.LOGIN_URL)
    gc.collect()
    gc.freeze()


application = get_wsgi_application()
if not settings.DEBUG:
    _warm()
